"""Which dirty thing is flushed first: the oldest unflushed write, or what was not written longest.

Seconds are counted, not waited for: what is measured is the order and the load, on the real Redis
and SQL. Both get the same likes; the hot post is liked in every second.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from sqlalchemy import func, select

from bench import fan_out, rounds
from bench.ground import Ground
from bench.original_write_back import CHECKPOINT_S, OriginalWriteBack
from bench.results import Curve, Group, Row, Table, ratio, shown, spread
from pigeon.cache import write_back
from pigeon.extensions import cache, db, settings
from pigeon.models import PostLike
from pigeon.services.write_backs import flusher
from tests.harness import counting

OURS, ORIGINAL = "oldest write first", "least recently written first"
POSTS, PER_S, EXPONENT = 100, 20, 1.1
AT = "2024-01-10 00:00:00.000000"
PARTS = 20
"""Of the time, each a point of the curve."""
SHARES = {
    "statements": "statements a stored like",
    "work_s": "seconds a stored like",
    "missing": "in no row, share",
    "lost": "lost, share",
}
Likes = list[list[tuple[int, int]]]


def measure(ground: Ground) -> Group:
    group = Group(name="dirty_order", title="The order of write-back")
    seconds = ground.plan.dirty_s
    scene = _Scene(ground, seconds)
    done: dict[str, list[Done]] = {OURS: [], ORIGINAL: []}
    ways: dict[str, Callable[[Likes], Done]] = {OURS: _ours, ORIGINAL: _original}

    def run(way: str) -> float:
        done[way].append(ways[way](scene.likes()))
        return float(max(done[way][-1].ages))

    with ground.app().app_context():
        way_of = {way: partial(run, way) for way in ways}
        rounds.interleaved(way_of, min(3, ground.plan.rounds), is_warm=True)
        fan_out.forget_jobs()
    _report(group, done, seconds)
    _curve(group, done)
    return group


@dataclass(frozen=True, kw_only=True)
class Done:
    """What became of the likes of one run."""

    ages: list[int]
    """Of the hot post's oldest unflushed write, at the end of each second."""
    statements: float
    """Per like that became a row, as the seconds of work."""
    work_s: float
    missing: float
    """The share of likes that is in no row."""
    lost: float
    """The share that does not even wait for one."""


class _Scene:
    """Each run likes posts that nobody liked before; the first of them is the hot one."""

    def __init__(self, ground: Ground, seconds: int) -> None:
        self._ground, self._seconds = ground, seconds
        self._random = random.Random(ground.plan.users)
        self._next = ground.plan.posts // 2

    def likes(self) -> Likes:
        first = self._next
        self._next += POSTS
        weights = [1 / rank**EXPONENT for rank in range(1, POSTS + 1)]
        known: set[tuple[int, int]] = set()
        found: Likes = []
        for second in range(self._seconds):
            posts = [
                first,
                *self._random.choices(range(first, first + POSTS), weights, k=PER_S - 1),
            ]
            pairs = {(post, self._random.randint(1, self._ground.plan.users)) for post in posts}
            pairs.add((first, second % self._ground.plan.users + 1))
            found.append(sorted(pairs - known))
            known |= pairs
        return found


def _ours(likes: Likes) -> Done:
    """As the scheduler flushes, every `WRITE_BACK_FLUSH_S`."""
    every = max(1, round(settings().write_back_flush_s))
    hot, oldest = likes[0][0][0], 0
    ages: list[int] = []
    began = time.perf_counter()
    with counting.queries() as sent:
        for now_s, pairs in enumerate(likes, 1):
            for post, person in pairs:
                write_back.append("post", person, post, 1, lambda: (0, 0))
                if post == hot:
                    oldest = oldest or now_s
            ages.append(now_s - oldest + 1 if oldest else 0)
            if now_s % every == 0:
                while flusher.flush():
                    pass
                oldest = 0
    took_s = time.perf_counter() - began
    return _done(likes, ages, len(sent), took_s, waiting=flusher.status().entries)


def _original(likes: Likes) -> Done:
    hot, oldest = likes[0][0][0], 0
    ages: list[int] = []
    way = OriginalWriteBack(cache.client, db.engine, AT)
    began = time.perf_counter()
    for now_s, pairs in enumerate(likes, 1):
        for post, person in pairs:
            way.like(post, person, now_s)
            if post == hot:
                oldest = oldest or now_s
        ages.append(now_s - oldest + 1 if oldest else 0)
        if hot in way.tick(now_s):
            oldest = 0
    took_s = time.perf_counter() - began
    waiting = way.waiting()
    way.close()
    return _done(likes, ages, way.statements, took_s, waiting=waiting)


def _done(likes: Likes, ages: list[int], statements: int, took_s: float, *, waiting: int) -> Done:
    db.session.rollback()
    posts = {post for pairs in likes for post, _ in pairs}
    query = select(func.count()).select_from(PostLike).where(PostLike.post_id.in_(posts))
    rows, every = db.session.scalar(query) or 0, sum(map(len, likes))
    return Done(
        ages=ages,
        statements=statements / max(1, rows),
        work_s=took_s / max(1, rows),
        missing=1 - rows / every,
        lost=(every - rows - waiting) / every,
    )


# -- what is said ----------------------------------------------------------------------------------


def _report(group: Group, done: dict[str, list[Done]], seconds: int) -> None:
    most = {way: [float(max(run.ages)) for run in runs] for way, runs in done.items()}
    group.rows.append(
        Row(
            metric=f"the hot post's oldest unflushed write in {seconds} s: {ORIGINAL} / {OURS}",
            value=ratio(most[ORIGINAL], most[OURS]),
            note="in whole seconds, rounded up",
        )
    )
    said = {"statements": "SQL statements per stored like", "work_s": "time per stored like"}
    for name, words in said.items():
        value = ratio(_each(done[ORIGINAL], name), _each(done[OURS], name))
        group.rows.append(Row(metric=f"{words}: {ORIGINAL} / {OURS}", value=value))
    for way in (ORIGINAL, OURS):
        for name, words in (("missing", "in no row"), ("lost", "lost")):
            shares = spread([share * 100 for share in _each(done[way], name)])
            metric = f"likes that are {words} after {seconds} s: {way}"
            group.rows.append(Row(metric=metric, value=shares, unit=" %"))
    rows: list[tuple[str, ...]] = [
        (way, shown(spread(most[way])), *(shown(spread(_each(runs, name))) for name in SHARES))
        for way, runs in done.items()
    ]
    head = ("order", "oldest, s", *SHARES.values())
    group.tables.append(Table(title=f"{seconds} s of {PER_S} likes/s", head=head, rows=rows))
    group.notes.append(
        f"{POSTS} posts by Zipf's law. The original takes three names every ten seconds, and a"
        f" tenth of all every {CHECKPOINT_S} s; its sets expire a minute after their last like."
    )


def _each(runs: list[Done], name: str) -> list[float]:
    return [float(getattr(run, name)) for run in runs]


def _curve(group: Group, done: dict[str, list[Done]]) -> None:
    """The worst age in each part of the time."""
    step = max(1, len(done[OURS][0].ages) // PARTS)
    series = {
        way: [
            (float(end), spread([float(max(run.ages[end - step : end])) for run in runs]))
            for end in range(step, len(runs[0].ages) + 1, step)
        ]
        for way, runs in done.items()
    }
    group.curves.append(Curve(name="dirty order", series=series))
