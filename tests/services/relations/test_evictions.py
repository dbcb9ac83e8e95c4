"""A process that dies after its commit evicted nothing: the job does, and no door stays open."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass

import pytest
from flask import Flask

from pigeon.domain.errors import NotFound
from pigeon.domain.page import PageRequest
from pigeon.extensions import cache
from pigeon.services import access, counts
from pigeon.services.follows import followees, follows, requests
from pigeon.services.posts import posts
from pigeon.services.relations import blocks, mutes
from pigeon.services.timelines import timelines
from pigeon.services.users import suspensions, users
from tests.factories import Person, make_follow, make_post

DEAD = "unix:///nonexistent/redis.sock"


@dataclass(frozen=True)
class Reader:
    """ben, who follows ann and has read everything of hers."""

    ann: Person
    ben: Person
    post_id: int

    def seen(self) -> dict[str, bool]:
        home = timelines.page(access.viewer(self.ben.id), PageRequest(kind="timeline")).items
        return {
            "person": self._opens(lambda: users.get("ann", self.ben.id)),
            "post": self._opens(lambda: posts.get(self.post_id, self.ben.id)),
            "timeline": self.post_id in [entry.post_id for entry in home],
            "followed": followees.among(self.ben.id, [self.ann.id]) == {self.ann.id},
            "counted": counts.of_user(self.ann.id).follower_count == 1,
        }

    @staticmethod
    def _opens(read: Callable[[], object]) -> bool:
        with suppress(NotFound):
            read()
            return True
        return False


@pytest.fixture
def reader(app: Flask, ann: Person, ben: Person, drain: Callable[[], int]) -> Reader:
    make_follow(ben, ann)
    found = Reader(ann, ben, make_post(ann).id)
    drain()
    for _ in range(2):
        assert all(found.seen().values()), found.seen()
    return found


def _turn_private(reader: Reader) -> None:
    users.update_profile(reader.ann.id, {"is_private": True})


CHANGES: dict[str, Callable[[Reader], object]] = {
    "block": lambda r: blocks.block(r.ben.id, by=r.ann.id),
    "blocked": lambda r: blocks.block(r.ann.id, by=r.ben.id),
    "remove": lambda r: follows.remove_follower(r.ben.id, by=r.ann.id),
    "unfollow": lambda r: follows.unfollow(r.ann.id, by=r.ben.id),
    "mute": lambda r: mutes.set_muted(r.ann.id, by=r.ben.id, of=["posts"], on=True),
    "suspend": lambda r: suspensions.suspend(r.ann.id),
}
AFTERWARDS: dict[str, set[str]] = {
    "block": set(),
    "blocked": set(),
    "remove": {"person", "post"},
    "unfollow": {"person", "post"},
    "mute": {"person", "post", "followed", "counted"},
    "suspend": {"followed", "counted"},
}
"""What ben still has of ann: of a public account."""


@pytest.mark.parametrize("name", list(CHANGES))
def test_what_was_not_evicted_is_evicted_by_the_job(
    reader: Reader, drain: Callable[[], int], with_settings: Callable[..., None], name: str
) -> None:
    _unheard(with_settings, lambda: CHANGES[name](reader))
    drain()
    found = {what for what, is_seen in reader.seen().items() if is_seen}
    assert found - {"counted"} == AFTERWARDS[name] - {"counted"}
    cache.client.flushdb()
    assert found == {what for what, is_seen in reader.seen().items() if is_seen}


def _unheard(with_settings: Callable[..., None], change: Callable[[], object]) -> None:
    """Do it as a process does that dies right after its commit: no cache hears of it."""
    url = cache.url
    with_settings(redis_cache_url=DEAD)
    change()
    with_settings(redis_cache_url=url)


def test_a_follow_that_a_block_ended_opens_nothing_after_the_block(
    reader: Reader, drain: Callable[[], int], with_settings: Callable[..., None]
) -> None:
    _unheard(with_settings, lambda: blocks.block(reader.ben.id, by=reader.ann.id))
    drain()
    blocks.unblock(reader.ben.id, by=reader.ann.id)
    _turn_private(reader)
    drain()
    assert {name for name, is_seen in reader.seen().items() if is_seen} == {"person"}


def test_turning_private_is_made_up_for(
    reader: Reader, drain: Callable[[], int], with_settings: Callable[..., None]
) -> None:
    stranger = Reader(reader.ann, reader.ben, reader.post_id)
    assert posts.get(reader.post_id, None)
    _unheard(with_settings, lambda: _turn_private(stranger))
    drain()
    with pytest.raises(NotFound):
        posts.get(reader.post_id, None)
    assert all(reader.seen().values())  # who follows stays


def test_an_approval_is_made_up_for(
    reader: Reader, drain: Callable[[], int], with_settings: Callable[..., None]
) -> None:
    follows.unfollow(reader.ann.id, by=reader.ben.id)
    _turn_private(reader)
    follows.follow(reader.ann.id, by=reader.ben.id)
    drain()
    assert {name for name, is_seen in reader.seen().items() if is_seen} == {"person"}
    _unheard(with_settings, lambda: requests.approve(reader.ben.id, by=reader.ann.id))
    drain()
    assert all(reader.seen().values()), reader.seen()
