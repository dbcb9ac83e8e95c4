"""Which dirty thing is flushed first: the oldest unflushed write, or what was not written longest.

Seconds are counted, not waited for: what is measured is the order and the load, on the real Redis
and SQL. Both get the same likes; the hot post is liked in every second.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from functools import partial

from sqlalchemy import func, select

from bench import fan_out, rounds
from bench.dirty_results import ORIGINAL, OURS, PER_S, POSTS, Done, curve, report
from bench.ground import Ground
from bench.original_write_back import OriginalWriteBack
from bench.results import Group
from pigeon.cache import write_back
from pigeon.extensions import cache, db, settings
from pigeon.models import PostLike
from pigeon.services.write_backs import flusher
from tests.harness import counting

EXPONENT = 1.1
AT = "2024-01-10 00:00:00.000000"
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
    report(group, done, seconds)
    curve(group, done)
    return group


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
