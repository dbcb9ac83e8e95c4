"""A person is counted once, whatever a flush does between two looks at a store."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import combinations_with_replacement
from typing import Any

import pytest
from flask import Flask

from pigeon.cache import write_back
from pigeon.extensions import db
from pigeon.services import counts
from pigeon.services.likes import likes
from pigeon.services.likes.likes import COMMENTS, POSTS, Kind
from pigeon.services.write_backs import flusher
from tests.factories import Person, make_comment, make_post, make_user
from tests.harness.stepping import Stepped, stand_in_write_back

NO_CACHE = pytest.mark.env(CACHE="off")
KINDS = pytest.mark.parametrize("kind", [POSTS, COMMENTS], ids=["post", "comment"])


@pytest.fixture(autouse=True)
def standing(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    stand_in_write_back(monkeypatch)


@pytest.fixture
def begin(app: Flask) -> Callable[[Callable[[], Any]], Stepped]:
    return lambda call: Stepped(app, call)


def flush_all() -> None:
    while flusher.flush():
        pass


def make_target(kind: Kind) -> int:
    return make_post().id if kind is POSTS else make_comment(make_post()).id


def take_back(kind: Kind, target: int, *people: Person) -> None:
    for person in people:
        like(kind, target, person, on=False)
    flush_all()
    assert shown(kind, target) == 0


def like(kind: Kind, target: int, person: Person, on: bool = True) -> int:
    return likes.set_liked(kind, target, by=person.id, on=on).like_count


def shown(kind: Kind, target: int) -> int:
    if kind is POSTS:
        return counts.of_posts([target])[target].like_count
    return counts.of_comments([target])[target].like_count


def is_mine(kind: Kind, target: int, person: Person) -> bool:
    return target in likes.among(kind, person.id, [target])


def spans(kind: Kind, begin: Callable[..., Stepped]) -> Iterator[tuple[int, int]]:
    """From which step of a flush to which later one something else stands still."""
    like(kind, make_target(kind), make_user())
    flush, steps = begin(flusher.flush), 0
    while flush.place is not None:
        flush.step()
        steps += 1
    assert steps >= 8
    return combinations_with_replacement(range(steps + 1), 2)


def go_on(flush: Stepped, steps: int) -> None:
    for _ in range(steps):
        flush.step()


@pytest.mark.parametrize(
    ("kind", "is_new"),
    [
        pytest.param(POSTS, False, id="post"),
        pytest.param(POSTS, True, id="process_just_begun"),
        pytest.param(COMMENTS, True, id="comment"),
        pytest.param(POSTS, True, marks=NO_CACHE, id="no_cache"),
    ],
)
def test_a_like_that_looked_before_a_flush_counts_once(
    kind: Kind, is_new: bool, begin: Callable[..., Stepped]
) -> None:
    """A process that has just begun has heard of no flush."""
    ann, target = make_user(), make_target(kind)
    for first, last in spans(kind, begin):
        assert like(kind, target, ann) == 1
        flush = begin(flusher.flush)
        go_on(flush, first)
        if is_new:
            write_back.reset()
        again = begin(lambda: like(kind, target, ann))
        again.go_to("looked")
        go_on(flush, last - first)
        assert again.finish() == 1, (first, last)
        assert (shown(kind, target), is_mine(kind, target, ann)) == (1, True), (first, last)
        flush.finish()
        assert (shown(kind, target), is_mine(kind, target, ann)) == (1, True), (first, last)
        flush_all()
        assert (shown(kind, target), is_mine(kind, target, ann)) == (1, True), (first, last)
        take_back(kind, target, ann)


def test_a_like_that_looked_before_the_flush_of_another_one_counts_both(
    begin: Callable[..., Stepped],
) -> None:
    ann, bob, target = make_user(), make_user(), make_target(POSTS)
    for first, last in spans(POSTS, begin):
        assert like(POSTS, target, ann) == 1
        flush = begin(flusher.flush)
        go_on(flush, first)
        second = begin(lambda: like(POSTS, target, bob))
        second.go_to("looked")
        go_on(flush, last - first)
        assert second.finish() == 2, (first, last)
        assert shown(POSTS, target) == 2, (first, last)
        flush.finish()
        assert shown(POSTS, target) == 2, (first, last)
        flush_all()
        assert shown(POSTS, target) == 2, (first, last)
        take_back(POSTS, target, ann, bob)


@pytest.mark.parametrize(
    ("kind", "on"),
    [
        pytest.param(POSTS, True, id="like"),
        pytest.param(POSTS, False, id="unlike"),
        pytest.param(COMMENTS, True, id="comment"),
        pytest.param(POSTS, True, marks=NO_CACHE, id="no_cache"),
    ],
)
def test_a_read_across_a_flush_says_what_was_acknowledged(
    kind: Kind, on: bool, begin: Callable[..., Stepped]
) -> None:
    ann, target = make_user(), make_target(kind)
    for first, last in spans(kind, begin):
        like(kind, target, ann, not on)
        flush_all()
        assert like(kind, target, ann, on) == on
        flush = begin(flusher.flush)
        go_on(flush, first)
        reader = begin(lambda: shown(kind, target))
        reader.go_to("waiting")
        go_on(flush, last - first)
        assert reader.finish() == on, (first, last)
        flush.finish()


@NO_CACHE
def test_a_read_in_an_older_snapshot_says_what_was_acknowledged(
    begin: Callable[..., Stepped],
) -> None:
    ann, post = make_user(), make_post()
    like(POSTS, post.id, ann)
    db.session.rollback()
    assert POSTS.pairs.count(post.id) == 0  # the request began to read
    begin(flush_all).finish()
    assert (shown(POSTS, post.id), is_mine(POSTS, post.id, ann)) == (1, True)


@KINDS
def test_whoever_flushes_all_the_time_keeps_nobody_from_liking(
    kind: Kind, begin: Callable[..., Stepped]
) -> None:
    """A flush of the pair ends after each look, twice as fast as anybody looks."""
    ann, target = make_user(), make_target(kind)
    again, looks = begin(lambda: like(kind, target, ann)), 0
    write_back.reset()
    while again.place is not None:
        if again.place == "looked":
            looks += 1
            like(kind, target, ann)
            flush_all()
        again.step()
    assert (again.answer, looks) == (1, 2)
    assert shown(kind, target) == 1
