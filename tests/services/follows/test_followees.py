"""Whom somebody follows, as a set in the cache."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from pigeon.extensions import db
from pigeon.services.follows import followees, follows
from tests.factories import Person, make_follow, make_user
from tests.harness.context import concurrently

DEAD = "unix:///nonexistent/redis.sock"


def test_membership_is_one_command_once_it_is_loaded(
    ann: Person, ben: Person, queries: Callable[[], Any], redis_commands: Callable[[], Any]
) -> None:
    foreign = make_user()
    make_follow(ann, ben)
    assert followees.among(ann.id, [ben.id, foreign.id]) == {ben.id}
    with queries() as sent, redis_commands() as commands:
        assert followees.among(ann.id, [ben.id, foreign.id]) == {ben.id}
        assert followees.among(ann.id, []) == set()
    assert not sent
    assert commands == {"smismember": 1}


def test_the_set_follows_every_change_at_once(ann: Person, ben: Person) -> None:
    for _ in range(2):
        assert followees.among(ann.id, [ben.id]) == set()
        follows.follow(ben.id, by=ann.id)
        assert followees.among(ann.id, [ben.id]) == {ben.id}
        follows.unfollow(ben.id, by=ann.id)


def test_a_set_that_was_read_before_a_follow_is_not_stored(
    app: Flask, ann: Person, ben: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    from pigeon.cache import leases

    fill = leases.fill_set

    def late(*args: Any) -> bool:
        monkeypatch.setattr(leases, "fill_set", fill)
        concurrently(app, [lambda: follows.follow(ben.id, by=ann.id)])
        return fill(*args)

    monkeypatch.setattr(leases, "fill_set", late)
    followees.among(ann.id, [ben.id])
    db.session.rollback()
    assert followees.among(ann.id, [ben.id]) == {ben.id}


def test_without_redis_membership_comes_from_sql(
    ann: Person, ben: Person, with_settings: Callable[..., None]
) -> None:
    make_follow(ann, ben)
    with_settings(redis_cache_url=DEAD)
    assert [followees.among(ann.id, [ben.id]) for _ in range(5)] == [{ben.id}] * 5


def test_redis_that_goes_away_while_the_set_is_loaded(
    ann: Person, ben: Person, with_settings: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    make_follow(ann, ben)
    load = followees.load

    def load_last(viewer_id: int) -> None:
        load(viewer_id)
        with_settings(redis_cache_url=DEAD)

    monkeypatch.setattr(followees, "load", load_last)
    assert followees.among(ann.id, [ben.id]) == {ben.id}
