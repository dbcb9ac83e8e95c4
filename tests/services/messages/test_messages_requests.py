"""Who has to wait for whom before a conversation is one."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask

from tests.factories import Person, make_follow, make_user
from tests.harness.clients import Client
from tests.harness.context import concurrently
from tests.services.messages.talking import box, chat, history, write

pytestmark = pytest.mark.both_homes

New = Callable[[Person], Client]


@pytest.fixture
def ann(app: Flask) -> Person:
    return make_user("ann")


@pytest.fixture
def ben(app: Flask) -> Person:
    """A stranger to ann."""
    return make_user("ben")


def requests_between(token_client: New, ann: Person, ben: Person) -> tuple[str, str]:
    """What the conversation is to ann, and to ben."""
    return (
        chat(token_client(ann), ben)["request"],
        chat(token_client(ben), ann)["request"],
    )


def test_opening_a_conversation_asks_for_nothing(
    ann: Person, ben: Person, token_client: New
) -> None:
    found = chat(token_client(ann), ben)
    assert (found["request"], found["last_message"], found["may_send"]) == ("none", None, True)
    assert requests_between(token_client, ann, ben) == ("none", "none")
    for person in (ann, ben):
        assert box(token_client(person), "inbox") == box(token_client(person), "requests") == []


def test_two_strangers_who_write_at_once_wait_for_nobody(
    app: Flask, ann: Person, ben: Person, token_client: New
) -> None:
    anns, bens = token_client(ann), token_client(ben)
    sent = concurrently(
        app, [lambda: write(anns, ben, "from ann"), lambda: write(bens, ann, "from ben")]
    )
    assert all(isinstance(one, dict) for one in sent), sent
    assert requests_between(token_client, ann, ben) == ("none", "none")
    for client, other in ((anns, ben), (bens, ann)):
        assert box(client, "inbox") == [other.username] and box(client, "requests") == []
    assert history(anns, ben) == history(bens, ann)
    assert [message["seq"] for message in history(anns, ben)] == [1, 2]


def test_answering_accepts(ann: Person, ben: Person, token_client: New) -> None:
    anns, bens = token_client(ann), token_client(ben)
    write(bens, ann, "may I?")
    assert requests_between(token_client, ann, ben) == ("incoming", "outgoing")
    assert (box(anns, "requests"), box(bens, "inbox")) == (["ben"], ["ann"])
    write(anns, ben, "yes")
    assert requests_between(token_client, ann, ben) == ("none", "none")
    assert (box(anns, "requests"), box(anns, "inbox")) == ([], ["ben"])


@pytest.mark.parametrize("way", ["accept", "follow"])
def test_accepting_and_following_accept_for_good(
    ann: Person, ben: Person, token_client: New, drain: Callable[[], int], way: str
) -> None:
    anns = token_client(ann)
    write(token_client(ben), ann, "may I?")
    if way == "accept":
        assert anns.api("PUT", "/chats/ben/accept")[1]["request"] == "none"
    else:
        make_follow(ann, ben)
        drain()
        anns.api("DELETE", "/users/ben/follow")
    assert requests_between(token_client, ann, ben) == ("none", "none")
    assert box(anns, "inbox") == ["ben"]


def test_reading_a_request_neither_accepts_it_nor_tells_its_sender(
    ann: Person, ben: Person, token_client: New
) -> None:
    anns, bens = token_client(ann), token_client(ben)
    write(bens, ann, "may I?")
    assert anns.api("PUT", "/chats/ben/read", {"up_to": 1})[1]["up_to"] == 1
    assert requests_between(token_client, ann, ben) == ("incoming", "outgoing")
    assert chat(bens, ann)["their_read_up_to"] is None
    anns.api("PUT", "/chats/ben/accept")
    assert chat(bens, ann)["their_read_up_to"] == 1


def test_who_takes_messages_from_whom_they_follow_is_closed_to_others(
    ann: Person, ben: Person, token_client: New
) -> None:
    anns, bens = token_client(ann), token_client(ben)
    assert anns.api("PATCH", "/me", {"messages_from": "following"})[0] == 200
    body = {"text": "may I?", "client_msg_id": "one"}
    status, refused = bens.api("POST", "/chats/ann/messages", body)
    assert (status, refused["error"]["code"]) == (403, "messages_closed")
    assert chat(bens, ann)["may_send"] is False and history(bens, ann) == []
    write(anns, ben, "you may")
    assert chat(bens, ann)["may_send"] is True
    write(bens, ann, "thank you")
