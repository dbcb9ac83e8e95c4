"""Who hears that somebody's ring changed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from pigeon.cache import keys
from pigeon.extensions import db, state
from pigeon.models import StoryModel
from pigeon.realtime import push
from pigeon.services.follows import follows, requests
from pigeon.services.relations import blocks, mutes
from pigeon.services.stories import cards, changes
from pigeon.unit_of_work import unit_of_work
from tests.factories import Person, make_follow, make_story, make_user
from tests.harness.online import bring_online

Frames = list[tuple[str, Any, list[int]]]


@pytest.fixture
def frames(monkeypatch: pytest.MonkeyPatch) -> Frames:
    """Hints about rings, as they go to the bus."""
    sent: Frames = []

    def keep(event: str, payload: Any, user_ids: Any) -> None:
        if event == "story.changed" and user_ids:
            sent.append((event, payload, list(user_ids)))

    monkeypatch.setattr(push, "to_users", keep)
    return sent


def forget_hints(*people: Person) -> None:
    """Five seconds later."""
    state.client.delete(*(keys.STORY_HINTED.key(person.id) for person in people))


def test_followers_who_want_them_hear_that_one_is_shown_and_deleted(
    app: Flask, frames: Frames, drain: Callable[[], int]
) -> None:
    ann = make_user("ann")
    people = {name: make_user(name) for name in ("fan", "muter", "quiet", "blocker", "away")}
    stranger = make_user("stranger")
    for person in people.values():
        make_follow(person, ann)
    mutes.set_muted(ann.id, by=people["muter"].id, of=["stories"], on=True)
    mutes.set_muted(ann.id, by=people["quiet"].id, of=["posts", "chat"], on=True)
    blocks.block(ann.id, by=people["blocker"].id)
    there = [ann, stranger, *(person for name, person in people.items() if name != "away")]
    bring_online([person.id for person in there])
    wanting = [people["fan"].id, people["quiet"].id]
    told = [
        ("story.changed", {"username": "ann"}, wanting),
        ("story.changed", {"username": "ann"}, [ann.id]),
    ]
    drain()
    story_id = make_story(ann)
    drain()
    assert frames == told
    frames.clear()
    make_story(ann)
    drain()
    assert frames == told[1:], "a second hint within five seconds goes to the author alone"
    frames.clear()
    forget_hints(*people.values())
    changes.remove(story_id, by=ann.id)
    drain()
    assert frames == told


def test_a_private_persons_ring_is_told_to_who_follows_them(
    app: Flask, frames: Frames, drain: Callable[[], int]
) -> None:
    eve, fan, asking = make_user("eve", is_private=True), make_user("fan"), make_user("asking")
    for person in (fan, asking):
        follows.follow(eve.id, by=person.id)
    requests.approve(fan.id, by=eve.id)
    bring_online([fan.id, asking.id])
    drain()
    make_story(eve)
    drain()
    assert [ids for _, _, ids in frames] == [[fan.id], [eve.id]]


def test_what_was_never_shown_is_deleted_quietly(
    app: Flask, frames: Frames, drain: Callable[[], int]
) -> None:
    ann = make_user("ann")
    story_id = make_story(ann)
    drain()
    frames.clear()
    with unit_of_work():
        story = db.session.get(StoryModel, story_id)
        assert story is not None
        story.state, story.published_at, story.expires_at = "failed", None, None
    cards.evict(ann.id)
    changes.remove(story_id, by=ann.id)
    drain()
    assert frames == []
