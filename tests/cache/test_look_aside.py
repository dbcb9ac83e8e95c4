from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from pigeon.cache import breaker, keys, leases, look_aside
from pigeon.cache.breaker import cache_breaker
from pigeon.cache.keys import Family
from pigeon.cache.look_aside import Cached, cached
from pigeon.extensions import cache, db
from pigeon.models import UserModel
from pigeon.services.users import users
from tests.factories import make_user
from tests.harness.context import concurrently

FAMILY = Family(name="test", kind="string", ttl_s=1_000, policy="look-aside")


@dataclass(frozen=True, kw_only=True)
class Thing:
    id: int
    name: str


class Shelf:
    """Truth with a loader that counts."""

    def __init__(self) -> None:
        self.names = {1: "one", 2: "two", 3: "three"}
        self.loads: list[list[int]] = []
        self.during: Callable[[], None] = lambda: None
        self.things: Cached[int, Thing] = cached(FAMILY, Thing)(self._load)

    def _load(self, ids: list[int]) -> dict[int, Thing]:
        self.loads.append(ids)
        found = {i: Thing(id=i, name=self.names[i]) for i in ids if i in self.names}
        self.during()
        return found


@pytest.fixture
def shelf(app: Flask) -> Shelf:
    return Shelf()


def test_what_was_loaded_once_is_kept(shelf: Shelf) -> None:
    assert shelf.things.one(1) == Thing(id=1, name="one")
    assert shelf.things.one(1) == Thing(id=1, name="one")
    assert shelf.loads == [[1]]
    assert 890 <= cache.client.ttl(FAMILY.key(1)) <= 1_100


def test_many_load_only_what_is_missing_in_the_order_wanted(shelf: Shelf) -> None:
    shelf.things.one(2)
    assert list(shelf.things.many([3, 2, 1, 3])) == [3, 2, 1]
    assert shelf.loads == [[2], [3, 1]]
    assert shelf.things.many([]) == {}


def test_absence_is_remembered_until_it_ends(shelf: Shelf) -> None:
    assert shelf.things.one(9) is None
    assert shelf.things.one(9) is None
    assert shelf.loads == [[9]]
    assert 0 < cache.client.ttl(FAMILY.key(9)) <= 70, "somebody may make it"
    shelf.names[9] = "nine"
    shelf.things.evict(9)
    assert shelf.things.one(9) == Thing(id=9, name="nine")


def test_a_put_replaces_the_entry(shelf: Shelf) -> None:
    shelf.things.one(1)
    shelf.things.put(1, Thing(id=1, name="new"))
    assert shelf.things.one(1) == Thing(id=1, name="new")
    assert shelf.loads == [[1]]


@pytest.mark.parametrize(
    "data", [b"", b"{}", b"[1]", b'{"id": 1, "title": "of old"}', b"\x80\x04K"]
)
def test_an_entry_of_another_shape_is_a_miss(shelf: Shelf, data: bytes) -> None:
    cache.client.set(FAMILY.key(1), data)
    assert shelf.things.one(1) == Thing(id=1, name="one")
    assert shelf.things.one(1) == Thing(id=1, name="one")
    assert shelf.loads == [[1]]


def test_a_hundred_misses_at_once_are_one_load(
    app: Flask, shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(look_aside, "WAITS", 500)  # a busy machine starts threads slowly
    shelf.during = lambda: time.sleep(0.05)
    found = concurrently(app, [lambda: shelf.things.one(1)] * 100)
    assert found == [Thing(id=1, name="one")] * 100
    assert shelf.loads == [[1]]


@pytest.fixture
def waits(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """How long readers waited for another one, each time; here they do not."""
    asked: list[float] = []
    monkeypatch.setattr(look_aside.time, "sleep", asked.append)
    return asked


def test_who_waited_in_vain_loads_without_filling(shelf: Shelf, waits: list[float]) -> None:
    leases.take(FAMILY.key(1))
    assert shelf.things.one(1) == Thing(id=1, name="one")
    assert len(waits) == look_aside.WAITS
    assert sum(waits) * 1_000 < leases.LEASE_MS / 2
    assert not cache.client.exists(FAMILY.key(1))


def test_a_loader_that_fails_leaves_the_way_to_the_next(shelf: Shelf) -> None:
    def fail() -> None:
        raise RuntimeError("no")

    shelf.during = fail
    with pytest.raises(RuntimeError):
        shelf.things.one(1)
    shelf.during = lambda: None
    assert shelf.things.one(1) == Thing(id=1, name="one")


def test_a_fill_cannot_bring_back_what_a_writer_evicted(shelf: Shelf) -> None:
    def change() -> None:
        shelf.names[1] = "changed"
        shelf.things.evict(1)

    shelf.during = change
    assert shelf.things.one(1) == Thing(id=1, name="one")  # read before the change
    shelf.during = lambda: None
    assert shelf.things.one(1) == Thing(id=1, name="changed")


def test_a_fill_cannot_bring_back_what_was_put_meanwhile(shelf: Shelf) -> None:
    newer = Thing(id=1, name="newer")
    shelf.during = lambda: shelf.things.put(1, newer)
    shelf.things.one(1)
    assert shelf.things.one(1) == newer


def test_readers_and_a_writer_at_the_same_time_agree_in_the_end(app: Flask, shelf: Shelf) -> None:
    stop = threading.Event()

    def read() -> None:
        while not stop.is_set():
            shelf.things.one(1)

    def write() -> None:
        for number in range(200):
            shelf.names[1] = str(number)
            shelf.things.evict(1)
        stop.set()

    assert concurrently(app, [read, read, read, write]) == [None] * 4
    assert shelf.things.one(1) == Thing(id=1, name="199")


@pytest.mark.both_databases
@pytest.mark.parametrize("has_rows", [False, True])
def test_an_old_snapshot_fills_nothing_old(app: Flask, has_rows: bool) -> None:
    ann = make_user("ann", display_name="Old")
    wanted = UserModel if has_rows else UserModel.display_name
    in_hand = db.session.execute(select(wanted).where(UserModel.id == ann.id)).one()
    concurrently(app, [lambda: users.update_profile(ann.id, {"display_name": "New"})])
    cache.client.delete(keys.USER_CARD.key(ann.id))
    users.cards.one(ann.id)
    db.session.rollback()
    card = users.cards.one(ann.id)
    assert card is not None and card.display_name == "New"
    assert in_hand


def test_without_redis_everything_is_loaded_at_once(
    shelf: Shelf, dead_redis: None, waits: list[float]
) -> None:
    for number in range(1, 6):
        assert len(shelf.things.many([1, 2, 3, 4])) == 3
        assert len(shelf.loads) == number
    assert not waits


def test_a_hanging_redis_is_waited_for_once(
    shelf: Shelf, hanging: Any, with_settings: Callable[..., None], monkeypatch: Any
) -> None:
    monkeypatch.setattr(breaker, "OPEN_S", 600)
    with_settings(redis_cache_url=hanging.url)
    for number in range(1, 6):
        assert len(shelf.things.many([1, 2, 3])) == 3
        assert cache_breaker.is_open
        assert hanging.connections() == 1
        assert len(shelf.loads) == number


def test_a_redis_that_is_back_is_used_after_a_second(
    shelf: Shelf, hanging_url: str, with_settings: Callable[..., None], monkeypatch: Any
) -> None:
    url = cache.url
    with_settings(redis_cache_url=hanging_url)
    shelf.things.one(1)
    with_settings(redis_cache_url=url)
    shelf.things.one(1)
    assert not cache.client.exists(FAMILY.key(1))
    monkeypatch.setattr(cache_breaker, "_open_until", 0.0)
    shelf.things.one(1)
    assert cache.client.exists(FAMILY.key(1))


@pytest.mark.env(CACHE="off")
def test_without_a_cache_redis_is_not_asked(
    shelf: Shelf, redis_commands: Callable[[], Any]
) -> None:
    with redis_commands() as commands:
        assert len(shelf.things.many([1, 2])) == 2
    assert not commands
