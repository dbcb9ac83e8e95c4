"""Conversations: a page of a long one, what a message costs, inboxes and what is unread."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict

import numpy as np
from flask import Flask

from bench import messages_sending, rounds
from bench.data import WORDS
from bench.ground import Ground
from bench.loader import Loader
from bench.results import Curve, Goal, Group, Row, Spread, Table, ratio, shown, spread
from config import Settings
from pigeon import create_app
from pigeon.domain.messages import message_id
from pigeon.extensions import db
from pigeon.stores.messages import StoredMessage
from pigeon.stores.messages_urls import message_store
from tests.harness import connections
from tests.harness.stage import migrate

PAGE, INBOX_PAGE = 10, 20
UNREAD = 3
MANY, FEW = 200, 10
"""Conversations of an inbox."""
SHORT = 100
OURS, EVERYTHING = "ours", "load everything"
NEWEST, OLDEST = "newest page", "oldest page"
READER = 900_000_000
"""People who do nothing else begin here: nobody's account is asked for by a home of messages."""
BEGIN_US = 1_700_000_000_000_000
MILLI, MICRO = 1_000, 1_000_000
NAMES = {True: "SQLite", False: "MariaDB"}
"""Of the database of this run, by whether it is SQLite."""
AT = "2024-01-08 00:00:00.000000"


def measure(ground: Ground) -> Group:
    """On the database of this run; where that is MariaDB, on SQLite, too."""
    group = Group(name="messages", title="Messages")
    with homes(ground) as apps:
        for name, app in apps.items():
            with app.app_context():
                world = World(ground)
                _history(ground, group, name, world)
                _inboxes(ground, group, name, world)
                _unread(ground, group, name, world)
                messages_sending.measure(ground, group, name, app)
    group.notes += [
        "Calls of the store without policy, each with a connection out of the pool and back.",
        "SQLite and MariaDB both flush every commit to the disk.",
    ]
    return group


@contextmanager
def homes(ground: Ground) -> Iterator[dict[str, Flask]]:
    """Applications by the name of their database, each as durable as a site's."""
    url = f"sqlite:///{ground.folder / 'messages.sqlite3'}"
    env = ground.env(SQL_FLUSH="on", DATABASE_URL=url)
    small = create_app(settings=Settings.from_env(env))
    migrate(small)
    try:
        yield {NAMES[True]: small} | ({} if ground.is_sqlite else {NAMES[False]: ground.app()})
    finally:
        connections.close(small)


# -- what is there ---------------------------------------------------------------------------------


class World:
    """Conversations of known lengths, with a few messages that their reader has not read."""

    def __init__(self, ground: Ground) -> None:
        self._loader = Loader(db.engine, ground.folder)
        self._next_person = READER
        self.lengths = [SHORT]
        while self.lengths[-1] < ground.plan.history:
            self.lengths.append(min(self.lengths[-1] * 10, ground.plan.history))
        self.readers = {length: self._person() for length in self.lengths}
        self.chats = dict(zip(self.lengths, self._add(self._alone()), strict=True))
        self.people = {size: self._with_inbox(size) for size in (FEW, MANY)}
        self._loader.analyze("messages", "conversation_members", "conversations")

    def _person(self) -> int:
        self._next_person += 1
        return self._next_person

    def _alone(self) -> list[tuple[int, int, int]]:
        return [(reader, self._person(), length) for length, reader in self.readers.items()]

    def _with_inbox(self, size: int) -> int:
        reader = self._person()
        self._add([(reader, self._person(), FEW) for _ in range(size)])
        return reader

    def _add(self, wanted: list[tuple[int, int, int]]) -> list[int]:
        """Conversations of (reader, other, length); their ids."""
        store = message_store()
        found = [store.open(f"bench-{one}-{other}", (one, other)) for one, other, _ in wanted]
        chats = [conversation.id for conversation in found]
        db.session.rollback()
        self._loader.load("messages", MESSAGE_COLUMNS, self._rows(chats, wanted))
        with db.engine.connect().execution_options(write=True) as connection:
            for chat, (reader, _, length) in zip(chats, wanted, strict=True):
                for statement in _told(chat, reader, length):
                    connection.exec_driver_sql(statement)
            connection.commit()
        return chats

    def _rows(
        self, chats: list[int], wanted: list[tuple[int, int, int]]
    ) -> Iterable[tuple[int, int, str, int, str, int]]:
        for chat, (reader, other, length) in zip(chats, wanted, strict=True):
            for seq in range(1, length + 1):
                sender = other if seq > length - UNREAD or seq % 2 else reader
                text = f"{WORDS[seq % len(WORDS)]} {seq}"
                own = f"bench-{chat}-{seq}"
                yield message_id(chat, seq), sender, own, BEGIN_US + seq, text, 0


MESSAGE_COLUMNS = ["id", "sender_id", "client_msg_id", "sent_us", "text", "is_deleted"]


def _told(chat: int, reader: int, length: int) -> Iterator[str]:
    """What their last message left behind, for conversations that were loaded."""
    rank = (BEGIN_US + chat) << 11
    yield (
        f"UPDATE conversation_members SET last_seq = {length}, `rank` = {rank}, is_accepted = 1,"
        f" read_seq = {length} WHERE conversation_id = {chat}"
    )
    yield (
        f"UPDATE conversation_members SET read_seq = {length - UNREAD}"
        f" WHERE conversation_id = {chat} AND user_id = {reader}"
    )


def _as_a_request(call: Callable[[], object]) -> Callable[[object], None]:
    """With a connection of its own, given back."""

    def ask(_: object) -> None:
        call()
        db.session.rollback()

    return ask


def _p50(call: Callable[[], object], calls: int) -> Callable[[], float]:
    return lambda: rounds.median_of(_as_a_request(call), range(calls))


# -- history ---------------------------------------------------------------------------------------


def _history(ground: Ground, group: Group, name: str, world: World) -> None:
    pages = _pages(ground, group, name, world)
    longest = world.lengths[-1]
    chat, store, calls = world.chats[longest], message_store(), ground.plan.page_calls
    everything = store.since(chat, 0, longest)
    page = store.before(chat, None, PAGE)
    assert everything[: -PAGE - 1 : -1] == page
    found = rounds.interleaved(
        {
            OURS: _p50(lambda: store.before(chat, None, PAGE), calls),
            **{
                f"{EVERYTHING} {n}": _p50(lambda c=c, n=n: store.since(c, 0, n), 1)  # type: ignore[misc]
                for n, c in world.chats.items()
            },
        },
        min(3, ground.plan.rounds),
    )
    whole = {length: found[f"{EVERYTHING} {length}"] for length in world.lengths}
    metric = f"{name}: history of {PAGE} of {longest:,}, load everything / ours"
    group.rows += [
        Row(
            metric=f"{metric}, time",
            value=ratio(whole[longest], found[OURS]),
            goal=Goal(at_least=1_000) if longest == 100_000 else None,
            note="the same reading without a limit",
        ),
        Row(
            metric=f"{metric}, bytes",
            value=spread([json_bytes(everything) / json_bytes(page)]),
            goal=Goal(at_least=1_000) if longest == 100_000 else None,
            note="of what is read, as JSON",
        ),
    ]
    if name == NAMES[ground.is_sqlite]:
        series = {OURS: pages, EVERYTHING: whole}
        group.curves.append(
            Curve(name="history", series={way: _points(times) for way, times in series.items()})
        )


def _points(by_length: dict[int, list[float]]) -> list[tuple[float, Spread]]:
    return [(length, spread([t * MILLI for t in times])) for length, times in by_length.items()]


def json_bytes(messages: list[StoredMessage]) -> int:
    return len(json.dumps([asdict(message) for message in messages], ensure_ascii=False).encode())


def _pages(ground: Ground, group: Group, name: str, world: World) -> dict[int, list[float]]:
    """Both ends of conversations of every length, in turns; seconds of the newest by length."""
    store, calls = message_store(), ground.plan.page_calls
    ends: dict[str, int | None] = {NEWEST: None, OLDEST: PAGE + 1}
    ways = {
        f"{end} {length}": _p50(lambda c=chat, b=before: store.before(c, b, PAGE), calls)  # type: ignore[misc]
        for end, before in ends.items()
        for length, chat in world.chats.items()
    }
    found = rounds.interleaved(ways, ground.plan.rounds)
    rows = []
    for end in ends:
        times = {length: found[f"{end} {length}"] for length in world.lengths}
        group.rows.append(
            Row(
                metric=f"{name}: growth of the {end} from {SHORT} to"
                f" {world.lengths[-1]:,} messages, exponent",
                value=spread(exponents(times)),
                unit="",
                goal=Goal(at_most=0.05),
            )
        )
        rows += [(end, f"{length:,}", _micro(times[length])) for length in times]
    group.tables.append(
        Table(title=f"{name}: a page of history, p50", head=("", "messages", "µs"), rows=rows)
    )
    return {length: found[f"{NEWEST} {length}"] for length in world.lengths}


def exponents(by_length: dict[int, list[float]]) -> list[float]:
    lengths = [math.log(length) for length in by_length]
    if len(lengths) == 1:
        return [0.0]
    return [
        float(np.polyfit(lengths, [math.log(took_s) for took_s in times], 1)[0])
        for times in zip(*by_length.values(), strict=True)
    ]


def _micro(times: list[float]) -> str:
    return shown(spread([took_s * MICRO for took_s in times]))


# -- inboxes ---------------------------------------------------------------------------------------


def _inboxes(ground: Ground, group: Group, name: str, world: World) -> None:
    store, calls = message_store(), ground.plan.page_calls

    def first_page(person: int) -> Callable[[], float]:
        def read() -> None:
            found = store.list_of(person, accepted=True, before=None, limit=INBOX_PAGE)
            assert found[0].last_message is not None

        return _p50(read, calls)

    ways = {str(size): first_page(person) for size, person in world.people.items()}
    found = rounds.interleaved(ways, ground.plan.rounds)
    group.rows.append(
        Row(
            metric=f"{name}: first page of an inbox of {MANY} conversations / of {FEW}, p50",
            value=ratio(found[str(MANY)], found[str(FEW)]),
            goal=Goal(at_most=2 if name == "SQLite" else 1.5),
            note=f"{INBOX_PAGE} conversations with their last messages against {FEW}",
        )
    )
    rows = [(size, _micro(times)) for size, times in found.items()]
    group.tables.append(
        Table(title=f"{name}: first page of an inbox, p50", head=("conversations", "µs"), rows=rows)
    )


def _unread(ground: Ground, group: Group, name: str, world: World) -> None:
    store, calls = message_store(), ground.plan.page_calls

    def count(length: int) -> Callable[[], float]:
        reader, chat = world.readers[length], world.chats[length]

        def ask() -> None:
            assert store.unread_of(reader) == {chat: UNREAD}

        return _p50(ask, calls)

    least, most = world.lengths[0], world.lengths[-1]
    found = rounds.interleaved({str(n): count(n) for n in {least, most}}, ground.plan.rounds)
    group.rows.append(
        Row(
            metric=f"{name}: unread of a conversation of {most:,} with {UNREAD} unread"
            f" / of {least}, p50",
            value=ratio(found[str(most)], found[str(least)]),
            goal=Goal(at_most=1.2),
        )
    )
    rows = [(f"{int(length):,}", _micro(times)) for length, times in found.items()]
    group.tables.append(
        Table(title=f"{name}: {UNREAD} are unread, p50", head=("messages", "µs"), rows=rows)
    )
