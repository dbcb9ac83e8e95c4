"""A newcomer who logs in as one of the demo finds messages, some unread, and a request."""

from __future__ import annotations

import pytest

from pigeon.demo.conversations import CONVERSATIONS
from pigeon.demo.people import MUTES, PEOPLE
from pigeon.demo.seeds import discussions, messages
from pigeon.domain.clock import utc_now
from pigeon.domain.messages import Chat, Message
from pigeon.domain.page import PageRequest
from pigeon.services.messages import conversations, reading, unread
from tests.factories import Person

pytestmark = pytest.mark.both_databases
PRINTED = [person.username for person in PEOPLE[:4]]
"""Whose log-ins are printed."""


@pytest.fixture
def filled(people: dict[str, Person]) -> dict[str, Person]:
    discussions.fill()
    assert messages.is_missing()
    messages.fill()
    assert not messages.is_missing()
    return people


def box(person: Person, name: str) -> list[Chat]:
    return conversations.list_of(person.id, name, PageRequest(limit=50)).items


def history(person: Person, partner: str) -> list[Message]:
    return reading.page(person.id, partner, limit=50).items


def test_who_logs_in_first_has_news_and_a_request(filled: dict[str, Person]) -> None:
    for name in PRINTED:
        reader = filled[name]
        inbox, requests = box(reader, "inbox"), box(reader, "requests")
        assert len(inbox) >= 3 and len([chat for chat in inbox if chat.unread_count]) >= 2, name
        assert len(requests) == 1 and requests[0].unread_count, name
        assert unread.total_of(reader.id) >= 3
        times = [chat.last_message.sent_at for chat in inbox if chat.last_message]
        assert times == sorted(times, reverse=True) and times[0] <= utc_now()


def test_whoever_is_in_a_conversation_reads_it_whole(filled: dict[str, Person]) -> None:
    for (one, other, _), talk in CONVERSATIONS.items():
        lines = [line for line in talk.strip().splitlines() if line and line[0] != " "]
        assert len(history(filled[one], other)) == len(lines) == len(history(filled[other], one))


def test_a_post_was_sent_and_a_message_taken_back(filled: dict[str, Person]) -> None:
    minji = filled["minji.kim"]
    (sent,) = [one for one in history(minji, "seojun") if one.post]
    assert sent.post and sent.post.available
    (stub,) = [one for one in history(minji, "jiho.stars") if one.is_deleted]
    assert stub.text == ""


def test_a_muted_friend_does_not_count(filled: dict[str, Person]) -> None:
    ((muter, muted),) = MUTES
    (chat,) = [one for one in box(filled[muter], "inbox") if one.partner.username == muted]
    assert chat.is_muted and chat.unread_count
    counted = sum(
        one.unread_count
        for name in conversations.BOXES
        for one in box(filled[muter], name)
        if not one.is_muted
    )
    assert unread.total_of(filled[muter].id) == counted


def test_an_interrupted_demo_is_repeated_without_a_word_twice(filled: dict[str, Person]) -> None:
    before = {name: len(history(filled["minji.kim"], name)) for name in ("seojun", "hyunwoo")}
    messages.fill()
    after = {name: len(history(filled["minji.kim"], name)) for name in before}
    assert after == before
