"""What somebody chose, and when they were last there."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from redis.exceptions import RedisError

from pigeon.domain.clock import time_of_ms, utc_now
from pigeon.domain.errors import Invalid
from pigeon.domain.presence import Presence
from pigeon.extensions import cache, state
from pigeon.services import access, presence
from pigeon.services.presence import activity
from pigeon.stores import presence as store
from pigeon.stores.presence import Note, now_ms
from tests.factories import Person, make_follow, make_user
from tests.harness.clients import Client
from tests.harness.online import bring_online

Drain = Callable[[], int]


@pytest.fixture
def ann(app: Flask) -> Person:
    return make_user("ann")


@pytest.fixture
def ben(ann: Person) -> Person:
    ben = make_user("ben")
    make_follow(ann, ben)
    make_follow(ben, ann)
    return ben


def seen_by(viewer: Person, person: Person) -> Presence:
    return presence.of([person.id], access.viewer(viewer.id))[person.id]


def act(person: Person, at_ms: int) -> None:
    store.begin("0")
    store.write("0", [Note(person.id, "s", at_ms)], at_ms)


def go(person: Person, at_ms: int) -> None:
    store.write("0", [Note(person.id, "s", None)], at_ms)
    store.sweep(at_ms + 60_000)


@pytest.mark.both_modes
def test_busy_is_shown_while_somebody_is_there_and_not_after(ann: Person, ben: Person) -> None:
    assert presence.choose("busy", by=ann.id).status == "offline"
    assert seen_by(ben, ann).status == "offline"
    bring_online([ann.id])
    assert seen_by(ben, ann).status == "busy"
    act(ann, now_ms() - 600_000)
    assert presence.chosen_of(ann.id) == "busy"
    assert presence.choose("available", by=ann.id).status == "available"


@pytest.mark.both_modes
def test_invisible_freezes_when_somebody_was_last_there(ann: Person, ben: Person) -> None:
    began = now_ms() - 120_000
    act(ann, began)
    assert seen_by(ben, ann) == Presence(
        username="ann", status="available", last_active_at=time_of_ms(began)
    )
    assert presence.choose("invisible", by=ann.id).status == "offline"
    frozen = Presence(username="ann", last_active_at=time_of_ms(began))
    assert seen_by(ben, ann) == frozen
    act(ann, now_ms())
    activity.flush()
    assert seen_by(ben, ann) == frozen
    go(ann, now_ms() - 60_000)
    activity.flush()
    assert seen_by(ben, ann) == frozen
    assert presence.choose("available", by=ann.id) == frozen


def test_a_status_that_there_is_not_is_refused(ann: Person) -> None:
    with pytest.raises(Invalid) as refused:
        presence.choose("asleep", by=ann.id)
    assert list(refused.value.fields) == ["status"]


def test_the_last_time_survives_both_redis_and_never_goes_back(ann: Person, ben: Person) -> None:
    assert seen_by(ben, ann).last_active_at is None
    began = now_ms() - 300_000
    for at in (began, began + 5, began + 2):
        act(ann, at)
        activity.flush()
        activity.flush()
        assert store.some_seen(0) == []
    go(ann, began + 6)
    cache.client.flushdb()
    state.client.flushdb()
    assert seen_by(ben, ann) == Presence(username="ann", last_active_at=time_of_ms(began + 5))


def test_times_of_many_are_stored_in_one_transaction(
    ann: Person, queries: Callable[[], Any]
) -> None:
    people = [make_user() for _ in range(30)]
    gone = 10_000_000
    for moved_s in (100, 50):
        at = now_ms() - moved_s * 1_000
        store.begin("0")
        store.write("0", [Note(one, f"s{one}", at) for one in [*(p.id for p in people), gone]], at)
        with queries() as sent:
            activity.flush()
        assert len(sent) <= 4
    for one in people:
        shown = presence.of([one.id], access.viewer(one.id))[one.id].last_active_at
        assert shown is not None
        assert utc_now() - shown < timedelta(seconds=60)


def test_the_api_chooses_and_tells(ann: Person, token_client: Callable[[Person], Client]) -> None:
    client = token_client(ann)
    status, body = client.api("PUT", "/me/status", {"status": "busy"})
    assert (status, body) == (
        200,
        {"username": "ann", "status": "offline", "last_active_at": None},
    )
    assert client.api("GET", "/me")[1]["status"] == "busy"
    for wrong in ({"status": "away"}, {"status": 1}, {}, {"status": "busy", "more": 1}):
        status, body = client.api("PUT", "/me/status", wrong)
        assert (status, body["error"]["code"]) == (422, "invalid")


def test_without_the_state_redis_everybody_is_offline_on_pages_and_nothing_is_told(
    ann: Person, ben: Person
) -> None:
    bring_online([ann.id])
    assert seen_by(ben, ann).status == "available"
    state.client.client_pause(2_500)
    with pytest.raises(RedisError):
        presence.known([ann.id], access.viewer(ben.id))
    assert seen_by(ben, ann) == Presence(username="ann")
