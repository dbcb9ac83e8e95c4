"""Leases of two processes on a real Redis: who releases takes nothing from who still holds."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import ExitStack

import pytest
from flask import Flask

from pigeon.cache import keys
from pigeon.extensions import state
from pigeon.stores import leases as leases_store
from pigeon.stores.leases import FEW, LEASE_S, SOON_S, Leases

MANY = range(1, 5 * FEW)


@pytest.fixture
def mine(app: Flask) -> Leases:
    return Leases(keys.ONLINE, keys.ONLINE_BY, holder="a1")


@pytest.fixture
def theirs(app: Flask) -> Leases:
    return Leases(keys.ONLINE, keys.ONLINE_BY, holder="b2")


def test_what_is_held_is_live_until_it_is_released(mine: Leases) -> None:
    mine.renew([1, 2])
    assert mine.live_among([3, 2, 1]) == [2, 1]
    mine.release([2])
    assert mine.live_among([1, 2]) == [1]
    assert mine.live_among([]) == []


def test_a_release_takes_nothing_from_another_process(mine: Leases, theirs: Leases) -> None:
    mine.renew([1, 2])
    theirs.renew([1])
    mine.release([1, 2])
    assert mine.live_among([1, 2]) == [1]
    theirs.release([1])
    assert mine.live_among([1, 2]) == []


def test_how_often_others_hold_it_is_answered_on_the_way(mine: Leases, theirs: Leases) -> None:
    assert mine.keep({1: 3, 2: 1}) == {1: 0, 2: 0}
    assert theirs.keep({2: 1, 1: 2}) == {2: 1, 1: 3}
    assert mine.keep({1: 0}) == {1: 2}
    assert theirs.keep({1: 2}) == {1: 0}


def test_renewing_and_releasing_are_one_trip(mine: Leases, counting_trips: list[int]) -> None:
    mine.renew([1])  # the script is loaded
    counting_trips.clear()
    mine.keep({one: one % 2 for one in MANY})
    assert counting_trips == [1]
    assert mine.live_among(list(MANY)) == [one for one in MANY if one % 2]


@pytest.fixture
def counting_trips(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    trips: list[int] = []
    pipeline = leases_store.resp.Pool.pipeline

    def counted(pool: leases_store.resp.Pool, commands: list[list[bytes]]) -> object:
        trips.append(1)
        return pipeline(pool, commands)

    monkeypatch.setattr(leases_store.resp.Pool, "pipeline", counted)
    return trips


def test_leases_that_ended_are_not_live_and_are_removed(mine: Leases, theirs: Leases) -> None:
    mine.renew([1])
    state.client.zadd(keys.ONLINE.key(), {"7": time.time() - 1})
    assert mine.live_among([1, 7]) == [1]
    assert state.client.zscore(keys.ONLINE.key(), "7") is not None
    theirs.renew([2])
    assert state.client.zscore(keys.ONLINE.key(), "7") is None


def test_a_process_that_was_killed_holds_nothing_once_its_leases_ended(
    mine: Leases, theirs: Leases
) -> None:
    theirs.renew([1])
    assert 0 < state.client.ttl(keys.ONLINE_BY.key("b2")) <= LEASE_S
    state.client.delete(keys.ONLINE_BY.key("b2"))
    mine.renew([1])
    mine.release([1])
    assert mine.live_among([1]) == []


@pytest.mark.parametrize("held", [0, 1, FEW, 4 * len(MANY)], ids=lambda held: f"{held} held")
@pytest.mark.parametrize("asked", [1, FEW, FEW + 1, len(MANY)], ids=lambda asked: f"{asked} asked")
def test_few_and_many_are_answered_alike(mine: Leases, held: int, asked: int) -> None:
    ids = list(MANY)[:asked][::-1]
    mine.renew(range(FEW // 2, FEW // 2 + held))
    live = set(range(FEW // 2, FEW // 2 + held))
    assert mine.live_among(ids) == [one for one in ids if one in live]


def test_the_release_before_understands_and_is_understood(mine: Leases) -> None:
    """It keeps one sorted set, and nothing of who holds."""
    state.client.zadd("{online:}", {"5": time.time() + LEASE_S})
    mine.renew([6])
    assert mine.live_among([5, 6]) == [5, 6]
    theirs = state.client.zrangebyscore("{online:}", f"({time.time()}", "+inf")
    assert set(map(int, theirs)) == {5, 6}
    mine.keep({6: 0})
    assert mine.live_among([5, 6]) == [5]


@pytest.fixture
def two_listeners(app: Flask) -> Iterator[None]:
    """Every process with sockets listens to the bus, of whichever release it is."""
    with ExitStack() as opened:
        for _ in range(2):
            listener = opened.enter_context(state.client.pubsub())
            listener.subscribe(keys.BUS_CHANNEL)
            assert listener.get_message(timeout=5.0)
        yield


def test_a_release_takes_nothing_from_a_process_of_the_release_before(
    mine: Leases, two_listeners: None
) -> None:
    state.client.zadd(keys.ONLINE.key(), {"5": time.time() + LEASE_S})
    mine.renew([5, 6])
    mine.release([5, 6])
    assert mine.live_among([5, 6]) == [5, 6]
    assert state.client.zscore(keys.ONLINE.key(), "5") < time.time() + SOON_S + 1


def test_idle_processes_of_this_release_are_known(
    mine: Leases, theirs: Leases, two_listeners: None
) -> None:
    theirs.keep({})
    mine.renew([1])
    mine.release([1])
    assert mine.live_among([1]) == []
