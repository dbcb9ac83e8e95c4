"""Telling thousands of people of a post: rows per second, and how long its author waits."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from typing import Any

import numpy as np
from sqlalchemy import select, update

from bench import fan_out, rounds
from bench.ground import Ground
from bench.results import Goal, Group, Row, Table, ratio, shown, spread
from pigeon.domain.clock import utc_now
from pigeon.extensions import db
from pigeon.jobs import queues, runner
from pigeon.models import FollowModel, NotificationModel, OutboxRow, PostModel
from pigeon.services.posts import posts

QUEUE = "notify"
WORKER, BATCH, EACH, EACH_AT_ONCE = (
    "worker process: queue, claim, recipients, content, rows, done",
    "plain batch insert, sorted",
    "row by row in the request, a commit each",
    "row by row in the request, one commit",
)
MILLI = 1_000


def measure(ground: Ground) -> Group:
    """People with the bell on an author; every way ends with a row for each of them."""
    group = Group(name="notifications", title="Notifications")
    with ground.app().app_context():
        ways = Ways(ground)
        _rates(ground, group, ways)
        ways.close()
        ways.publish(len(ground.plan.batches) * (ground.plan.slow_rounds + 1))
    _curve(ground, group, ways)
    _request(ground, group)
    return group


class Ways:
    """Every round tells of another post of the same author."""

    def __init__(self, ground: Ground) -> None:
        self._ground = ground
        self._batch = ground.app().extensions["settings"].notify_batch
        self._author = ground.data.fan_author
        self._raw = db.engine.raw_connection()
        mark = "?" if ground.is_sqlite else "%s"
        self._begin = "BEGIN IMMEDIATE" if ground.is_sqlite else "BEGIN"
        self._wish = f"SELECT state, notify FROM users WHERE id = {mark}"
        marks = ", ".join([mark] * 7)
        self._insert = (
            "INSERT INTO notifications"
            " (recipient_id, content_id, event, `rank`, state, seen, `read`)"
            f" VALUES ({marks})"
        )
        _ring_bells(self._author)
        self.people = _followers(self._author)
        self._posts: list[int] = []

    def close(self) -> None:
        self._raw.close()

    def worker(self) -> float:
        post_id = self.new_post()
        job = promise(post_id, "")
        began = time.perf_counter()
        queues.enqueue([(job, QUEUE)])
        fan_out.finish()
        took_s = time.perf_counter() - began
        assert _told(f"p{post_id}") == self.people
        return len(self.people) / took_s

    def batch(self) -> float:
        """The same rows, sorted, as many a transaction, and nothing else."""
        rows = self._rows(self.new_post())
        cursor = self._raw.cursor()
        began = time.perf_counter()
        for first in range(0, len(rows), self._batch):
            cursor.execute(self._begin)
            cursor.executemany(self._insert, rows[first : first + self._batch])
            cursor.execute("COMMIT")
        took_s = time.perf_counter() - began
        cursor.close()
        assert _told(rows[0][2]) == self.people
        return len(rows) / took_s

    def each(self, *, commits: bool) -> float:
        """Each person is asked for what they want to hear, then told; a part: it is a rate."""
        rows = self._rows(self.new_post())[: max(1, len(self.people) // 10)]
        cursor = self._raw.cursor()
        began = time.perf_counter()
        if not commits:
            cursor.execute(self._begin)
        for row in rows:
            if commits:
                cursor.execute(self._begin)
            cursor.execute(self._wish, (row[0],))
            assert cursor.fetchone()[0] == "active"
            cursor.execute(self._insert, row)
            if commits:
                cursor.execute("COMMIT")
        if not commits:
            cursor.execute("COMMIT")
        took_s = time.perf_counter() - began
        cursor.close()
        return len(rows) / took_s

    def publish(self, count: int) -> None:
        """Posts of which nobody has been told, nor will be: no worker may run."""
        for _ in range(count):
            posts.create(self._author, "a post with bells", [])
        fan_out.forget_jobs()
        query = select(PostModel.id).where(PostModel.author_id == self._author)
        self._posts += db.session.scalars(query.order_by(PostModel.id.desc()).limit(count))

    def new_post(self) -> int:
        return self._posts.pop()

    def _rows(self, post_id: int) -> list[tuple[Any, ...]]:
        db.session.rollback()
        rank = int(time.time() * 1_000_000) * 1_024
        known = (post_id, f"p{post_id}", rank, "shown", 0, 0)
        return [(person, *known) for person in self.people]


def promise(post_id: int, progress: str) -> int:
    """The job as a publication stores it, not queued yet."""
    row = OutboxRow.of(QUEUE, "notifications.announce_post", {"post_id": post_id}, utc_now(), 0)
    row.progress = progress
    db.session.rollback()
    db.session.connection(execution_options={"write": True})
    db.session.add(row)
    db.session.flush()
    found = row.id
    db.session.commit()
    return found


def _ring_bells(author_id: int) -> None:
    db.session.rollback()
    db.session.connection(execution_options={"write": True})
    db.session.execute(
        update(FollowModel).where(FollowModel.followee_id == author_id).values(bell=True)
    )
    db.session.commit()


def _followers(author_id: int) -> list[int]:
    query = select(FollowModel.follower_id).where(FollowModel.followee_id == author_id)
    return sorted(db.session.scalars(query))


def _told(event: str) -> list[int]:
    db.session.rollback()
    row = NotificationModel
    query = select(row.recipient_id).where(row.event == event, row.state == "shown")
    return sorted(db.session.scalars(query))


# -- rows --------------------------------------------------------------------------------------


def _rates(ground: Ground, group: Group, ways: Ways) -> None:
    ways.publish(4 * (ground.plan.rounds + 1))
    with ground.processes() as running:
        running.worker(f"{QUEUE}=1")
        running.wait()
        found = rounds.interleaved(
            {
                WORKER: ways.worker,
                BATCH: ways.batch,
                EACH: lambda: ways.each(commits=True),
                EACH_AT_ONCE: lambda: ways.each(commits=False),
            },
            ground.plan.rounds,
        )
    group.rows += [
        Row(
            metric="notifications, from the job to rows committed / plain batch insert, rows/s",
            value=ratio(found[WORKER], found[BATCH]),
            goal=Goal(at_least=0.5),
            note="contents, preferences and who is online included",
        ),
        Row(
            metric="the same / row by row in the request, rows/s",
            value=ratio(found[WORKER], found[EACH]),
            goal=Goal(at_least=30),
            note="by the bare driver: preferences, row, commit",
        ),
        Row(
            metric="the same / row by row in the request with one commit, rows/s",
            value=ratio(found[WORKER], found[EACH_AT_ONCE]),
        ),
    ]
    rows = [(way, shown(spread([rate / 1_000 for rate in found[way]]))) for way in found]
    title = f"{len(ways.people):,} people with the bell on the author"
    group.tables.append(Table(title=title, head=("way", "thousand rows/s"), rows=rows))


def _curve(ground: Ground, group: Group, ways: Ways) -> None:
    """The job without a queue, at sizes of its batch; small ones tell fewer people."""
    found = rounds.interleaved(
        {str(size): run_of(ground, ways, size) for size in ground.plan.batches},
        ground.plan.slow_rounds,
    )
    rows = [
        (f"{int(size):,}", f"{people_of(ground, ways, int(size)):,}", shown(spread(rates)))
        for size, rates in found.items()
    ]
    best = max(found, key=lambda size: spread(found[size]).median)
    group.tables.append(
        Table(
            title="Rows per second by `NOTIFY_BATCH`", head=("batch", "rows", "rows/s"), rows=rows
        )
    )
    group.notes.append(f"The fastest batch was {int(best):,}; the default is in `config.py`.")


def people_of(ground: Ground, ways: Ways, size: int) -> int:
    most = max(ground.plan.batches.values())
    return min(ground.plan.batches.get(size, most), len(ways.people) - 1)


def run_of(ground: Ground, ways: Ways, size: int) -> Callable[[], float]:
    """It goes on where a slice of the job ended: after that person."""
    count = people_of(ground, ways, size)
    after = ways.people[-count - 1]

    def run() -> float:
        post_id = ways.new_post()
        with ground.app(ASYNC="off", NOTIFY_BATCH=str(size)).app_context():
            job = promise(post_id, str(after))
            began = time.perf_counter()
            runner.run(job)
            took_s = time.perf_counter() - began
            told = _told(f"p{post_id}")
            assert len(told) == count, (size, len(told), count)
        return count / took_s

    return run


def _request(ground: Ground, group: Group) -> None:
    authors = ground.rung_authors
    with ground.app().app_context():

        def publish(author: int) -> float:
            calls = max(1, ground.plan.page_calls // 10)
            took_s = rounds.median_of(lambda a: posts.create(a, "with bells", []), [author] * calls)
            fan_out.forget_jobs()
            return took_s

        found = rounds.interleaved(
            {str(size): (lambda a=author: publish(a)) for size, author in authors.items()},
            ground.plan.rounds,
        )
    sizes = [math.log(size) for size in authors]
    exponents = [
        float(np.polyfit(sizes, [math.log(took_s) for took_s in times], 1)[0])
        for times in zip(*found.values(), strict=True)
    ]
    least, most = min(authors), max(authors)
    group.rows.append(
        Row(
            metric=f"growth of the time to publish from {least:,} to {most:,} recipients, exponent",
            value=spread(exponents),
            unit="",
            goal=Goal(at_most=0.05),
            note="the service call of a request, with its commit",
        )
    )
    rows = [
        (f"{int(size):,}", shown(spread([t * MILLI for t in times])))
        for size, times in found.items()
    ]
    group.tables.append(Table(title="Time to publish, p50", head=("recipients", "ms"), rows=rows))
