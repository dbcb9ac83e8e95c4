"""How fast the flusher brings the journal into SQL, against a plain insert of the same rows."""

from __future__ import annotations

import random
import time
from functools import partial
from typing import Any

from sqlalchemy import func, select

from bench import fan_out, rounds
from bench.ground import Ground
from bench.results import Goal, Group, Row, Table, ratio, shown, spread
from pigeon.cache import write_back
from pigeon.extensions import db
from pigeon.models import PostLike, PostModel
from pigeon.services.write_backs import flusher
from pigeon.services.write_backs.flusher import FLUSHED_AT_ONCE

FLUSHER, PLAIN = "flusher", "plain batch insert"
POSTS = 1_000
Pair = tuple[int, int]


def measure(ground: Ground) -> Group:
    """Both store as many new rows of the same posts and people, so many per transaction."""
    group = Group(name="flushing", title="Flushing likes")
    with ground.app().app_context():
        ways = _Ways(ground)
        found = rounds.interleaved({FLUSHER: ways.flush, PLAIN: ways.insert}, ground.plan.rounds)
        ways.close()
        fan_out.forget_jobs()
    group.rows.append(
        Row(
            metric="flusher / plain batch insert of the same rows, pairs/s",
            value=ratio(found[FLUSHER], found[PLAIN]),
            goal=Goal(at_least=0.4),
            note="the flusher locks, counts, and shows every pair in the caches, too",
        )
    )
    rows = [(way, shown(spread([rate / 1_000 for rate in found[way]]))) for way in found]
    title = f"{ground.plan.pairs:,} pairs of {ways.posts:,} posts, {FLUSHED_AT_ONCE:,} a time"
    group.tables.append(Table(title=title, head=("way", "thousand pairs/s"), rows=rows))
    return group


class _Ways:
    """Every round has posts of its own, older ones than those of the other measurements."""

    def __init__(self, ground: Ground) -> None:
        self._ground = ground
        self._random = random.Random(ground.plan.pairs)
        self._next = 1
        self._raw = db.engine.raw_connection()
        self._is_sqlite = ground.is_sqlite
        self.posts = min(POSTS, ground.plan.posts // (4 * ground.plan.rounds + 4))

    def close(self) -> None:
        self._raw.close()

    def flush(self) -> float:
        """Pairs per second from the first look at the journal to the last entry forgotten."""
        pairs = self._pairs()
        before = _counted(pairs)
        for post, person in pairs:
            write_back.append("post", person, post, 1, partial(_never_liked, before[post]))
        began = time.perf_counter()
        while flusher.flush():
            pass
        took_s = time.perf_counter() - began
        assert flusher.status().entries == 0
        _check(pairs)
        changes = {post: count - before[post] for post, count in _counted(pairs).items()}
        assert changes == _per_post(pairs)
        return len(pairs) / took_s

    def insert(self) -> float:
        pairs = self._pairs()
        mark = "?" if self._is_sqlite else "%s"
        statement = (
            f"INSERT INTO post_likes (post_id, user_id, created_at) VALUES ({mark}, {mark}, {mark})"
        )
        at = "2024-01-05 00:00:00.000000"
        db.session.rollback()
        cursor = self._raw.cursor()
        began = time.perf_counter()
        for first in range(0, len(pairs), FLUSHED_AT_ONCE):
            some = [(post, person, at) for post, person in pairs[first : first + FLUSHED_AT_ONCE]]
            cursor.execute("BEGIN IMMEDIATE" if self._is_sqlite else "BEGIN")
            cursor.executemany(statement, some)
            cursor.execute("COMMIT")
        took_s = time.perf_counter() - began
        cursor.close()
        _check(pairs)
        return len(pairs) / took_s

    def _pairs(self) -> list[Pair]:
        """Posts by Zipf's law, people evenly; each pair once."""
        posts = range(self._next, self._next + self.posts)
        self._next += self.posts
        weights = [1 / rank**1.1 for rank in range(1, self.posts + 1)]
        found: dict[Pair, None] = {}
        while len(found) < self._ground.plan.pairs:
            missing = self._ground.plan.pairs - len(found)
            for post in self._random.choices(posts, weights, k=missing):
                found[post, self._random.randint(1, self._ground.plan.users)] = None
        return list(found)


def _never_liked(count: int) -> tuple[int, int]:
    return 0, count


def _per_post(pairs: list[Pair]) -> dict[int, int]:
    found: dict[int, int] = {}
    for post, _ in pairs:
        found[post] = found.get(post, 0) + 1
    return found


def _check(pairs: list[Pair]) -> None:
    """Exactly these pairs are rows."""
    wanted = _per_post(pairs)
    db.session.rollback()
    like: Any = PostLike
    found = db.session.execute(
        select(like.post_id, func.count()).where(like.post_id.in_(wanted)).group_by(like.post_id)
    )
    assert {row[0]: row[1] for row in found} == wanted


def _counted(pairs: list[Pair]) -> dict[int, int]:
    db.session.rollback()
    query = select(PostModel.id, PostModel.like_count).where(PostModel.id.in_(_per_post(pairs)))
    return {row[0]: row[1] for row in db.session.execute(query)}
