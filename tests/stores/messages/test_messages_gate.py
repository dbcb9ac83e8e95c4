"""While messages are moved to another home nobody writes them in SQL, nor has just before."""

from __future__ import annotations

import threading
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from flask import Flask

from pigeon.domain.errors import Moving, NotFound
from pigeon.domain.messages import seq_of
from pigeon.extensions import db
from pigeon.models import MessageMoveModel
from pigeon.stores import messages_gate as gate
from pigeon.stores import messages_statements as statements
from pigeon.stores.messages import Conversation, MessageStore
from pigeon.stores.messages_gate import Lost, Missing
from pigeon.stores.messages_sql import SqlMessages
from pigeon.unit_of_work import unit_of_work
from tests.harness.context import in_app
from tests.harness.rows import rows_of
from tests.stores.messages.saying import ANN, BEN, CAT, again, draft, numbers, pair, say

pytestmark = [pytest.mark.both_databases, pytest.mark.no_second_look]

Writes = Callable[[MessageStore, Conversation], Any]
WRITES: dict[str, Writes] = {
    "open": lambda store, chat: store.open("11-13", (ANN, CAT)),
    "append": lambda store, chat: store.append(chat.id, draft(ANN)),
    "read": lambda store, chat: store.read(chat.id, BEN, 1),
    "accept": lambda store, chat: store.accept(chat.id, BEN),
    "clear": lambda store, chat: store.clear(chat.id, BEN),
    "unsend": lambda store, chat: store.unsend(chat.id << 32 | 1),
    "erase_sent": lambda store, chat: store.erase_sent(ANN, 10),
}
READS = {"find", "load", "find_sent", "get_many", "before", "since", "list_of", "unread_of"}
TABLES = ("conversations", "conversation_members", "messages")


@pytest.fixture
def store(app: Flask) -> SqlMessages:
    return SqlMessages()


@pytest.fixture
def chat(store: SqlMessages) -> Conversation:
    chat = pair(store, ANN, BEN)
    say(store, chat, ANN, client_msg_id="first")
    return chat


@pytest.fixture
def ended(monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """`ended()` lets every lease end."""
    now = gate._now_us
    later = int((gate.LEASE_S + 1) * 1_000_000)
    return lambda: monkeypatch.setattr(gate, "_now_us", lambda: now() + later)


def everything() -> list[Any]:
    return [rows_of(f"SELECT * FROM {table} ORDER BY 1, 2") for table in TABLES]


def test_every_method_is_told_to_write_or_to_read() -> None:
    methods = {name for name in vars(MessageStore) if not name.startswith("_")}
    assert methods == WRITES.keys() | READS


@pytest.mark.parametrize("name", list(WRITES))
def test_what_would_write_is_refused(store: SqlMessages, chat: Conversation, name: str) -> None:
    before = everything()
    move = gate.close("one")
    for _ in "12":
        with pytest.raises(Moving) as refused:
            WRITES[name](store, chat)
    assert refused.value.retry_after_s == 15
    gate.finish(move)
    with pytest.raises(Moving):
        WRITES[name](store, chat)
    assert everything() == before
    gate.abort()
    WRITES[name](store, chat)
    assert everything() != before


def test_messages_are_read_meanwhile(store: SqlMessages, chat: Conversation) -> None:
    gate.close("one")
    assert numbers(store, chat) == [1]
    assert store.unread_of(BEN) == {chat.id: 1}
    assert len(store.list_of(BEN, accepted=False, before=None, limit=5)) == 1
    assert store.open(chat.key, (ANN, BEN)).id == chat.id


def test_what_was_stored_before_is_answered_when_it_is_sent_again(
    store: SqlMessages, chat: Conversation
) -> None:
    gate.close("one")
    message, is_new = store.append(chat.id, draft(ANN, client_msg_id="first"))
    assert (seq_of(message.id), is_new) == (1, False)


def test_where_there_is_no_conversation_nothing_is_moved(store: SqlMessages) -> None:
    with pytest.raises(NotFound):
        store.append(7, draft(ANN))
    gate.close("one")
    with pytest.raises(Moving):
        store.append(7, draft(ANN))


@pytest.mark.parametrize("name", list(WRITES))
def test_who_closes_waits_for_who_writes(
    app: Flask, store: SqlMessages, chat: Conversation, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The writer stands before its commit, having been let through."""
    before = everything()
    reached, goes_on, order = threading.Event(), threading.Event(), []
    commit = db.session.commit

    def stand() -> None:
        if threading.current_thread().name == "writer":
            reached.set()
            assert goes_on.wait(10)
            order.append("written")
        commit()

    monkeypatch.setattr(db.session, "commit", stand)
    write = partial(in_app, app, WRITES[name], store, chat)
    writer = threading.Thread(target=write, name="writer")
    closer = threading.Thread(
        target=lambda: (in_app(app, gate.close, "one"), order.append("closed"))
    )
    db.session.rollback()
    writer.start()
    assert reached.wait(10)
    closer.start()
    closer.join(0.3)
    assert order == []
    goes_on.set()
    writer.join()
    closer.join()
    assert order == ["written", "closed"]
    assert everything() != before


def test_many_write_while_it_closes_and_nothing_comes_after(
    app: Flask, store: SqlMessages, together: Callable[..., list[Any]]
) -> None:
    chats = [pair(store, ANN, 100 + number) for number in range(4)]

    def write(chat: Conversation) -> int:
        for stored in range(400):
            try:
                store.append(chat.id, draft(ANN + chat.id))
            except Moving:
                return stored
        raise AssertionError("it never closed")

    def close() -> int:
        threading.Event().wait(0.3)
        gate.close("one")
        return sum(len(numbers(store, chat)) for chat in chats)

    *stored, seen = together([*(partial(write, chat) for chat in chats), close])
    assert seen == sum(stored) > 0
    assert sum(again(store, chat).last_seq for chat in chats) == seen


# -- its lease -------------------------------------------------------------------------------------


def test_who_closed_it_and_is_gone_stops_nobody_for_long(
    store: SqlMessages, chat: Conversation, ended: Callable[[], None]
) -> None:
    move = gate.close("one")
    with pytest.raises(Moving):
        say(store, chat, ANN)
    ended()
    for name in WRITES:
        WRITES[name](store, chat)
    assert gate.load().state == gate.OPEN
    for change in (gate.renew, gate.finish):
        with pytest.raises(Lost):
            change(move)


def test_as_long_as_nobody_wrote_the_same_run_goes_on(
    store: SqlMessages, chat: Conversation, ended: Callable[[], None]
) -> None:
    first = gate.close("one")
    ended()
    second = gate.close("two")
    assert (second.run, second.site) == (first.run, first.site)
    gate.renew(second)
    with pytest.raises(Lost):
        gate.renew(first)


def test_once_somebody_wrote_it_is_another_run_of_the_same_site(
    store: SqlMessages, chat: Conversation
) -> None:
    first = gate.close("one")
    gate.abort()
    second = gate.close("two")
    assert second.run != first.run
    assert second.site == first.site


def test_whose_lease_has_ended_may_not_finish(
    store: SqlMessages, ended: Callable[[], None]
) -> None:
    move = gate.close("one")
    ended()
    with pytest.raises(Lost):
        gate.finish(move)
    gate.renew(move)
    gate.finish(move)
    assert gate.load().state == gate.MOVED


def test_what_was_moved_stays_closed_and_is_not_moved_again(
    store: SqlMessages, chat: Conversation, ended: Callable[[], None]
) -> None:
    gate.finish(gate.close("one"))
    ended()
    with pytest.raises(Moving):
        say(store, chat, ANN)
    with pytest.raises(Lost):
        gate.close("two")
    assert gate.load().state == gate.MOVED


def test_without_its_row_nothing_is_refused_and_nothing_moved(
    store: SqlMessages, chat: Conversation
) -> None:
    with unit_of_work():
        db.session.query(MessageMoveModel).delete()
    for write in WRITES.values():
        write(store, chat)
    with pytest.raises(Missing):
        gate.close("one")
    assert gate.close("one").state == gate.MOVING


def test_it_costs_a_message_no_statement_of_its_own(
    store: SqlMessages, chat: Conversation, queries: Callable[[], Any]
) -> None:
    with queries() as sent:
        say(store, chat, ANN)
    assert len(sent) == 2
    assert "message_moves" in statements.count(1, is_sqlite=False)
