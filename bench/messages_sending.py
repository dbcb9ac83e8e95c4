"""Messages per second of eight senders, beside the row of a message alone."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from functools import partial
from itertools import count

from flask import Flask
from sqlalchemy.engine import Engine

from bench import rounds
from bench.ground import Ground
from bench.results import Goal, Group, Row, Table, ratio, shown, spread
from bench.together import took_s
from pigeon.domain.messages import message_id
from pigeon.extensions import db
from pigeon.stores.messages import Draft
from pigeon.stores.messages_urls import message_store
from tests.harness import counting

SENDERS = 8
FIRST = 800_000_000
"""Senders; nobody's account is asked for."""
OURS, BARE = "ours", "the message's row alone"
STATEMENTS = 4
SHORT_ROUNDS = 3
"""Of messages for each of the others: a disk that hesitates is then in a few of them."""
GOALS = {("MariaDB", SENDERS): 0.35, ("MariaDB", 1): 0.28, ("SQLite", SENDERS): 0.6}
GOALS["SQLite", 1] = 0.8
TEXT = "two pigeons, one crumb, and a long walk home"
INSERT = (
    "INSERT INTO messages (id, sender_id, client_msg_id, sent_us, text, media_id, post_id,"
    " is_deleted) VALUES ({marks})"
)
_own = count(1)


def measure(ground: Ground, group: Group, name: str, app: Flask) -> None:
    rows = []
    for chats in (SENDERS, 1):
        found = _rates(ground, app, chats)
        group.rows.append(
            Row(
                metric=f"{name}: messages/s by {SENDERS} senders in {_words(chats)},"
                " ours / the message's row and COMMIT",
                value=ratio(found[OURS], found[BARE]),
                goal=Goal(at_least=GOALS[name, chats]),
                note="the same driver, pool and flush; threads of one process",
            )
        )
        rows += [(_words(chats), way, shown(spread(rates))) for way, rates in found.items()]
    title = f"{name}: messages per second of {SENDERS} senders"
    group.tables.append(Table(title=title, head=("in", "way", "messages/s"), rows=rows))
    _statements(group, name)


def _words(chats: int) -> str:
    return "one conversation" if chats == 1 else f"{chats} conversations"


def _rates(ground: Ground, app: Flask, chats: int) -> dict[str, list[float]]:
    """Of two conversations each sender has one for each way, so that ids never meet."""
    ways = {}
    each = ground.plan.messages
    for way, sending in ((OURS, _ours()), (BARE, _bare(db.engine))):
        own = next(_own)
        found = [_open(f"send-{own}-{number}", number) for number in range(chats)]
        ways[way] = lambda s=sending, f=found: _at_once(app, s, f, each)  # type: ignore[misc]
    return rounds.interleaved(ways, SHORT_ROUNDS * ground.plan.rounds)


def _open(key: str, number: int) -> int:
    chat = message_store().open(key, (FIRST + number, FIRST + SENDERS + number)).id
    db.session.rollback()
    return chat


Send = Callable[[int, int, int], None]
"""One message of a sender into a conversation, under a number that is nobody's."""


def _ours() -> Send:
    store = message_store()

    def send(chat: int, sender: int, number: int) -> None:
        draft = Draft(
            sender_id=sender,
            client_msg_id=f"ours-{chat}-{number}",
            sent_us=time.time_ns() // 1_000,
            text=TEXT,
            accepted_by=frozenset({sender}),
        )
        store.append(chat, draft)

    return send


def _bare(engine: Engine) -> Send:
    """The connection comes from the pool, is looked at, and goes back to be reset, as ours does."""
    statement = INSERT.format(marks=", ".join(["?" if engine.name == "sqlite" else "%s"] * 8))

    def send(chat: int, sender: int, number: int) -> None:
        now_us = time.time_ns() // 1_000
        row = (message_id(chat, number), sender, f"bare-{chat}-{number}", now_us, TEXT)
        with engine.connect() as connection:
            connection = connection.execution_options(write=True)
            connection.exec_driver_sql(statement, (*row, None, None, 0))
            connection.commit()

    return send


_numbers: Iterator[int] = count(1)


def _at_once(app: Flask, send: Send, chats: list[int], each: int) -> float:
    """All senders from the same moment on; messages per second until the last has ended."""
    db.session.rollback()
    plans = [[next(_numbers) for _ in range(each)] for _ in range(SENDERS)]

    def work(sender: int) -> None:
        with app.app_context():
            for number in plans[sender]:
                send(chats[sender % len(chats)], FIRST + sender, number)

    return SENDERS * each / took_s([partial(work, sender) for sender in range(SENDERS)])


def _statements(group: Group, name: str) -> None:
    chat = _open(f"counted-{next(_own)}", 0)
    own = Draft(sender_id=FIRST, client_msg_id=f"counted-{chat}", sent_us=1)
    with counting.queries() as sent:
        message_store().append(chat, own)
    db.session.rollback()
    group.rows.append(
        Row(
            metric=f"{name}: SQL statements a message, beside BEGIN and COMMIT",
            value=spread([len(sent)]),
            unit="",
            goal=Goal(at_most=STATEMENTS),
        )
    )
