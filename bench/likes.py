"""Likes on one hot post: the row before the answer, or the journal and a flusher."""

from __future__ import annotations

import random
import time
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select

from bench import crowd, fan_out, likes_again, rounds
from bench.crowd import CLIENTS, Crowd, Task
from bench.ground import Ground
from bench.results import Goal, Group, Row, Table, ratio, shown, spread
from pigeon.extensions import db
from pigeon.models import PostLike, PostModel
from pigeon.services import counts
from pigeon.services.likes import likes
from pigeon.services.likes.likes import POSTS
from pigeon.services.posts import cards as post_cards
from pigeon.services.write_backs import flusher as write_backs
from tests.harness import children, counting

OURS, THROUGH, BARE = "write-back", "WRITE_BACK=off", "row, counter and commit by the driver"
AT = "2024-01-07 00:00:00.000000"
PEOPLE = 3_000
"""Who like many posts; those of the longest run are more."""
MIXED_PER_S, HOT_PER_S = 1_000, 500
EXPONENT = 1.1
PATIENCE_S = 60


@dataclass(frozen=True, kw_only=True)
class Work:
    """Pairs of post and person in the order in which one client likes them; `per_s` 0: at once."""

    pairs: list[tuple[int, int]]
    per_s: float = 0.0


@dataclass(frozen=True, kw_only=True)
class Done:
    began: float
    ended: float
    statements: int
    answer: int


def measure(ground: Ground) -> Group:
    """Eight processes call the service with its access policy; people have seen what they like."""
    group = Group(name="likes", title="Likes")
    scene = _Scene(ground)
    with (
        ground.app().app_context(),
        crowd.crowd(ground) as ours,
        crowd.crowd(ground, WRITE_BACK="off") as through,
        crowd.crowd(ground, 1) as flusher,
    ):
        flusher.each(crowd.start_flusher, [None])
        _hot(ground, group, scene, {OURS: ours, THROUGH: through, BARE: through})
        _mixed(ground, group, scene, ours, flusher)
        _age(ground, group, scene, ours)
        _again(group, scene, ours, flusher)
        fan_out.forget_jobs()
    return group


# -- what a client does ------------------------------------------------------------------------


def read(work: Work) -> None:
    """A page with these posts before they are liked: cards, counts and own answers are known."""
    posts = sorted({post for post, _ in work.pairs})
    by_person: dict[int, list[int]] = {}
    for post, person in work.pairs:
        by_person.setdefault(person, []).append(post)
    for first in range(0, len(posts), 100):
        post_cards.cards.many(posts[first : first + 100])
        counts.of_posts(posts[first : first + 100])
    for person, seen in by_person.items():
        likes.among(POSTS, person, seen)


def like(work: Work) -> Done:
    """Like one after the other; `answer` is the last count."""
    answer = 0
    with counting.queries() as sent:
        began = time.perf_counter()
        for number, (post, person) in enumerate(work.pairs):
            if work.per_s:
                _pause_until(began + number / work.per_s)
            answer = likes.set_liked(POSTS, post, by=person, on=True).like_count
        ended = time.perf_counter()
    return Done(began=began, ended=ended, statements=len(sent), answer=answer)


def like_bare(work: Work) -> Done:
    """The policy, then the least that SQL must do; no cache, no job is told of it."""
    raw, is_sqlite = db.engine.raw_connection(), db.engine.dialect.name == "sqlite"
    mark = "?" if is_sqlite else "%s"
    insert = (
        f"INSERT INTO post_likes (post_id, user_id, created_at) VALUES ({', '.join([mark] * 3)})"
    )
    count = f"SELECT like_count FROM posts WHERE id = {mark}"
    cursor, answer = raw.cursor(), 0
    began = time.perf_counter()
    for post, person in work.pairs:
        POSTS.check(person, post)
        cursor.execute("BEGIN IMMEDIATE" if is_sqlite else "BEGIN")
        cursor.execute(f"UPDATE posts SET like_count = like_count + 1 WHERE id = {mark}", (post,))
        cursor.execute(insert, (post, person, AT))
        cursor.execute(count, (post,))
        answer = cursor.fetchone()[0]
        cursor.execute("COMMIT")
    ended = time.perf_counter()
    raw.close()
    return Done(began=began, ended=ended, statements=3 * len(work.pairs), answer=answer)


def _pause_until(moment: float) -> None:
    left = moment - time.perf_counter()
    if left > 0:
        time.sleep(left)


class _Scene:
    """Posts that nobody has liked yet in this run, one after the other, and people who do."""

    def __init__(self, ground: Ground) -> None:
        self._ground = ground
        self._posts = iter(range(ground.plan.posts, 0, -1))
        self._random = random.Random(ground.plan.posts)
        everybody = range(1, ground.plan.users + 1)
        self._people = self._random.sample(everybody, min(PEOPLE, len(everybody)))

    def post(self) -> int:
        return next(self._posts)

    def person(self) -> int:
        return self._random.choice(self._people)

    def hot(self, count: int) -> list[list[tuple[int, int]]]:
        """Per client, `count` pairs of one new post and people who occur once."""
        everybody = range(1, self._ground.plan.users + 1)
        some = self._people if count * CLIENTS <= len(self._people) else everybody
        post, people = self.post(), self._random.sample(some, count * CLIENTS)
        return [[(post, person) for person in people[n::CLIENTS]] for n in range(CLIENTS)]

    def mixed(self, count: int) -> list[list[tuple[int, int]]]:
        """Per client, pairs that occur once; posts by Zipf's law."""
        posts = [self.post() for _ in range(self._ground.plan.liked_posts)]
        weights = [1 / rank**EXPONENT for rank in range(1, len(posts) + 1)]
        found: dict[tuple[int, int], None] = {}
        while len(found) < count * CLIENTS:
            (post,) = self._random.choices(posts, weights)
            found[post, self._random.choice(self._people)] = None
        pairs = list(found)
        return [pairs[n::CLIENTS] for n in range(CLIENTS)]


def _like_all(
    clients: Crowd, parts: list[list[tuple[int, int]]], per_s: float, way: Task = like
) -> list[Done]:
    work = [Work(pairs=pairs, per_s=per_s / CLIENTS) for pairs in parts]
    clients.each(read, work)
    done: list[Done] = clients.each(way, work)
    return done


def _rate(done: list[Done], count: int) -> float:
    return count / (max(d.ended for d in done) - min(d.began for d in done))


def _settled() -> bool:
    return write_backs.status().entries == 0


def _check(pairs: list[tuple[int, int]], before: dict[int, int]) -> None:
    """Every pair is a row and counted at its post, in SQL and in what is shown."""
    children.wait_until(_settled, timeout_s=PATIENCE_S, what="the last flush")
    db.session.rollback()
    posts = sorted(before)
    rows = db.session.execute(
        select(PostLike.post_id, func.count())
        .where(PostLike.post_id.in_(posts))
        .group_by(PostLike.post_id)
    )
    wanted: dict[int, int] = {}
    for post, _ in pairs:
        wanted[post] = wanted.get(post, 0) + 1
    assert {row[0]: row[1] for row in rows} == wanted
    counted = {post: before[post] + wanted.get(post, 0) for post in posts}
    assert _counted(posts) == counted
    assert {post: found.like_count for post, found in counts.of_posts(posts).items()} == counted


def _counted(posts: list[int]) -> dict[int, int]:
    db.session.rollback()
    query = select(PostModel.id, PostModel.like_count).where(PostModel.id.in_(posts))
    return {row[0]: row[1] for row in db.session.execute(query)}


# -- rows --------------------------------------------------------------------------------------


def _hot(ground: Ground, group: Group, scene: _Scene, ways: dict[str, Crowd]) -> None:
    count = ground.plan.likes

    def round_of(way: str) -> float:
        parts = scene.hot(count)
        pairs = [pair for part in parts for pair in part]
        before = _counted([pairs[0][0]])
        done = _like_all(ways[way], parts, 0, like_bare if way == BARE else like)
        if way == BARE:
            counts.posts.evict(*before)
        _check(pairs, before)
        return _rate(done, len(pairs))

    found = rounds.interleaved(
        {way: (lambda w=way: round_of(w)) for way in ways}, ground.plan.rounds
    )
    group.rows.append(
        Row(
            metric=f"likes on one hot post, {CLIENTS} clients: write-back / off, likes/s",
            value=ratio(found[OURS], found[THROUGH]),
            goal=Goal(at_least=2.5),
            note="the service call with its access policy; both end with the same rows and counts",
        )
    )
    group.rows.append(
        Row(metric=f"write-back / {BARE}, likes/s", value=ratio(found[OURS], found[BARE]))
    )
    rows = [(way, shown(spread(found[way]))) for way in ways]
    group.tables.append(Table(title="One hot post", head=("way", "likes/s"), rows=rows))
    group.notes += [
        f"{CLIENTS * count:,} people like a post of which they have read a page; the flusher of the"
        " scheduler runs beside both. A row of `WRITE_BACK=off` is stored, counted and shown before"
        " the answer, each with a promised job of its own; jobs wait on both sides. The"
        " driver's way is the least that SQL has to do: no cache, job or socket is told.",
    ]


def _mixed(ground: Ground, group: Group, scene: _Scene, clients: Crowd, flusher: Crowd) -> None:
    count = int(ground.plan.mixed_s * MIXED_PER_S) // CLIENTS
    values, rates = [], []
    for _ in range(min(3, ground.plan.slow_rounds)):
        parts = scene.mixed(count)
        pairs = [pair for part in parts for pair in part]
        before = _counted(sorted({post for post, _ in pairs}))
        flusher.each(crowd.statements, [None])
        done = _like_all(clients, parts, MIXED_PER_S)
        _check(pairs, before)
        sent = sum(d.statements for d in done) + flusher.each(crowd.statements, [None])[0]
        values.append(sent / len(pairs))
        rates.append(_rate(done, len(pairs)))
    group.rows.append(
        Row(
            metric=f"SQL statements per acknowledged like, Zipf {EXPONENT} over"
            f" {ground.plan.liked_posts:,} posts at {MIXED_PER_S:,} likes/s",
            value=spread(values),
            unit="",
            goal=Goal(at_most=0.05),
            note="clients and flusher together",
        )
    )
    rows = [("acknowledged per second", shown(spread(rates)))]
    group.tables.append(Table(title="Likes of many posts", head=("", "likes/s"), rows=rows))


def _age(ground: Ground, group: Group, scene: _Scene, clients: Crowd) -> None:
    count = int(ground.plan.hot_s * HOT_PER_S) // CLIENTS
    parts = scene.hot(count)
    pairs = [pair for part in parts for pair in part]
    before = _counted([pairs[0][0]])
    work = [Work(pairs=part, per_s=HOT_PER_S / CLIENTS) for part in parts]
    clients.each(read, work)
    clients.begin(like, work)
    ages = _watch(ground.plan.hot_s)
    done: list[Done] = clients.wait()
    _check(pairs, before)
    group.rows.append(
        Row(
            metric=f"age of the oldest pending like while one post takes {HOT_PER_S} likes/s for"
            f" {ground.plan.hot_s:g} s, at most",
            value=spread([max(ages)]),
            unit=" s",
            goal=Goal(at_most=3),
        )
    )
    told = [rounds.percentile(ages, share) for share in (0.5, 0.95, 0.99)]
    cells: tuple[Any, ...] = (shown(spread([_rate(done, len(pairs))])), *(f"{t:.2f}" for t in told))
    head = ("acknowledged per second", "p50, s", "p95, s", "p99, s")
    group.tables.append(Table(title="Age of the oldest pending like", head=head, rows=[cells]))


def _again(group: Group, scene: _Scene, clients: Crowd, flusher: Crowd) -> None:
    pair = (scene.post(), scene.person())
    before = _counted([pair[0]])
    group.rows += likes_again.measure(pair, before[pair[0]] + 1, clients, flusher)
    _check([pair], before)


def _watch(seconds: float) -> list[float]:
    """The age of the oldest, 50 times a second."""
    until = time.perf_counter() + seconds
    found = []
    while time.perf_counter() < until:
        found.append(write_backs.status().oldest_s)
        time.sleep(0.02)
    return found
