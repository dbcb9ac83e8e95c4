"""Whatever happens in whatever order, every count lies between what people may have at that time.

Likes, reads and a flush stand still between any two looks at a store, while others go on. Each
person adds nothing or one; who is answered is in the answer; what is stored in the end is true.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from pigeon.cache import write_back
from pigeon.domain.errors import Unavailable
from pigeon.extensions import cache, db
from pigeon.models import PostLike, PostModel
from pigeon.services import counts
from pigeon.services.likes import likes
from pigeon.services.likes.likes import POSTS
from pigeon.services.write_backs import flusher
from pigeon.services.write_backs.flusher import Overtaken
from tests.factories import make_post, make_user
from tests.harness.stepping import Stepped, stand_in_write_back

EXAMPLES = 40
AT_ONCE = 4
PEOPLE, TARGETS = 3, 2

Pair = tuple[int, int]
"""(post, person)."""
Moves = list[tuple[str, int, int, bool]]

moves = st.lists(
    st.tuples(
        st.sampled_from(
            ["like"] * 4 + ["read"] * 2 + ["go on"] * 12 + ["flush"] * 12
            + ["die", "overtake", "empty cache", "begin process"]
        ),
        st.integers(0, PEOPLE - 1),
        st.integers(0, TARGETS - 1),
        st.booleans(),
    ),
    min_size=30,
    max_size=150,
)  # fmt: skip


@dataclass
class Asked:
    """A like (`value`) or a read (None) that is under way, and what each pair may be meanwhile."""

    call: Stepped
    post: int
    person: int
    value: int | None
    seen: dict[Pair, set[int]]
    beside: set[int] = field(default_factory=set)


class World:
    def __init__(self, app: Flask, people: list[int], posts: list[int]) -> None:
        self._app, self._people, self._posts = app, people, posts
        self._may: dict[Pair, set[int]] = {(t, p): {0} for t in posts for p in people}
        self._asked: list[Asked] = []
        self._flush: Stepped | None = None

    def move(self, name: str, person: int, post: int, on: bool) -> None:
        if name in ("like", "read") and len(self._asked) < AT_ONCE:
            value = int(on) if name == "like" else None
            self._begin(self._people[person], self._posts[post], value)
        elif name == "go on" and self._asked:
            self._go_on(self._asked[(person + post) % len(self._asked)])
        elif name == "flush":
            self._step_flush()
        elif name == "die" and self._flush:
            self._flush.kill()
            self._flush = None
        elif name == "overtake" and not (self._flush and self._flush.place == "flush.stored"):
            with suppress(Overtaken):
                flusher.flush()
        elif name == "empty cache":
            cache.client.flushall()
        elif name == "begin process":
            write_back.reset()

    def end(self) -> None:
        while self._asked:
            self._go_on(self._asked[0])
        if self._flush:
            with suppress(Overtaken):
                self._flush.finish()
        while flusher.flush():
            pass
        for post in self._posts:
            self._check_stored(post)

    def _begin(self, person: int, post: int, value: int | None) -> None:
        if value is None:
            call = Stepped(self._app, lambda: counts.of_posts([post])[post].like_count)
        else:
            on = bool(value)
            call = Stepped(
                self._app, lambda: likes.set_liked(POSTS, post, by=person, on=on).like_count
            )
        asked = Asked(call, post, person, value, {})
        if value is not None:
            for other in self._asked:
                other.seen[post, person].add(value)
                if (other.post, other.person) == (post, person) and other.value is not None:
                    other.beside.add(value)
                    asked.beside.add(other.value)
            self._may[post, person].add(value)
        asked.seen = {pair: set(values) for pair, values in self._may.items()}
        self._asked.append(asked)

    def _go_on(self, asked: Asked) -> None:
        refused = False
        try:
            if asked.call.step() is not None:
                return
        except Unavailable:
            refused = True
        self._asked.remove(asked)
        if refused:
            return
        pair = asked.post, asked.person
        if asked.value is not None:
            asked.seen[pair] = {asked.value}
            self._may[pair] = {asked.value} | asked.beside
        mine = [values for (post, _), values in asked.seen.items() if post == asked.post]
        assert sum(map(min, mine)) <= asked.call.answer <= sum(map(max, mine))

    def _step_flush(self) -> None:
        self._flush = self._flush or Stepped(self._app, flusher.flush)
        place = None
        with suppress(Overtaken):
            place = self._flush.step()
        if place is None:
            self._flush = None

    def _check_stored(self, post: int) -> None:
        db.session.rollback()
        query = select(PostLike.user_id).where(PostLike.post_id == post)
        people = set(db.session.scalars(query))
        for person in self._people:
            assert int(person in people) in self._may[post, person]
            assert (post in likes.among(POSTS, person, [post])) is (person in people)
        stored = db.session.scalar(select(PostModel.like_count).where(PostModel.id == post))
        assert len(people) == stored == counts.of_posts([post])[post].like_count


@contextmanager
def a_world(app: Flask, people: list[int], posts: list[int]) -> Iterator[World]:
    """Nobody likes anything yet."""
    for post in posts:
        for person in people:
            likes.set_liked(POSTS, post, by=person, on=False)
    while flusher.flush():
        pass
    yield World(app, people, posts)


@pytest.mark.parametrize("marked", [2, write_back.MARKED], ids=["forgets_at_once", "as_it_is"])
def test_every_count_is_one_that_people_may_have_had(
    app: Flask, monkeypatch: pytest.MonkeyPatch, marked: int
) -> None:
    stand_in_write_back(monkeypatch)
    monkeypatch.setattr(write_back, "MARKED", marked)
    people = [make_user().id for _ in range(PEOPLE)]
    posts = [make_post().id for _ in range(TARGETS)]

    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(moves)
    def walk(some: Moves) -> None:
        with a_world(app, people, posts) as world:
            try:
                for move in some:
                    world.move(*move)
            finally:
                world.end()

    walk()
