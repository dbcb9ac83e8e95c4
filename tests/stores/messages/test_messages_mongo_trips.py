"""How many commands MongoDB is sent for a message, a page and an inbox, however long they are."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from pymongo import MongoClient, monitoring

from pigeon.stores import messages_mongo_documents as documents
from pigeon.stores.messages_mongo import MongoMessages
from tests.stores.messages.saying import ANN, BEN, draft, pair, say

pytestmark = [pytest.mark.mongo, pytest.mark.no_second_look]

BOTH = frozenset({ANN, BEN})


@pytest.fixture
def store(mongo_home: MongoMessages) -> MongoMessages:
    return mongo_home


class Trips(monitoring.CommandListener):
    def __init__(self) -> None:
        self.names: list[str] = []

    def started(self, event: monitoring.CommandStartedEvent) -> None:
        self.names.append(event.command_name)

    def succeeded(self, event: monitoring.CommandSucceededEvent) -> None: ...

    def failed(self, event: monitoring.CommandFailedEvent) -> None: ...


def counted(
    store: MongoMessages, call: Callable[[], Any], monkeypatch: pytest.MonkeyPatch
) -> list[str]:
    """The commands that a call sends, once its process is used to the server."""
    trips = Trips()
    with monkeypatch.context() as patch:
        patch.setattr(
            "pigeon.stores.messages_mongo_link.MongoClient",
            partial(MongoClient, event_listeners=[trips]),
        )
        store.close()
        store.link.prepare()
        trips.names.clear()
        call()
    return trips.names


def test_a_message_takes_four_trips_and_the_next_three(
    store: MongoMessages, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of which one waits for the disk."""
    chat = pair(store, ANN, BEN)
    first, second = (draft(ANN, accepted_by=BOTH) for _ in range(2))

    def send() -> None:
        for sent in (first, second):
            store.append(chat.id, sent)

    found = counted(store, send, monkeypatch)
    assert found == ["find", "insert", "update", "update", "insert", "update", "update"]


@pytest.mark.parametrize("length", [30, 300])
def test_a_page_takes_as_many_trips_in_a_long_conversation(
    store: MongoMessages, monkeypatch: pytest.MonkeyPatch, length: int
) -> None:
    chat = pair(store, ANN, BEN)
    filled = [
        documents.told_message(
            documents.message(documents.new_message(chat.id << 32 | n, draft(ANN)))
        )
        for n in range(1, length + 1)
    ]
    store.link.messages.insert_many(filled)
    store.link.members.update_many({"chat_id": chat.id}, {"$max": {"last_seq": length}})
    for expected, call in (
        (2, lambda: store.before(chat.id, None, 10)),
        (1, lambda: store.before(chat.id, length - 5, 10)),
        (1, lambda: store.since(chat.id, length - 20, 10)),
        (1, lambda: store.read(chat.id, BEN, length - 3)),
        (3, lambda: store.unread_of(BEN)),
    ):
        assert len(counted(store, call, monkeypatch)) == expected
    assert store.unread_of(BEN) == {chat.id: 3}


@pytest.mark.parametrize("chats", [1, 40])
def test_an_inbox_takes_five_trips(
    store: MongoMessages, monkeypatch: pytest.MonkeyPatch, chats: int
) -> None:
    for number in range(chats):
        say(store, pair(store, ANN, 100 + number), ANN)
    page: list[Any] = []

    def ask() -> None:
        page.extend(store.list_of(ANN, accepted=False, before=None, limit=50))

    assert len(counted(store, ask, monkeypatch)) == 5
    assert len(page) == chats
