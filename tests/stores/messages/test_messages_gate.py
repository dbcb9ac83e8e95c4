"""While messages are moved to another home nobody writes them in SQL, nor has just before."""

from __future__ import annotations

import contextvars
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from functools import partial
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event

from pigeon.domain.errors import Moving, NotFound
from pigeon.domain.messages import seq_of
from pigeon.extensions import db
from pigeon.models import MessageMoveModel
from pigeon.stores import messages_gate as gate
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
READS = {
    "find",
    "find_many",
    "load",
    "find_sent",
    "get_many",
    "before",
    "since",
    "list_of",
    "unread_of",
}
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


@pytest.fixture
def before_commit(app: Flask) -> Iterator[Callable[[], AbstractContextManager[threading.Event]]]:
    """The writer stands there; the event is set when it does."""
    reached, goes_on = threading.Event(), threading.Event()

    def stand(_connection: Any) -> None:
        if threading.current_thread().name == "writer":
            reached.set()
            assert goes_on.wait(10)

    @contextmanager
    def holding() -> Iterator[threading.Event]:
        yield reached
        goes_on.set()

    event.listen(db.engine, "commit", stand)
    yield holding
    event.remove(db.engine, "commit", stand)


@contextmanager
def before_the_number() -> Iterator[threading.Event]:
    """A message that commits in the server stands where it waits for its conversation."""
    reached, is_over = threading.Event(), threading.Event()

    def look() -> None:
        while not is_over.wait(0.01):
            with db.engine.connect() as sql:
                waiting = sql.exec_driver_sql(
                    "SELECT count(*) FROM information_schema.innodb_trx"
                    " WHERE trx_state = 'LOCK WAIT'"
                ).scalar()
            if waiting:
                reached.set()
                return

    looking = threading.Thread(target=contextvars.copy_context().run, args=(look,))
    with db.engine.connect() as other:
        other.exec_driver_sql("SELECT * FROM conversation_members FOR UPDATE")
        looking.start()
        yield reached
    is_over.set()
    looking.join()


@pytest.mark.parametrize("name", list(WRITES))
def test_who_closes_waits_for_who_writes(
    app: Flask,
    store: SqlMessages,
    chat: Conversation,
    name: str,
    before_commit: Callable[[], AbstractContextManager[threading.Event]],
) -> None:
    """The writer has been let through, and stands; who closes sees what it wrote."""
    before, seen = everything(), []
    in_server = name == "append" and db.engine.name != "sqlite"
    write = partial(in_app, app, WRITES[name], store, chat)
    writer = threading.Thread(target=write, name="writer")

    def close() -> None:
        gate.close("one")
        seen.append(everything())

    closer = threading.Thread(target=partial(in_app, app, close))
    db.session.rollback()
    with before_the_number() if in_server else before_commit() as reached:
        writer.start()
        assert reached.wait(10)
        closer.start()
        closer.join(0.3)
        assert seen == []
    writer.join()
    closer.join()
    assert seen == [everything()] != [before]


def test_many_write_while_it_closes_and_nothing_comes_after(
    app: Flask, store: SqlMessages, together: Callable[..., list[Any]]
) -> None:
    chats = [pair(store, ANN, 100 + number) for number in range(4)]

    def write(chat: Conversation) -> int:
        for stored in range(10_000):  # within seconds, however fast they are
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
    assert len(sent) == (2 if db.engine.name == "sqlite" else 1)
    assert "message_moves" in sent[0]
