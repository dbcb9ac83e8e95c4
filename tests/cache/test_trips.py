"""Several caches in one round trip: each one gets its own replies, and falls back by itself."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import pytest
from flask import Flask
from redis.exceptions import RedisError

from pigeon.cache import resp, trips
from pigeon.cache.counters import Counters
from pigeon.cache.flags import Flags
from pigeon.cache.keys import Family
from pigeon.cache.look_aside import Cached, cached
from pigeon.cache.trips import Read, trip
from pigeon.extensions import cache
from pigeon.services.follows import followees
from tests.factories import make_follow, make_user

ANN = 1


def family(name: str, kind: str) -> Family:
    return Family(name=name, kind=kind, ttl_s=100, policy="look-aside")


class Shelf:
    """Four caches, and which of their loaders were asked for what."""

    def __init__(self) -> None:
        self.loads: list[tuple[str, Any]] = []
        self.names: Cached[int, str] = cached(family("testname", "string"), str)(
            lambda ids: self._loaded("names", ids, {i: f"n{i}" for i in ids if i < 9})
        )
        self.sizes: Cached[int, int] = cached(family("testsize", "string"), int)(
            lambda ids: self._loaded("sizes", ids, {i: 10 * i for i in ids})
        )
        self.counts = Counters(
            family("testcount", "hash"),
            ("likes",),
            lambda ids: self._loaded("counts", ids, {i: (100 * i,) for i in ids}),
        )
        self.likes = Flags(
            family("testlike", "hash"),
            "post",
            newest=lambda _, count: self._loaded("newest", count, [5, 3]),
            among=lambda _, ids: self._loaded("among", list(ids), {3, 5}.intersection(ids)),
        )

    def _loaded(self, name: str, asked: Any, found: Any) -> Any:
        self.loads.append((name, asked))
        return found

    def ask(self) -> tuple[Any, ...]:
        return trip(
            self.names.read([1, 2]),
            self.counts.read([1, 2]),
            self.sizes.read([3, 1]),
            self.likes.read(ANN, [2, 3]),
            self.names.read([2, 9]),
        )


EVERYTHING = (
    {1: "n1", 2: "n2"},
    {1: (100,), 2: (200,)},
    {3: 30, 1: 10},
    {3},
    {2: "n2"},
)


@pytest.fixture
def shelf(app: Flask) -> Shelf:
    return Shelf()


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many commands went along on each trip."""
    found: list[int] = []
    send = resp.Pool.send

    def counted(self: resp.Pool, payload: bytes, replies: int) -> Any:
        found.append(replies)
        return send(self, payload, replies)

    monkeypatch.setattr(resp.Pool, "send", counted)
    return found


def test_each_cache_completes_its_own_replies(shelf: Shelf) -> None:
    assert shelf.ask() == EVERYTHING
    assert shelf.ask() == EVERYTHING


def test_a_warm_trip_is_one_and_all_strings_are_one_command(
    shelf: Shelf, sent: list[int], redis_commands: Callable[[], Any]
) -> None:
    shelf.ask()
    sent.clear()
    shelf.loads.clear()
    with redis_commands() as commands:
        assert shelf.ask() == EVERYTHING
    assert sent == [4]
    assert dict(commands) == {"mget": 1, "hmget": 3}
    assert shelf.loads == []


def test_what_one_of_them_misses_does_not_move_the_replies_of_another(shelf: Shelf) -> None:
    shelf.ask()
    shelf.loads.clear()
    shelf.names.evict(2)
    shelf.counts.evict(1)
    assert shelf.ask() == EVERYTHING
    assert shelf.loads == [("names", [2]), ("counts", [1])]


def test_who_asks_for_nothing_sends_nothing(shelf: Shelf, sent: list[int]) -> None:
    assert trip(shelf.names.read([]), shelf.counts.read([])) == ({}, {})
    assert trip(shelf.likes.read(ANN, []), followees.read(ANN, [])) == (set(), set())
    assert not sent
    assert not shelf.loads


def test_without_redis_each_one_loads_by_its_own_rule(shelf: Shelf, dead_redis: None) -> None:
    ann, ben = make_user(), make_user()
    make_follow(ann, ben)
    for _ in range(5):
        assert shelf.ask() == EVERYTHING
        followed = followees.read(ann.id, [ben.id, 99])
        assert trip(shelf.counts.read([1]), followed) == ({1: (100,)}, {ben.id})


def test_who_goes_another_way_without_redis_hears_of_it(shelf: Shelf, dead_redis: None) -> None:
    with pytest.raises(RedisError):
        trips.ask(
            shelf.names.read([1]),
            shelf.sizes.read([1]),
            shelf.counts.read([1]),
            shelf.likes.read(ANN, [1]),
        )
    assert not shelf.loads


@pytest.mark.env(CACHE="off")
def test_without_a_cache_everything_is_loaded_and_nothing_sent(
    shelf: Shelf, sent: list[int]
) -> None:
    assert shelf.ask() == EVERYTHING
    assert [name for name, _ in shelf.loads] == ["names", "counts", "sizes", "among", "names"]
    assert not sent


def test_a_reply_belongs_to_the_command_in_its_place(app: Flask) -> None:
    cache.client.set("{test:a}", "a")
    cache.client.rpush("{test:b}", "x", "y")

    def read(*commands: bytes | str) -> Read[Sequence[Any]]:
        return Read(commands, tuple, tuple)

    listed = resp.encode([b"LRANGE", b"{test:b}", b"0", b"-1"])
    length = resp.encode([b"LLEN", b"{test:b}"])
    assert trip(read("{test:a}"), read(listed, length), read("{test:c}", "{test:a}")) == (
        (b"a",),
        ([b"x", b"y"], 2),
        (None, b"a"),
    )
