"""Messages in SQL keep to the contract on both databases; and what only SQL can do wrong."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import insert, update
from sqlalchemy.exc import IntegrityError

from pigeon import unit_of_work as units
from pigeon.extensions import db
from pigeon.models import ConversationModel, MemberModel, MessageModel
from pigeon.stores.messages import Conversation
from pigeon.stores.messages_sql import COUNTED_AT_ONCE, SqlMessages
from pigeon.stores.messages_urls import message_store
from pigeon.unit_of_work import unit_of_work
from tests.stores.messages.contract import *  # noqa: F403
from tests.stores.messages.contract import Together
from tests.stores.messages.killings import *  # noqa: F403
from tests.stores.messages.saying import ANN, BEN, NOON_US, draft, numbers, pair, say
from tests.stores.messages.walks import *  # noqa: F403

pytestmark = [pytest.mark.both_databases, pytest.mark.no_second_look]

Queries = Callable[[], Any]


@pytest.fixture
def store(app: Flask) -> SqlMessages:
    found = message_store()
    assert isinstance(found, SqlMessages)
    return found


# -- statements ------------------------------------------------------------------------------------


def test_a_message_takes_two_statements_and_to_mariadb_one_trip(
    store: SqlMessages, queries: Queries, database: str
) -> None:
    chat = pair(store, ANN, BEN)
    with queries() as sent:
        say(store, chat, ANN, accepted_by=frozenset({ANN, BEN}))
    assert len(sent) == (2 if database == "sqlite" else 1)
    assert [word for word in " ".join(sent).split() if word in ("UPDATE", "INSERT")] == [
        "UPDATE",
        "INSERT",
    ]


@pytest.mark.parametrize("chats", [1, 40])
def test_an_inbox_takes_three_statements(store: SqlMessages, queries: Queries, chats: int) -> None:
    for number in range(chats):
        say(store, pair(store, ANN, 100 + number), ANN)
    with queries() as sent:
        found = store.list_of(ANN, accepted=False, before=None, limit=50)
    assert (len(found), len(sent)) == (chats, 3)


@pytest.mark.parametrize("chats", [1, COUNTED_AT_ONCE])
def test_unread_takes_two_statements(store: SqlMessages, queries: Queries, chats: int) -> None:
    found = [pair(store, ANN, 100 + number) for number in range(chats)]
    for number, chat in enumerate(found):
        say(store, chat, 100 + number)
    with queries() as sent:
        assert store.unread_of(ANN) == {chat.id: 1 for chat in found}
    assert len(sent) == 2


@pytest.mark.parametrize(
    "asking",
    [
        lambda store, chat: store.unread_of(BEN),
        lambda store, chat: store.unread_of(BEN, [chat.id]),
        lambda store, chat: store.before(chat.id, None, 10),
        lambda store, chat: store.before(chat.id, 15, 10),
        lambda store, chat: store.since(chat.id, chat.last_seq - 10, 10),
        lambda store, chat: store.list_of(BEN, accepted=False, before=None, limit=10),
        lambda store, chat: store.find_sent(ANN, "filled-9"),
    ],
    ids=["unread", "unread of one", "newest", "oldest", "since", "inbox", "sent"],
)
def test_a_long_conversation_is_no_more_work(
    store: SqlMessages, asking: Callable[[SqlMessages, Conversation], Any]
) -> None:
    work = {}
    for length in (30, 3_000):
        store.open("another", (ANN, BEN))
        chat = filled(store, f"of-{length}", length, unread=3)
        asking(store, chat)
        work[length] = rows_read(lambda chat=chat: asking(store, chat))
        empty()
    assert work[30] > 0
    assert work[3_000] <= work[30] * 1.1


def filled(store: SqlMessages, key: str, length: int, *, unread: int) -> Conversation:
    """A conversation in which ann said everything."""
    chat = store.open(key, (ANN, BEN))
    own = {"sender_id": ANN, "sent_us": NOON_US, "text": "", "is_deleted": False}
    first = (chat.id << 32) + 1
    rows = [own | {"id": first + n, "client_msg_id": f"filled-{n}"} for n in range(length)]
    with unit_of_work():
        db.session.execute(insert(MessageModel), rows)
        members = update(MemberModel).where(MemberModel.conversation_id == chat.id)
        db.session.execute(
            members.values(last_seq=length, read_seq=length - unread, rank=NOON_US << 11)
        )
    return store.load([chat.id])[chat.id]


def empty() -> None:
    with unit_of_work():
        for model in (MessageModel, MemberModel, ConversationModel):
            db.session.execute(model.__table__.delete())


def rows_read(call: Callable[[], Any]) -> int:
    """Steps of SQLite's machine, or rows that MariaDB's engine handed out."""
    connection = db.session.connection()
    if connection.dialect.name == "sqlite":
        steps: list[int] = []
        raw = connection.connection.dbapi_connection
        raw.set_progress_handler(lambda: steps.append(1), 1)
        call()
        raw.set_progress_handler(None, 1)
        return len(steps)
    before = _handed_out()
    call()
    return _handed_out() - before


def _handed_out() -> int:
    """`rnd_next` is left out: it counts the rows of this very list."""
    status = "SHOW SESSION STATUS WHERE Variable_name LIKE 'Handler_read%%'"
    rows = db.session.connection().exec_driver_sql(status + " AND Variable_name NOT LIKE '%%rnd%%'")
    return sum(int(value) for _, value in rows)


# -- connections -----------------------------------------------------------------------------------


def test_more_writers_than_connections_all_come_through(
    store: SqlMessages, together: Together
) -> None:
    """Each holds a connection that it has read with when it begins to write."""
    chat = pair(store, ANN, BEN)

    def read_and_write() -> bool:
        assert store.find(chat.key) is not None
        return store.append(chat.id, draft(ANN))[1]

    assert all(together([read_and_write] * 40))
    assert numbers(store, chat) == list(range(1, 41))


def test_whoever_writes_takes_locks_in_one_order(
    store: SqlMessages, together: Together, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody is a deadlock's victim: that would be an error here, where nothing is tried again."""
    monkeypatch.setattr(units, "_is_worth_another_try", lambda *_: False)
    chats = [pair(store, ANN, 100 + number) for number in range(3)]
    first = [say(store, chat, ANN).id for chat in chats]
    same = [draft(ANN) for _ in range(30)]

    def write(number: int) -> None:
        for step in range(30):
            chat = chats[(number + step) % 3].id
            store.append(chat, same[step] if number % 2 else draft(ANN + number))
            store.read(chat, ANN, step)
            store.clear(chat, ANN)
            store.unsend(first[step % 3])
            store.erase_sent(ANN + number, 5)

    together([partial(write, number) for number in range(8)])


def test_what_cannot_be_stored_takes_no_number(store: SqlMessages) -> None:
    chat = pair(store, ANN, BEN)
    say(store, chat, ANN)
    broken: Any = draft(ANN, None)  # type: ignore[arg-type]
    with pytest.raises(IntegrityError):
        store.append(chat.id, broken)
    say(store, chat, ANN)
    assert numbers(store, chat) == [1, 2]
