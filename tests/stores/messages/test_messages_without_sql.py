"""While SQL is away, whatever is asked of messages is Unavailable."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from pigeon.domain.errors import Unavailable
from pigeon.stores.messages import MessageStore
from pigeon.stores.messages_urls import message_store
from tests.harness.absences import without_database
from tests.stores.messages.saying import ANN, BEN, draft, pair, say

CALLS: dict[str, Callable[[MessageStore], Any]] = {
    "open": lambda store: store.open("9-10", (9, 10)),
    "find": lambda store: store.find("9-10"),
    "find_many": lambda store: store.find_many(["9-10"]),
    "load": lambda store: store.load([1]),
    "append": lambda store: store.append(1, draft(ANN)),
    "find_sent": lambda store: store.find_sent(ANN, "one"),
    "get_many": lambda store: store.get_many([1]),
    "before": lambda store: store.before(1, None, 10),
    "since": lambda store: store.since(1, 0, 10),
    "read": lambda store: store.read(1, ANN, 1),
    "accept": lambda store: store.accept(1, ANN),
    "clear": lambda store: store.clear(1, ANN),
    "unsend": lambda store: store.unsend(1 << 32 | 1),
    "list_of": lambda store: store.list_of(ANN, accepted=True, before=None, limit=10),
    "unread_of": lambda store: store.unread_of(ANN),
    "erase_sent": lambda store: store.erase_sent(ANN, 10),
}


def test_every_call_is_tried() -> None:
    methods = {name for name in vars(MessageStore) if not name.startswith("_")}
    assert methods == set(CALLS)


@pytest.mark.parametrize("name", list(CALLS))
def test_whatever_is_asked_is_unavailable(app: Flask, name: str) -> None:
    store = message_store()
    with without_database(), pytest.raises(Unavailable):
        CALLS[name](store)
    assert say(store, pair(store, ANN, BEN), ANN)
