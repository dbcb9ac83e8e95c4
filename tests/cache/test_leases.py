from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, update

from pigeon.cache import breaker, keys, leases, resp
from pigeon.cache.breaker import cache_breaker
from pigeon.domain.errors import Unavailable
from pigeon.extensions import cache, db
from pigeon.models import UserModel
from pigeon.unit_of_work import unit_of_work
from tests.factories import make_user
from tests.harness.context import concurrently

KEY = "{test:1}"


def test_one_loader_at_a_time_holds_the_lease(app: Flask) -> None:
    token = leases.take(KEY)
    assert token is not None
    assert leases.take(KEY) is None
    assert 0 < cache.client.pttl(keys.lease(KEY)) <= leases.LEASE_MS


def test_asking_again_after_a_lost_reply_still_holds_the_lease(app: Flask) -> None:
    token = leases.take(KEY)
    assert token
    names, arguments = [KEY, keys.lease(KEY)], [token, leases.LEASE_MS]
    assert leases._TAKE.call(resp.pool(cache.url), names, arguments) == 1
    assert leases.fill_string(KEY, token, b"new", 100)


def test_a_fill_needs_the_lease_and_ends_it(app: Flask) -> None:
    assert not leases.fill_string(KEY, "somebody", b"old", 100)
    token = leases.take(KEY)
    assert token and leases.fill_string(KEY, token, b"new", 100)
    assert not leases.fill_string(KEY, token, b"again", 100)
    assert cache.client.get(KEY) == b"new"
    assert not cache.client.exists(keys.lease(KEY))


def test_a_fill_that_read_before_an_eviction_stores_nothing(app: Flask) -> None:
    token = leases.take(KEY)
    leases.evict(KEY)
    assert token and not leases.fill_string(KEY, token, b"old", 100)
    newer = leases.take(KEY)
    assert newer and not leases.fill_string(KEY, token, b"old", 100)
    assert leases.fill_string(KEY, newer, b"new", 100)


def test_what_another_one_filled_meanwhile_needs_no_lease(app: Flask) -> None:
    token = leases.take(KEY)
    assert token and leases.fill_string(KEY, token, b"new", 100)
    assert leases.take(KEY) is None
    assert not cache.client.exists(keys.lease(KEY))


def test_lifetimes_differ_by_a_tenth(app: Flask) -> None:
    found = {leases.jittered(1_000) for _ in range(200)}
    assert len(found) > 50
    assert min(found) >= 900
    assert max(found) <= 1_100
    token = leases.take(KEY)
    assert token and leases.fill_string(KEY, token, b"v", 1_000)
    assert 890 <= cache.client.ttl(KEY) <= 1_100


def test_an_empty_set_is_not_a_missing_one(app: Flask) -> None:
    token = leases.take(KEY)
    assert token and leases.fill_set(KEY, token, [], 100)
    assert cache.client.smembers(KEY) == {b"0"}


def test_sets_and_hashes_of_any_size(app: Flask) -> None:
    token = leases.take(KEY)
    assert token and leases.fill_set(KEY, token, range(1, 2_001), 100)
    assert cache.client.scard(KEY) == 2_001
    leases.evict(KEY)
    token = leases.take(KEY)
    assert token and leases.fill_hash(KEY, token, {f"f{n}": n for n in range(700)}, 100)
    assert cache.client.hlen(KEY) == 700
    assert cache.client.hget(KEY, "f699") == b"699"


def test_evicting_nothing_asks_nothing(app: Flask, dead_redis: None) -> None:
    leases.evict()


def test_an_eviction_that_did_not_arrive_is_told(app: Flask, dead_redis: None) -> None:
    with pytest.raises(Unavailable):
        leases.evict(KEY)


@pytest.mark.env(CACHE="off")
def test_without_a_cache_no_eviction_is_missed(app: Flask, dead_redis: None) -> None:
    leases.evict(KEY)


def test_a_hanging_redis_is_waited_for_once(
    app: Flask,
    hanging: Any,
    with_settings: Callable[..., None],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(breaker, "OPEN_S", 600)
    with_settings(redis_cache_url=hanging.url)
    assert leases.try_take(KEY) is None
    assert cache_breaker.is_open
    assert hanging.connections() == 1
    assert [leases.try_take(KEY) for _ in range(5)] == [None] * 5
    assert hanging.connections() == 1


# -- the age of what SQL answers -------------------------------------------------------------------


def _name(user_id: int) -> str | None:
    return db.session.scalar(select(UserModel.display_name).where(UserModel.id == user_id))


def _rename(user_id: int, name: str) -> None:
    with unit_of_work():
        db.session.execute(
            update(UserModel).where(UserModel.id == user_id).values(display_name=name)
        )


@pytest.mark.both_databases
def test_a_fresh_read_sees_what_was_committed_since(app: Flask) -> None:
    ann = make_user("ann", display_name="Old")
    assert _name(ann.id) == "Old"
    concurrently(app, [lambda: _rename(ann.id, "New")])
    assert leases.begin_fresh_read()
    assert _name(ann.id) == "New"


def test_rows_in_hand_keep_the_old_snapshot(app: Flask) -> None:
    ann = make_user("ann", display_name="Old")
    row = db.session.get(UserModel, ann.id)
    assert not leases.begin_fresh_read()
    assert row is not None and row.display_name == "Old"


def test_a_unit_of_work_fills_nothing_and_goes_on(app: Flask) -> None:
    ann = make_user("ann", display_name="Old")
    with unit_of_work():
        row = db.session.get(UserModel, ann.id)
        assert row is not None
        row.display_name = "New"
        assert not leases.begin_fresh_read()
    assert _name(ann.id) == "New"
