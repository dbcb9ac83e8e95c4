from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from pigeon.cache.counters import GONE, Counters, Counts
from pigeon.cache.keys import Family
from pigeon.extensions import cache
from pigeon.services import counts
from pigeon.services.posts import changes as posts_changes
from tests.factories import make_post, make_user

FAMILY = Family(name="testcounts", kind="hash", ttl_s=1_000, policy="look-aside")


class Shelf:
    def __init__(self) -> None:
        self.rows: dict[int, Counts] = {1: (10, 0), 2: (20, 5)}
        self.loads: list[list[int]] = []
        self.during: Callable[[], None] = lambda: None
        self.counters = Counters(FAMILY, ("likes", "comments"), self._load)

    def _load(self, ids: list[int]) -> dict[int, Counts]:
        self.loads.append(ids)
        found = {i: self.rows[i] for i in ids if i in self.rows}
        self.during()
        return found


@pytest.fixture
def shelf(app: Flask) -> Shelf:
    return Shelf()


def test_counts_are_hashes_with_named_fields(shelf: Shelf) -> None:
    assert shelf.counters.many([2]) == {2: (20, 5)}
    assert cache.client.hgetall(FAMILY.key(2)) == {b"likes": b"20", b"comments": b"5"}
    assert 890 <= cache.client.ttl(FAMILY.key(2)) <= 1_100


def test_one_trip_and_one_load_for_all(shelf: Shelf) -> None:
    shelf.counters.many([1])
    assert shelf.counters.many([1, 2, 1]) == {1: (10, 0), 2: (20, 5)}
    assert shelf.counters.many([1, 2]) == {1: (10, 0), 2: (20, 5)}
    assert shelf.loads == [[1], [2]]
    assert shelf.counters.many([]) == {}


def test_what_is_gone_is_remembered_as_gone(shelf: Shelf) -> None:
    assert shelf.counters.many([9]) == {}
    assert shelf.counters.many([9]) == {}
    assert shelf.loads == [[9]]
    assert cache.client.hgetall(FAMILY.key(9)) == {GONE.encode(): b"1"}
    shelf.rows[9] = (1, 1)
    shelf.counters.evict(9)
    assert shelf.counters.many([9]) == {9: (1, 1)}


def test_zero_is_not_missing(shelf: Shelf) -> None:
    shelf.rows[3] = (0, 0)
    shelf.counters.many([3])
    assert shelf.counters.many([3]) == {3: (0, 0)}
    assert shelf.loads == [[3]]


def test_a_fill_cannot_bring_back_what_a_writer_evicted(shelf: Shelf) -> None:
    def change() -> None:
        shelf.rows[1] = (11, 0)
        shelf.counters.evict(1)

    shelf.during = change
    assert shelf.counters.many([1]) == {1: (10, 0)}
    shelf.during = lambda: None
    assert shelf.counters.many([1]) == {1: (11, 0)}


def test_replies_that_were_read_elsewhere_are_completed(shelf: Shelf) -> None:
    replies: list[Any] = [[b"7", b"8", None], [None, None, None], [None, None, b"1"]]
    assert shelf.counters.complete([1, 2, 3], replies) == {1: (7, 8), 2: (20, 5)}
    assert shelf.loads == [[2]]


def test_without_redis_counts_come_from_the_rows(shelf: Shelf, dead_redis: None) -> None:
    assert [shelf.counters.many([1, 2, 9]) for _ in range(5)] == [{1: (10, 0), 2: (20, 5)}] * 5


@pytest.mark.both_databases
def test_a_post_that_is_gone_has_no_counts(app: Flask) -> None:
    ann = make_user()
    waiting, shown = make_post(ann, state="processing"), make_post(ann)
    assert set(counts.of_posts([waiting.id, shown.id])) == {waiting.id, shown.id}
    posts_changes.remove(shown.id, by=ann.id)
    assert counts.of_posts([shown.id]) == {}
