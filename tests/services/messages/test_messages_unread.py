"""Badges fall with what they count: who left, what was unsent, what nobody wants to see."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask

from pigeon.cache.trips import trip
from pigeon.domain.errors import Unavailable
from pigeon.services import access
from pigeon.services.messages import unread
from pigeon.stores.messages_urls import message_store
from tests.factories import Person, make_follow, make_user
from tests.factories.relations import make_mute
from tests.harness.clients import Client
from tests.harness.online import bring_online
from tests.services.messages.talking import badge, box, chat, frames_of, read, told, write
from tests.services.notifications.telling import Drain, Frames

pytestmark = pytest.mark.both_homes

New = Callable[[Person], Client]


@pytest.fixture
def ann(app: Flask) -> Person:
    """Online, so that she hears how many are unread."""
    ann = make_user("ann")
    bring_online([ann.id])
    return ann


@pytest.fixture
def cat(ann: Person) -> Person:
    """A friend of ann's."""
    cat = make_user("cat")
    make_follow(ann, cat)
    make_follow(cat, ann)
    return cat


@pytest.fixture
def stranger(ann: Person) -> Person:
    return make_user("eve")


@pytest.fixture
def frames(monkeypatch: pytest.MonkeyPatch) -> Frames:
    return frames_of(monkeypatch)


def last_total(frames: Frames, person: Person) -> int:
    return int(told(frames, "chat.unread", person)[-1]["total"])


def test_the_badge_clears_when_who_wrote_withdraws(
    ann: Person, cat: Person, token_client: New, client_for: New, drain: Drain, frames: Frames
) -> None:
    write(token_client(cat), ann, "one")
    write(token_client(cat), ann, "two")
    assert badge(ann) == last_total(frames, ann) == 2
    status, _ = client_for(cat).api("DELETE", "/me", {"password": cat.password})
    assert status == 202
    drain()
    assert badge(ann) == last_total(frames, ann) == 0
    status, page = token_client(ann).api("GET", "/chats")
    (left,) = page["items"]
    assert (left["with"]["username"], left["unread_count"]) == (f"deleted-{cat.id}", 0)
    assert left["last_message"]["is_deleted"] and left["last_message"]["text"] == ""


def test_the_count_falls_when_an_unread_message_is_unsent(
    ann: Person, cat: Person, token_client: New, frames: Frames
) -> None:
    cats = token_client(cat)
    gone, kept = write(cats, ann, "one"), write(cats, ann, "two")
    assert badge(ann) == 2
    assert cats.api("DELETE", f"/messages/{gone['id']}")[0] == 204
    assert badge(ann) == last_total(frames, ann) == chat(token_client(ann), cat)["unread_count"]
    assert badge(ann) == 1
    assert cats.api("DELETE", f"/messages/{gone['id']}")[0] == 204
    assert badge(ann) == 1, "it is taken back once"
    assert read(token_client(ann), cat, kept["seq"])["total"] == 0


def test_unsending_what_was_read_changes_no_count(
    ann: Person, cat: Person, token_client: New
) -> None:
    cats = token_client(cat)
    seen = write(cats, ann, "one")
    read(token_client(ann), cat, seen["seq"])
    write(cats, ann, "two")
    cats.api("DELETE", f"/messages/{seen['id']}")
    assert badge(ann) == chat(token_client(ann), cat)["unread_count"] == 1


def test_the_total_falls_when_a_request_is_blocked_unopened(
    ann: Person, cat: Person, stranger: Person, token_client: New, drain: Drain, frames: Frames
) -> None:
    anns = token_client(ann)
    write(token_client(cat), ann, "a friend's")
    write(token_client(stranger), ann, "one")
    write(token_client(stranger), ann, "two")
    assert box(anns, "requests") == [stranger.username]
    assert badge(ann) == last_total(frames, ann) == 3, "requests count"
    assert anns.api("PUT", f"/users/{stranger.username}/block")[0] == 204
    drain()
    assert badge(ann) == last_total(frames, ann) == 1
    assert box(anns, "requests") == [] and box(anns, "inbox") == [cat.username]
    assert anns.api("DELETE", f"/users/{stranger.username}/block")[0] == 204
    drain()
    assert badge(ann) == last_total(frames, ann) == 3, "it comes back with the block's end"


def test_a_declined_request_counts_no_more_until_its_sender_writes_again(
    ann: Person, stranger: Person, token_client: New
) -> None:
    anns = token_client(ann)
    write(token_client(stranger), ann, "one")
    assert badge(ann) == 1
    assert anns.api("DELETE", f"/chats/{stranger.username}")[0] == 204
    assert (badge(ann), box(anns, "requests")) == (0, [])
    write(token_client(stranger), ann, "two")
    assert (badge(ann), box(anns, "requests")) == (1, [stranger.username])


def test_who_is_muted_writes_without_a_badge(ann: Person, cat: Person, token_client: New) -> None:
    make_mute(ann, cat, "chat")
    write(token_client(cat), ann, "psst")
    found = chat(token_client(ann), cat)
    assert (badge(ann), found["unread_count"], found["is_muted"]) == (0, 1, True)


def test_what_one_writes_is_not_unread_to_oneself(
    ann: Person, cat: Person, token_client: New
) -> None:
    anns = token_client(ann)
    write(anns, cat, "one")
    write(token_client(cat), ann, "two")
    write(anns, cat, "three")
    assert (badge(ann), chat(anns, cat)["unread_count"]) == (0, 0), "who answers has read"
    assert badge(cat) == 1


def test_a_page_does_without_its_badge_while_sql_is_away_and_a_frame_does_not(
    ann: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The entry lives half a minute, so it is the first that is missing."""

    def away(*_arguments: object) -> None:
        raise Unavailable

    monkeypatch.setattr(type(message_store()), "unread_of", away)
    viewer = access.viewer(ann.id)
    found, _ = trip(unread.read_for_page(viewer), viewer.relations.read_apart())
    assert unread.total(found, viewer) == 0
    with pytest.raises(Unavailable):
        unread.total_of(ann.id)
