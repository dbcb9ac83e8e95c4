"""Answers to stories: messages that are stored once, told to both, and listed with the story."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from pigeon.domain.errors import Conflict, Forbidden, NotFound
from pigeon.domain.messages import Message, pair_key
from pigeon.domain.page import PageRequest
from pigeon.extensions import db
from pigeon.models import StoryReactionModel
from pigeon.services import access
from pigeon.services.messages import hydration, sending, unread
from pigeon.services.messages.checks import Content
from pigeon.services.relations import blocks
from pigeon.services.stories import replies, viewers, views
from pigeon.services.stories.replies import Answer
from pigeon.services.users import users
from pigeon.stores.messages_urls import message_store
from tests.factories import Person, age_story, make_follow, make_message, make_story, make_user
from tests.harness.context import concurrently
from tests.services.messages.talking import frames_of, told

pytestmark = [pytest.mark.both_homes, pytest.mark.no_second_look]

HEART = Answer(reaction="❤️")


class Crash(Exception):
    """Stands for the power cut."""


@pytest.fixture
def ann(app: Flask) -> Person:
    return make_user("ann")


@pytest.fixture
def bob(app: Flask) -> Person:
    return make_user("bob")


@pytest.fixture
def story_id(ann: Person) -> int:
    return make_story(ann, "a boat")


def reply(story_id: int, answer: Answer, *, by: Person, key: str = "key") -> Message:
    to = replies.address(story_id, by=by.id)
    return replies.reply(to, story_id, answer, by=by.id, client_msg_id=key)[0]


def reactions(story_id: int) -> list[tuple[int, str]]:
    db.session.rollback()
    row = StoryReactionModel
    found = db.session.execute(select(row.user_id, row.emoji).where(row.story_id == story_id))
    return [(user_id, emoji) for user_id, emoji in found]


def listed(story_id: int, author: Person) -> list[tuple[str, str | None]]:
    page = viewers.list_of(story_id, author.id, PageRequest(limit=50))
    return [(view.user.username, view.reaction) for view in page.items]


def test_twenty_at_once_are_one_message(
    app: Flask, ann: Person, bob: Person, story_id: int
) -> None:
    make_message(bob, ann, "before")  # as a rule the conversation is there
    done = concurrently(app, [lambda: reply(story_id, HEART, by=bob)] * 10)
    done += concurrently(app, [lambda: reply(story_id, HEART, by=bob)] * 10)
    assert len({message.id for message in done if isinstance(message, Message)}) == 1
    assert not [error for error in done if isinstance(error, Exception)]
    assert reactions(story_id) == [(bob.id, "❤️")]
    chat = message_store().find(pair_key(ann.id, bob.id))
    assert chat is not None and chat.last_seq == 2


def test_a_reaction_whose_sender_died_half_way_is_listed_when_it_is_sent_again(
    ann: Person, bob: Person, story_id: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    def crash(name: str) -> None:
        raise Crash

    with monkeypatch.context() as patch:
        patch.setattr(replies, "crash_point", crash)
        with pytest.raises(Crash):
            reply(story_id, HEART, by=bob)
    assert listed(story_id, ann) == []
    reply(story_id, HEART, by=bob)
    assert listed(story_id, ann) == [("bob", "❤️")]


def test_an_id_of_another_message_lists_nothing(ann: Person, bob: Person, story_id: int) -> None:
    other = make_story(ann)
    first = reply(other, HEART, by=bob, key="same")
    assert reply(story_id, HEART, by=bob, key="same") == first
    words, _ = sending.send("ann", Content(text="hi"), by=bob.id, client_msg_id="words")
    assert reply(story_id, HEART, by=bob, key="words") == words
    assert (reactions(other), reactions(story_id)) == ([(bob.id, "❤️")], [])


def test_who_answers_has_seen_it(ann: Person, bob: Person, story_id: int) -> None:
    reply(story_id, Answer(text="nice"), by=bob)
    assert views.seen_among(access.viewer(bob.id), [story_id]) == {story_id}
    assert listed(story_id, ann) == [("bob", None)]


def test_each_reads_a_frame_of_their_own(
    ann: Person, bob: Person, story_id: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    frames = frames_of(monkeypatch)
    for number, answer in enumerate((HEART, Answer(text="nice"))):
        said = reply(story_id, answer, by=bob, key=f"key-{number}")
        (hers,), (his,) = (told(frames, "chat.message", one) for one in (ann, bob))
        assert hers == his | {"client_msg_id": None}
        assert (hers["id"], hers["is_reaction"]) == (said.id, number == 0)
        assert (hers["story"]["id"], hers["story"]["available"]) == (str(story_id), True)
        frames.sent.clear()


def test_what_was_said_before_stays_unread(ann: Person, bob: Person, story_id: int) -> None:
    make_message(ann, bob, "have you seen it?")
    reply(story_id, HEART, by=bob)
    assert (unread.total_of(bob.id), unread.total_of(ann.id)) == (1, 1)


def test_a_card_is_what_its_reader_may_see(ann: Person, bob: Person, story_id: int) -> None:
    make_follow(bob, ann)
    said = reply(story_id, Answer(text="nice"), by=bob)

    def available(person: Person) -> bool:
        stored = message_store().get_many([int(said.id)])
        chat = message_store().find(pair_key(ann.id, bob.id))
        assert chat is not None
        shown = hydration.messages_of(
            list(stored.values()), {int(said.id): chat}, access.viewer(person.id)
        )
        assert shown[0].story is not None
        return shown[0].story.available

    assert available(ann) and available(bob)
    users.update_profile(ann.id, {"is_private": True})
    assert available(ann) and available(bob)
    blocks.block(bob.id, by=ann.id)
    blocks.unblock(bob.id, by=ann.id)
    assert available(ann) and not available(bob)
    age_story(story_id, seconds=86_400)
    assert not available(ann)


@pytest.mark.parametrize("answer", [HEART, Answer(text="nice")], ids=["reaction", "words"])
def test_nothing_is_stored_for_who_may_not(
    ann: Person, bob: Person, story_id: int, answer: Answer
) -> None:
    def refused(error: type[Exception], by: Person = bob) -> Any:
        with pytest.raises(error):
            reply(story_id, answer, by=by)

    refused(Conflict, by=ann)
    users.update_profile(ann.id, {"messages_from": "following"})
    refused(Forbidden)
    users.update_profile(ann.id, {"messages_from": "everyone"})
    blocks.block(ann.id, by=bob.id)
    refused(NotFound)
    blocks.unblock(ann.id, by=bob.id)
    assert views.counts_of([story_id]) == {story_id: 0}
    age_story(story_id, seconds=86_400)
    refused(NotFound)
    assert reactions(story_id) == []
    assert message_store().find(pair_key(ann.id, bob.id)) is None
