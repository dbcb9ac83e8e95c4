"""Who leaves, is shut out, or keeps somebody away: their stories close at once, caches or not."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from pigeon.domain.stories import TextStyle
from pigeon.extensions import db
from pigeon.jobs import runner
from pigeon.jobs.scheduler import sweep_outbox
from pigeon.models import MediaModel, StoryModel, StoryReactionModel, StoryViewModel
from pigeon.services.follows import follows
from pigeon.services.relations import blocks
from pigeon.services.stories import stories, views
from pigeon.services.users import suspensions, users
from pigeon.unit_of_work import unit_of_work
from tests.factories import Person, make_follow, make_story, make_user
from tests.factories.stories import make_ready, make_view
from tests.factories.uploads import make_upload
from tests.harness.clients import Client
from tests.harness.crashes import killed_at, stored_objects
from tests.harness.rows import count

pytestmark = pytest.mark.no_second_look


@pytest.fixture
def ann(app: Flask) -> Person:
    return make_user("ann")


@pytest.fixture
def ben(ann: Person) -> Person:
    """He follows ann."""
    person = make_user("ben")
    make_follow(person, ann)
    return person


@pytest.fixture
def reader(ben: Person, client_for: Callable[[Person], Client]) -> Client:
    return client_for(ben)


def picture_of(reader: Client) -> str:
    (shown,) = reader.api("GET", "/users/ann/stories")[1]["items"]
    return str(shown["image"]["url"])


def doors(reader: Client, picture: str) -> dict[str, Any]:
    """What stands open: the tray, the list, the picture."""
    status, page = reader.api("GET", "/users/ann/stories")
    return {
        "tray": len(reader.api("GET", "/stories")[1]["items"]),
        "list": len(page["items"]) if status == 200 else status,
        "picture": reader.get(picture).status_code,
    }


OPEN = {"tray": 1, "list": 1, "picture": 200}
CLOSED = {"tray": 0, "list": 404, "picture": 404}


def _turn_private(ann: Person, ben: Person) -> None:
    follows.unfollow(ann.id, by=ben.id)
    users.update_profile(ann.id, {"is_private": True})


def _leave_a_private_one(ann: Person, ben: Person) -> None:
    users.update_profile(ann.id, {"is_private": True})
    follows.unfollow(ann.id, by=ben.id)


CLOSES: dict[str, Callable[[Person, Person], object]] = {
    "blocked": lambda ann, ben: blocks.block(ben.id, by=ann.id),
    "blocker": lambda ann, ben: blocks.block(ann.id, by=ben.id),
    "turned private": _turn_private,
    "unfollowed": _leave_a_private_one,
    "removed": lambda ann, ben: (
        users.update_profile(ann.id, {"is_private": True}),
        follows.remove_follower(ben.id, by=ann.id),
    ),
    "suspended": lambda ann, _ben: suspensions.suspend(ann.id),
}


@pytest.mark.parametrize("how", CLOSES)
def test_what_was_open_is_closed_at_once(
    ann: Person, ben: Person, reader: Client, how: str
) -> None:
    make_story(ann, picture=True)
    picture = picture_of(reader)
    assert doors(reader, picture) == OPEN
    CLOSES[how](ann, ben)
    assert doors(reader, picture) == CLOSED


def test_who_only_unfollows_somebody_public_has_their_ring_no_more(
    ann: Person, ben: Person, reader: Client
) -> None:
    make_story(ann, picture=True)
    picture = picture_of(reader)
    assert doors(reader, picture) == OPEN
    follows.unfollow(ann.id, by=ben.id)
    assert doors(reader, picture) == OPEN | {"tray": 0}


def test_who_is_let_in_again_has_their_stories_again(
    ann: Person, reader: Client, drain: Callable[[], int]
) -> None:
    """Also one that was ready while they were away: its day begins now."""
    make_story(ann, picture=True)
    picture = picture_of(reader)
    waiting = stories.create(ann.id, "later", TextStyle(), make_upload())
    suspensions.suspend(ann.id)
    drain()
    assert doors(reader, picture) == CLOSED
    make_ready(int(waiting.id))
    assert doors(reader, picture) == CLOSED
    suspensions.unsuspend(ann.id)
    assert doors(reader, picture) == OPEN | {"list": 2}
    drain()
    assert doors(reader, picture) == OPEN | {"list": 2}


def withdraw(client_for: Any, person: Person) -> None:
    assert client_for(person).api("DELETE", "/me", {"password": person.password})[0] == 202


def test_who_leaves_takes_their_stories_along(
    ann: Person, reader: Client, client_for: Any, drain: Callable[[], int]
) -> None:
    make_story(ann, picture=True)
    stories.create(ann.id, "not ready", TextStyle(), make_upload())
    picture = picture_of(reader)
    assert doors(reader, picture) == OPEN
    withdraw(client_for, ann)
    assert doors(reader, picture) == CLOSED
    assert stored_objects()
    drain()
    assert count(StoryModel) == count(MediaModel) == 0 and stored_objects() == []


def react(story_id: int, person: Person, message_id: int) -> None:
    with unit_of_work():
        db.session.add(
            StoryReactionModel(
                message_id=message_id, story_id=story_id, user_id=person.id, emoji="🔥"
            )
        )


def test_who_leaves_has_seen_nothing_and_said_nothing(
    ann: Person, ben: Person, client_for: Any, drain: Callable[[], int]
) -> None:
    """The others' stories count who is still there."""
    story_id, other = make_story(ann), make_user()
    for number, person in enumerate((ben, other), 1):
        make_view(story_id, person)
        react(story_id, person, number)
    assert views.counts_of([story_id]) == {story_id: 2}
    withdraw(client_for, ben)
    drain()
    assert (count(StoryViewModel), count(StoryReactionModel)) == (1, 1)
    assert views.counts_of([story_id]) == {story_id: 1}
    db.session.rollback()
    assert db.session.get_one(StoryModel, story_id).view_count == 1


@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
def test_a_worker_killed_while_somebody_leaves_leaves_the_rest_to_the_next(
    app: Flask, ann: Person, ben: Person, client_for: Any, drain: Callable[[], int]
) -> None:
    for _ in range(3):
        make_view(make_story(ann, picture=True), ben)
    withdraw(client_for, ann)
    killed_at(app, "story.erasing:2", runner.drain)
    sweep_outbox()
    drain()
    assert count(StoryModel) == count(StoryViewModel) == count(MediaModel) == 0
    assert stored_objects() == []


def test_a_new_name_shows_on_stories_too(
    ann: Person, ben: Person, reader: Client, drain: Callable[[], int]
) -> None:
    make_story(ann)
    assert reader.api("GET", "/stories")[1]["items"][0]["user"]["display_name"] != "Anna"
    users.update_profile(ann.id, {"display_name": "Anna"})
    drain()
    assert reader.api("GET", "/stories")[1]["items"][0]["user"]["display_name"] == "Anna"
    (shown,) = reader.api("GET", "/users/ann/stories")[1]["items"]
    assert shown["author"]["display_name"] == "Anna"
