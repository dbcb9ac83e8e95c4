from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask

from pigeon.cache import keys
from pigeon.extensions import cache
from pigeon.stores import timelines as store
from pigeon.stores.timelines import Cells, Pusher

READER = 7
KEY = keys.TIMELINE.key(READER)


def cells(*numbers: int) -> list[bytes]:
    return [b"%d" % number for number in numbers]


def stored() -> list[bytes]:
    return cache.client.lrange(KEY, 0, -1)


# -- what a list says ------------------------------------------------------------------------------


@pytest.mark.parametrize("reply", [[], [b"sabc"], [b"sabc", b"5"]])
def test_no_list_and_a_rebuild_say_nothing(reply: list[bytes]) -> None:
    assert store.understand(reply) is None


def test_a_complete_list_has_no_floor() -> None:
    assert store.understand(cells(0)) == Cells(ids=[], floor=0)
    assert store.understand(cells(0, 3, 9, 5, 9, -4)) == Cells(ids=[9, 5, 4, 3], floor=0)


def test_a_cut_list_is_trusted_above_its_oldest_cells() -> None:
    numbers = list(range(1, 201))
    numbers[10], numbers[40] = numbers[40], numbers[10]
    found = store.understand(cells(*numbers))
    assert found is not None
    assert found.ids == list(range(200, 0, -1))
    assert found.floor == store.SLACK


def test_late_cells_do_not_raise_or_lower_the_floor() -> None:
    numbers = [*range(-100, -50), *range(300, 500), -2]
    found = store.understand(cells(*numbers))
    assert found is not None
    assert found.floor == 300 + store.SLACK - 1
    assert {2, 51, 100} <= set(found.ids)


def test_a_list_full_of_late_cells_is_no_list() -> None:
    assert store.understand(cells(*range(-200, 0), 500)) is None


def test_a_short_list_is_trusted_at_its_newest_only() -> None:
    assert store.understand(cells(3, 4, 5)) == Cells(ids=[5, 4, 3], floor=5)


# -- pushing ---------------------------------------------------------------------------------------


def test_only_lists_that_exist_are_pushed_to(app: Flask) -> None:
    cache.client.rpush(KEY, 0)
    cache.client.rpush(keys.TIMELINE.key(123_456_789), 0)
    assert Pusher(42).push([5, READER, 123_456_789, 10**19]) == [READER, 123_456_789]
    assert stored() == [b"0", b"42"]
    assert cache.client.lrange(keys.TIMELINE.key(123_456_789), 0, -1) == [b"0", b"42"]
    assert not cache.client.exists(keys.TIMELINE.key(5))
    assert Pusher(43).push([]) == []


def test_a_late_cell_is_negative(app: Flask) -> None:
    cache.client.rpush(KEY, 0)
    Pusher(42, is_late=True).push([READER])
    assert stored() == [b"0", b"-42"]


@pytest.mark.env(TIMELINE_LENGTH="10")
def test_a_list_that_grew_is_cut_to_its_length(app: Flask) -> None:
    cache.client.rpush(KEY, 0)
    longest = 0
    for number in range(1, 300):
        Pusher(number).push([READER])
        longest = max(longest, cache.client.llen(KEY))
    assert longest == 11 + store.TRIM_AFTER
    assert stored()[-11:] == cells(*range(289, 300))
    assert stored()[0] != store.COMPLETE


def test_a_key_of_another_type_is_an_error(app: Flask) -> None:
    cache.client.set(KEY, "no list")
    with pytest.raises(Exception, match="WRONGTYPE"):
        Pusher(1).push([READER])


# -- rebuilding ------------------------------------------------------------------------------------


def test_a_rebuild_is_stored_in_order_under_what_was_pushed_meanwhile(app: Flask) -> None:
    token = store.begin_rebuild(READER)
    assert token
    Pusher(12).push([READER])
    Pusher(9).push([READER])
    assert store.understand(stored()) is None
    assert store.finish_rebuild(READER, token, [9, 7, 8], complete=True)
    assert stored() == cells(0, 7, 8, 9, 12)
    assert cache.client.ttl(KEY) > 86_400
    assert not cache.client.exists(keys.lease(KEY))


@pytest.mark.env(TIMELINE_LENGTH="5")
def test_a_rebuild_that_is_too_long_is_not_complete(app: Flask) -> None:
    token = store.begin_rebuild(READER)
    assert token
    for number in (11, 12, 13):
        Pusher(number).push([READER])
    assert store.finish_rebuild(READER, token, [5, 4, 3, 2, 1], complete=True)
    assert stored() == cells(3, 4, 5, 11, 12, 13)


def test_of_many_rebuilds_exactly_one_runs(app: Flask) -> None:
    tokens = [store.begin_rebuild(READER) for _ in range(5)]
    assert [bool(token) for token in tokens] == [True, False, False, False, False]


def test_a_dropped_rebuild_stores_nothing(app: Flask) -> None:
    token = store.begin_rebuild(READER)
    store.drop([READER])
    assert token and not store.finish_rebuild(READER, token, [1], complete=True)
    assert not cache.client.exists(KEY)
    assert store.begin_rebuild(READER)


def test_a_slow_rebuild_cannot_end_a_newer_one(app: Flask) -> None:
    slow = store.begin_rebuild(READER)
    cache.client.delete(keys.lease(KEY))  # it took longer than its lease
    newer = store.begin_rebuild(READER)
    assert slow and newer
    assert not store.finish_rebuild(READER, slow, [1], complete=True)
    assert store.begin_rebuild(READER) is None
    assert store.finish_rebuild(READER, newer, [2], complete=True)
    assert stored() == cells(0, 2)


def test_a_rebuild_that_died_is_forgotten(app: Flask) -> None:
    store.begin_rebuild(READER)
    assert 0 < cache.client.pttl(KEY) <= store.REBUILD_LEASE_MS
    assert 0 < cache.client.pttl(keys.lease(KEY)) <= store.REBUILD_LEASE_MS


def test_a_rebuild_of_any_size(app: Flask, with_settings: Callable[..., None]) -> None:
    with_settings(timeline_length=5_000)
    token = store.begin_rebuild(READER)
    assert token and store.finish_rebuild(READER, token, range(1, 3_001), complete=False)
    assert stored() == cells(*range(1, 3_001))


def test_dropping_nobody_is_fine(app: Flask, dead_cache: None) -> None:
    store.drop([])


@pytest.fixture
def dead_cache(with_settings: Callable[..., None]) -> None:
    with_settings(redis_cache_url="unix:///nonexistent/redis.sock")
