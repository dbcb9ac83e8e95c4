"""While MongoDB is away or hangs, whatever is asked of messages is Unavailable, and soon."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from pigeon.domain.errors import Unavailable
from pigeon.faults import reason_of
from pigeon.stores.messages_mongo import MongoMessages
from tests.harness import children, mongo
from tests.harness.context import concurrently
from tests.harness.mongo import MongoServer
from tests.stores.messages.saying import ANN, BEN, draft, numbers, pair, say
from tests.stores.messages.test_messages_without_sql import CALLS

pytestmark = [pytest.mark.mongo, pytest.mark.slow, pytest.mark.no_second_look]

TOGETHER_S = 60
"""Far more than one of them waits; one behind the other they would take minutes."""


@pytest.fixture(params=mongo.KINDS[:1])
def server(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[MongoServer]:
    with mongo.running(request.param, tmp_path) as server:
        yield server


@pytest.fixture
def store(server: MongoServer) -> Iterator[MongoMessages]:
    home = MongoMessages(server.url())
    yield home
    home.close()


def may_send(store: MongoMessages) -> bool:
    with suppress(Unavailable):
        return bool(say(store, pair(store, ANN, BEN), ANN))
    return False


def kinds_of_answers(app: Flask, calls: Sequence[Callable[[], Any]]) -> set[type[Any]]:
    """Of all at once, who must not wait for each other."""
    found: set[type[Any]] = set()
    asking = threading.Thread(
        target=lambda: found.update(map(type, concurrently(app, calls))), daemon=True
    )
    asking.start()
    asking.join(TOGETHER_S)
    assert not asking.is_alive()
    return found


def answers_again(store: MongoMessages) -> None:
    children.wait_until(partial(may_send, store), timeout_s=60, what="a message")


def test_whatever_is_asked_of_a_dead_server_is_unavailable(
    store: MongoMessages, server: MongoServer
) -> None:
    say(store, pair(store, ANN, BEN), ANN)
    server.kill()
    for call in CALLS.values():
        with pytest.raises(Unavailable):
            call(store)
    server.restart()
    answers_again(store)


def test_a_server_that_hangs_holds_nobody_for_long(
    app: Flask, store: MongoMessages, server: MongoServer
) -> None:
    say(store, pair(store, ANN, BEN), ANN)
    server.pause()
    calls: Sequence[Callable[[], Any]] = [partial(call, store) for call in CALLS.values()]
    assert kinds_of_answers(app, list(calls) * 3) == {Unavailable}
    with pytest.raises(Unavailable) as refusal:
        store.find("11-12")
    assert refusal.value.reason == "MongoDB did not answer a moment ago"
    server.resume()
    answers_again(store)


def test_many_who_send_to_one_that_hangs_do_not_wait_one_behind_the_other(
    app: Flask, store: MongoMessages, server: MongoServer
) -> None:
    chat = pair(store, ANN, BEN)
    server.pause()
    sending = [partial(store.append, chat.id, draft(ANN)) for _ in range(30)]
    assert kinds_of_answers(app, sending) == {Unavailable}
    server.resume()
    answers_again(store)


def test_a_server_that_started_anew_is_asked_a_second_time(
    store: MongoMessages, server: MongoServer
) -> None:
    """All connections broke; who reads does not notice, who writes may have to repeat it once."""
    chat = pair(store, ANN, BEN)
    say(store, chat, ANN)
    server.kill()
    server.restart()
    assert numbers(store, chat) == [1]
    server.kill()
    server.restart()
    left = draft(ANN)
    with suppress(Unavailable):
        store.append(chat.id, left)
    store.append(chat.id, left)
    assert numbers(store, chat) == [1, 2]


@pytest.mark.parametrize("server", mongo.KINDS, indirect=True)
def test_what_was_acknowledged_outlives_kills_of_the_server(
    store: MongoMessages, server: MongoServer
) -> None:
    chat = pair(store, ANN, BEN)
    acknowledged = []
    for _ in range(3):
        acknowledged += [say(store, chat, ANN) for _ in range(20)]
        reached = store.read(chat.id, BEN, len(acknowledged))
        server.kill()
        server.restart()
        assert store.since(chat.id, 0, 500) == acknowledged
        assert store.read(chat.id, BEN, 0) == reached == len(acknowledged)
        children.wait_until(partial(may_send, store), timeout_s=60, what="a message")
        acknowledged = store.since(chat.id, 0, 500)
    assert numbers(store, chat) == list(range(1, 64))
    assert store.unread_of(BEN) == {chat.id: 1}


def test_readiness_says_so_and_no_address(app: Flask, server: MongoServer) -> None:
    home = MongoMessages(server.url().replace("127.0.0.1", "ann:se%40cret@127.0.0.1"))
    store = MongoMessages(server.url())
    assert store.problems() == []
    server.pause()
    assert store.problems() == ["MongoDB does not answer: messages are refused"]
    with pytest.raises(Unavailable) as refusal:
        home.find("11-12")
    assert "cret" not in reason_of(refusal.value)
    server.resume()
    children.wait_until(lambda: store.problems() == [], timeout_s=60, what="an answer")
    for one in (home, store):
        one.close()
