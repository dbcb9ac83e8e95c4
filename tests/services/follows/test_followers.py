"""An author's followers as one packed blob."""

from __future__ import annotations

from array import array
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from pigeon.cache import keys
from pigeon.extensions import cache
from pigeon.services.follows import followers, follows
from tests.factories import Person, make_user


@pytest.fixture
def ben(app: Flask) -> Person:
    return make_user("ben")


def blob(author: Person) -> bytes | None:
    return cache.client.get(keys.FOLLOWERS_PACKED.key(author.id))


def test_follower_ids_are_kept_packed_with_a_version(
    ben: Person, readers: list[int], queries: Callable[[], Any]
) -> None:
    assert list(followers.ids_of(ben.id)) == readers
    packed = blob(ben)
    assert packed is not None
    assert list(array("Q", packed[followers.VERSION_BYTES :])) == readers
    with queries() as sent:
        assert list(followers.ids_of(ben.id)) == readers
    assert len(sent) == 1  # the version


def test_a_blob_of_another_version_is_not_believed(ben: Person, readers: list[int]) -> None:
    followers.ids_of(ben.id)
    old = blob(ben)
    ann = make_user("ann")
    follows.follow(ben.id, by=ann.id)
    assert list(followers.ids_of(ben.id)) == [*readers, ann.id]
    cache.client.set(keys.FOLLOWERS_PACKED.key(ben.id), old or b"")
    assert list(followers.ids_of(ben.id)) == [*readers, ann.id]
    follows.unfollow(ben.id, by=ann.id)
    assert list(followers.ids_of(ben.id)) == readers


def test_followers_of_nobody(app: Flask) -> None:
    assert not followers.ids_of(4_711)
    assert not followers.ids_of(make_user().id)
