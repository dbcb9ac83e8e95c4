"""What must be true of likes, comments, follows and notifications once the killing is over."""

from __future__ import annotations

import time
from collections.abc import Iterable
from typing import Any

from sqlalchemy import select

from tests.harness import children
from tests.harness.crowd import Crowd
from tests.harness.promises_answers import check_answers
from tests.harness.promises_relations import check_doors, check_relations
from tests.harness.promises_told import check_groups, check_told
from tests.harness.rows import rows_of
from tests.harness.sites import status_of

ROWS = {
    "post": "SELECT post_id, user_id FROM post_likes",
    "comment": "SELECT comment_id, user_id FROM comment_likes",
    "follow": "SELECT u.username, f.follower_id FROM follows f"
    " JOIN users u ON u.id = f.followee_id",
}
COUNTERS = {
    "posts.like_count": "SELECT COUNT(*) FROM post_likes l WHERE l.post_id = t.id",
    "posts.comment_count": "SELECT COUNT(*) FROM comments c WHERE c.post_id = t.id",
    "comments.like_count": "SELECT COUNT(*) FROM comment_likes l WHERE l.comment_id = t.id",
    "comments.reply_count": "SELECT COUNT(*) FROM comments c WHERE c.parent_id = t.id",
    "users.follower_count": "SELECT COUNT(*) FROM follows f WHERE f.followee_id = t.id",
    "users.following_count": "SELECT COUNT(*) FROM follows f WHERE f.follower_id = t.id",
}
UNIQUE = {
    "post_likes": "post_id, user_id",
    "comment_likes": "comment_id, user_id",
    "follows": "follower_id, followee_id",
    "notifications": "event, recipient_id",
    "notification_contents": "event, kind",
    "notification_actors": "content_id, actor_id",
    "comments": "text",
    "blocks": "blocker_id, blocked_id",
    "mutes": "muter_id, muted_id",
    "follow_requests": "requester_id, requested_id",
}


def wait_for_quiet(crowd: Crowd, *, within_s: float) -> float:
    """Until the journal is empty and every job is done; how many seconds that took."""
    began = time.monotonic()
    unrest: dict[str, float] = {}

    def is_quiet() -> bool:
        found = _unrest(crowd)
        if found:
            unrest[found] = time.monotonic() - began
        return not found

    try:
        children.wait_until(is_quiet, timeout_s=within_s, what="quiet")
    except AssertionError as error:
        last = [f"until {at_s:.0f} s: {found}" for found, at_s in list(unrest.items())[-10:]]
        lines = [str(error), crowd.told(), *last, *_logs(crowd)]
        raise AssertionError("\n".join(lines)) from None
    return time.monotonic() - began


def _unrest(crowd: Crowd) -> str:
    """What is still going on; "" when nothing is."""
    from pigeon.extensions import db
    from pigeon.models import OutboxRow
    from pigeon.services.write_backs import flusher as write_backs

    with crowd.site.app.app_context():
        found, ready = write_backs.find_status(), status_of(f"{crowd.site.url}/readyz")
        if found is None or ready != 200:
            return f"readyz answers {ready}, write-back {found}"  # what was killed last is not back
        if found.entries or sum(found.waiting.values()):
            return f"{found.entries} entries, {found.waiting}"
        rows = db.session.scalars(select(OutboxRow).limit(5)).all()
        return "; ".join(
            f"{row.job} {row.state} by {row.claimed_by!r}, attempt {row.attempt},"
            f" {row.failures} failures, {row.waits} waits, {row.last_error!r}"
            for row in rows
        )


def _logs(crowd: Crowd) -> list[str]:
    return [crowd.site.log(name).read_text()[-6_000:] for name in crowd.site.processes]


def check(crowd: Crowd) -> None:
    """Everything that was acknowledged stands once; nothing else does; all counts say so."""
    crowd.end()
    faults = list(crowd.violations)
    faults += _check_all(crowd)
    before = _snapshot(crowd)
    _forget_caches(crowd)
    crowd.site.flask("writeback", "flush")
    faults += [f"after another flush: {fault}" for fault in _check_all(crowd)]
    after = _snapshot(crowd)
    faults += [f"{table} changed at rest" for table in before if before[table] != after[table]]
    assert not faults, "\n".join([*faults[:40], crowd.summary(), crowd.told()])
    assert crowd.killed == crowd.kills, crowd.told()


def _check_all(crowd: Crowd) -> list[str]:
    with crowd.site.app.app_context():
        faults = [
            *_check_pairs(crowd),
            *_check_comments(crowd),
            *_check_counters(),
            *_check_unique(),
            *_check_queues(),
            *check_told(crowd),
            *check_groups(crowd),
            *check_relations(crowd),
        ]
    return [*faults, *check_answers(crowd), *check_doors(crowd)]


# -- rows ------------------------------------------------------------------------------------------


def _check_pairs(crowd: Crowd) -> Iterable[str]:
    """Of every pair the last acknowledged word stands, and nothing that nobody asked for."""
    alive = {said.id for said in crowd.ledger.said.values() if crowd.ledger.stands(said)}
    known = {member.id for member in crowd.people}
    for kind, statement in ROWS.items():
        stored = {(str(row[0]), int(row[1])) for row in rows_of(statement)}
        for (pair_kind, target, person), toggle in crowd.ledger.toggles.items():
            if pair_kind != kind:
                continue
            stands = (target, person) in stored
            stored.discard((target, person))
            if kind == "comment" and target not in alive:
                if stands:
                    yield f"{kind} {target}: a like of what was deleted, by {person}"
            elif stands not in toggle.allowed():
                yield f"{kind} {target} by {person} is {stands}, acknowledged {toggle}"
        for target, person in stored:
            if person in known:
                yield f"{kind} {target} by {person}: nobody asked for it"


def _check_comments(crowd: Crowd) -> Iterable[str]:
    ledger = crowd.ledger
    stored = {
        str(row[0]): row for row in rows_of("SELECT id, author_id, text, parent_id FROM comments")
    }
    expected = {one.id: one for one in ledger.said.values() if ledger.stands(one)}
    for comment_id in expected.keys() - stored.keys():
        yield f"comment {comment_id} is gone: {expected[comment_id]}"
    for comment_id in stored.keys() - expected.keys():
        yield f"comment {comment_id} should not be there: {ledger.said.get(comment_id)}"
    for comment_id in expected.keys() & stored.keys():
        said, row = expected[comment_id], stored[comment_id]
        top_id = str(row[3]) if row[3] is not None else None
        if (row[1], row[2], top_id) != (said.author, said.text, said.top_id):
            yield f"comment {comment_id} is {tuple(row)}, not {said}"


def _check_counters() -> Iterable[str]:
    for name, count in COUNTERS.items():
        table, column = name.split(".")
        wrong = rows_of(
            f"SELECT id, {column}, ({count}) FROM {table} t WHERE {column} <> ({count})"
        )
        for row in wrong:
            yield f"{name} of {row[0]} is {row[1]}, counted {row[2]}"


def _check_unique() -> Iterable[str]:
    for table, columns in UNIQUE.items():
        for row in rows_of(f"SELECT {columns} FROM {table} GROUP BY {columns} HAVING COUNT(*) > 1"):
            yield f"{table} has {tuple(row)} twice"


def _check_queues() -> Iterable[str]:
    from pigeon.services.write_backs import flusher as write_backs

    for row in rows_of("SELECT id, job, state, last_error FROM outbox"):
        yield f"job {tuple(row)}"
    found = write_backs.status()
    if found.entries or sum(found.waiting.values()):
        yield f"the journal is not empty: {found}"


# -- rest ------------------------------------------------------------------------------------------


def _snapshot(crowd: Crowd) -> dict[str, list[tuple[Any, ...]]]:
    with crowd.site.app.app_context():
        return {
            table: sorted(tuple(row) for row in rows_of(f"SELECT {columns} FROM {table}"))
            for table, columns in UNIQUE.items()
        }


def _forget_caches(crowd: Crowd) -> None:
    from pigeon.extensions import cache

    with crowd.site.app.app_context():
        cache.client.flushall()
