"""All messages move from SQL to MongoDB: none twice, none missing, whatever is killed when."""

from __future__ import annotations

import os
import random
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextvars import Context
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from pigeon.domain.errors import Moving
from pigeon.domain.messages import conversation_of, seq_of
from pigeon.extensions import db
from pigeon.services.messages import moving
from pigeon.services.messages.moving import Different
from pigeon.stores import messages_gate as gate
from pigeon.stores.messages_mongo import MongoMessages
from pigeon.stores.messages_sql import SqlMessages
from pigeon.stores.messages_target import Refused
from tests.harness import children, mongo
from tests.harness.context import concurrently, in_app
from tests.harness.crashes import killed_at
from tests.harness.mongo import MongoServer
from tests.services.messages.moved import FIRST, answers, fill
from tests.stores.messages.saying import ANN, draft, numbers, pair, say

pytestmark = [
    pytest.mark.no_second_look,
    pytest.mark.processes,
    pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning"),
    pytest.mark.filterwarnings("ignore:MongoClient opened before fork"),
]

TOTALS = {"conversations": 60, "members": 120, "messages": 5_000}
SEED = int(os.environ.get("CHAOS_SEED", "13"))


@pytest.fixture
def server(tmp_path: Path) -> Iterator[MongoServer]:
    """One that may be killed."""
    with mongo.running("secantusdb", tmp_path) as server:
        yield server


@pytest.fixture
def kind() -> str:
    return "secantusdb"


@pytest.fixture
def url(app: Flask, mongo_urls: Callable[[str], str], kind: str) -> str:
    """Of an empty database."""
    return mongo_urls(kind)


@pytest.fixture
def home(url: str) -> Iterator[MongoMessages]:
    """Of what has been moved."""
    made = MongoMessages(url)
    yield made
    made.close()


def move(url: str) -> moving.Moved | None:
    return moving.move(url, lambda _: None)


def database(home: MongoMessages) -> Any:
    return home.link.messages.database


# -- all of it -------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", mongo.KINDS)
def test_everything_is_there_and_goes_on(url: str, home: MongoMessages) -> None:
    ids = fill(SEED, chats=30, messages=700)
    before = answers(SqlMessages(), ids)
    moved = move(url)
    assert moved is not None
    assert moved.counts == {"conversations": 30, "members": 60, "messages": 700}
    assert answers(home, ids) == before
    chat = before["chats"][ids[0]]
    by, other = chat.member_ids
    told = home.append(chat.id, draft(by))[0]
    assert seq_of(told.id) == chat.last_seq + 1
    first = before[f"said {ids[0]}"][0]
    same = draft(first.sender_id, client_msg_id=first.client_msg_id)
    assert home.append(ids[-1], same) == (first, False)
    new = home.open("new", (by, other))
    assert new.id > max(ids)
    with pytest.raises(Moving):
        SqlMessages().append(chat.id, draft(by))


def test_no_messages_are_moved_too(url: str, home: MongoMessages) -> None:
    moved = move(url)
    assert moved is not None
    assert set(moved.counts.values()) == {0}
    assert home.open("1-2", (1, 2)).id == 1


def test_again_is_fine_and_changes_nothing(url: str, home: MongoMessages) -> None:
    ids = fill(SEED, chats=5, messages=50)
    move(url)
    home.append(ids[0], draft(FIRST))
    after = answers(home, ids)
    assert move(url) is None
    assert answers(home, ids) == after


# -- killed ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "point",
    [
        "move.closed", "move.written:1", "move.written:2", "move.written:4",
        "move.compared", "move.finished",
    ],
)  # fmt: skip
def test_killed_anywhere_it_goes_on(app: Flask, url: str, home: MongoMessages, point: str) -> None:
    ids = fill(SEED, chats=20, messages=800)
    before = answers(SqlMessages(), ids)
    killed_at(app, point, partial(move, url))
    run = gate.load().run
    move(url)
    assert gate.load().run == run, "nobody wrote meanwhile"
    assert answers(home, ids) == before


@pytest.mark.slow
def test_killed_again_and_again_at_random_it_ends_with_everything(
    app: Flask, url: str, home: MongoMessages
) -> None:
    dice = random.Random(SEED)
    ids = fill(SEED, chats=60, messages=5_000)
    before = answers(SqlMessages(), ids[:9], people=3)
    until = time.monotonic() + 40
    kills = 0
    while gate.load().state != gate.MOVED and time.monotonic() < until:
        db.session.rollback()
        child = os.fork()
        if child == 0:
            try:
                Context().run(_run_in_child, app, url)
            finally:
                os._exit(1)
        time.sleep(dice.uniform(0.05, 0.5 + 0.3 * kills))
        os.kill(child, signal.SIGKILL)
        _, status = os.waitpid(child, 0)
        kills += os.WIFSIGNALED(status)
    assert kills >= 3, f"CHAOS_SEED={SEED}"
    move(url)
    counts = {name: database(home)[name].count_documents({}) for name in TOTALS}
    assert counts == TOTALS
    assert answers(home, ids[:9], people=3) == before, f"CHAOS_SEED={SEED}"


def _run_in_child(app: Flask, url: str) -> None:
    with app.app_context():
        db.engine.dispose(close=False)
        move(url)
        os._exit(0)


@pytest.mark.parametrize("kind", mongo.KINDS)
def test_who_wrote_after_it_was_killed_is_in_it_as_well(
    app: Flask, url: str, home: MongoMessages, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its lease ended; what it had copied before has changed since."""
    ids = fill(SEED, chats=20, messages=800)
    store = SqlMessages()
    killed_at(app, "move.written:4", partial(move, url))
    with pytest.raises(Moving):
        store.append(ids[0], draft(FIRST))
    with monkeypatch.context() as patch:
        now = gate._now_us
        patch.setattr(gate, "_now_us", lambda: now() + 60_000_000)
        for chat_id in ids[:5]:
            store.append(chat_id, draft(FIRST))
            store.unsend(chat_id << 32 | 1)
            for user_id in store.load([chat_id])[chat_id].member_ids:
                store.clear(chat_id, user_id)
        store.open("1-2", (1, 2))
    ids.append(store.open("1-2", (1, 2)).id)
    before = answers(store, ids)
    move(url)
    assert answers(home, ids) == before


def test_a_mongodb_that_is_away_for_a_moment_is_waited_for(app: Flask, server: MongoServer) -> None:
    ids = fill(SEED, chats=20, messages=1_500)
    before = answers(SqlMessages(), ids)
    began = threading.Event()
    copy = partial(in_app, app, moving.move, server.url(), lambda _: began.set())
    copier = threading.Thread(target=copy)
    db.session.rollback()
    copier.start()
    assert began.wait(20)
    server.kill()
    time.sleep(1)
    server.restart()  # by the thread that lives on: with its starter's thread it would end
    copier.join()
    assert gate.load().state == gate.MOVED
    home = MongoMessages(server.url())
    assert answers(home, ids) == before
    home.close()


# -- senders ---------------------------------------------------------------------------------------


def test_what_was_acknowledged_is_in_it_and_what_was_refused_is_not(
    app: Flask, url: str, home: MongoMessages
) -> None:
    store = SqlMessages()
    fill(SEED, chats=20, messages=500)
    chats = [pair(store, ANN, 100 + number) for number in range(4)]
    ended = threading.Event()
    moved: list[Any] = []

    acknowledged: list[list[tuple[int, str]]] = [[] for _ in range(6)]
    refused: list[list[str]] = [[] for _ in range(6)]

    def send(number: int) -> None:
        while not ended.is_set():
            own = draft(100 + number)
            try:
                message, _ = store.append(chats[number % 4].id, own)
                acknowledged[number].append((message.id, own.client_msg_id))
            except Moving:
                refused[number].append(own.client_msg_id)
                time.sleep(0.01)

    def some_of_each(answers: list[Any]) -> bool:
        return all(len(one) > 3 for one in answers)

    def copy() -> None:
        try:
            children.wait_until(lambda: some_of_each(acknowledged), timeout_s=60, what="messages")
            moved.append(move(url))
            children.wait_until(lambda: some_of_each(refused), timeout_s=60, what="refusals")
        finally:
            ended.set()

    db.session.rollback()
    told = concurrently(app, [*(partial(send, number) for number in range(6)), copy])
    assert told == [None] * 7
    assert moved and moved[0]
    for number in range(6):
        for message_id, key in acknowledged[number]:
            found = home.find_sent(100 + number, key)
            assert found is not None and found.id == message_id
            assert conversation_of(found.id) == chats[number % 4].id
        assert not any(home.find_sent(100 + number, key) for key in refused[number])
    for chat in chats:
        assert numbers(home, chat) == numbers(store, chat)


# -- refused ---------------------------------------------------------------------------------------

Plant = Callable[[Any], object]
NOBODYS = 999_999
"""A conversation that no run reaches: the numbers of a database grow as long as it is used."""
PLANTED: dict[str, tuple[Plant, str]] = {
    "a text": (
        lambda db: db.messages.update_one({"text": "coo"}, {"$set": {"text": "other"}}),
        "differs in text",
    ),
    "a missing message": (
        lambda db: db.messages.delete_one({"_id": db.messages.find_one({})["_id"]}),
        "is missing in MongoDB",
    ),
    "a cursor": (
        lambda db: db.members.update_one({}, {"$inc": {"read_seq": 1}}),
        "differs in read_seq",
    ),
    "a message too many": (
        lambda db: db.messages.insert_one(
            {"_id": NOBODYS << 32 | 1, "sender_id": 1, "client_msg_id": "planted"}
        ),
        "is in MongoDB only",
    ),
    "a member too many": (
        lambda db: db.members.insert_one({"_id": f"{NOBODYS}:1", "chat_id": NOBODYS, "user_id": 1}),
        "is in MongoDB only",
    ),
}


@pytest.mark.parametrize("kind", mongo.KINDS)
@pytest.mark.parametrize("name", list(PLANTED))
def test_a_difference_is_named_and_nothing_switched(
    app: Flask, url: str, home: MongoMessages, name: str
) -> None:
    fill(SEED, chats=10, messages=300)
    plant, words = PLANTED[name]
    compare = moving._Moving.compare

    def spoilt(self: Any) -> Any:
        plant(database(home))
        return compare(self)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(moving._Moving, "compare", spoilt)
        with pytest.raises(Different) as error:
            move(url)
    assert [words in str(one) for one in error.value.found] == [True]
    assert gate.load().state == gate.MOVING
    assert home.link.collection("moves").find_one({})["state"] == "copying"


def test_a_mongodb_with_something_in_it_is_refused(url: str, home: MongoMessages) -> None:
    home.open("1-2", (1, 2))
    fill(SEED, chats=3, messages=20)
    with pytest.raises(Refused):
        move(url)
    assert gate.load().state == gate.OPEN, "nobody was kept from writing"


def test_another_sites_mongodb_is_refused(url: str, home: MongoMessages) -> None:
    marker = {"_id": "sql", "site": "another", "run": "1", "state": "copying"}
    home.link.collection("moves").insert_one(marker)
    with pytest.raises(Refused):
        move(url)


# -- back ------------------------------------------------------------------------------------------


def test_a_move_that_is_given_up_begins_anew(app: Flask, url: str, home: MongoMessages) -> None:
    ids = fill(SEED, chats=10, messages=600)
    killed_at(app, "move.written:3", partial(move, url))
    moving.reopen("")
    say(SqlMessages(), SqlMessages().load([ids[0]])[ids[0]], FIRST)
    before = answers(SqlMessages(), ids)
    move(url)
    assert answers(home, ids) == before


def test_back_to_sql_only_as_long_as_nothing_was_written_in_mongodb(
    url: str, home: MongoMessages
) -> None:
    ids = fill(SEED, chats=5, messages=60)
    move(url)
    moving.reopen(url)
    say(SqlMessages(), SqlMessages().load([ids[0]])[ids[0]], FIRST)
    move(url)
    home.append(ids[0], draft(FIRST))
    with pytest.raises(Different):
        moving.reopen(url)
    assert gate.load().state == gate.MOVED


def test_who_was_overtaken_writes_nothing_over_what_came_after(
    url: str, home: MongoMessages
) -> None:
    """It stood still for long; the piece that it had in hand comes when all has moved."""
    ids = fill(SEED, chats=5, messages=60)
    late = next(moving._pieces(moving.source.messages, 0))
    old = gate.close("old")
    gate.abort()
    for one in late.documents["messages"][:20]:
        SqlMessages().unsend(one["_id"])
    move(url)
    home.append(ids[0], draft(FIRST))
    after = answers(home, ids)
    target = moving.Target(url)
    with pytest.raises(gate.Lost):
        target.write(old, "messages", late, lambda: gate.renew(old))
    assert answers(home, ids) == after
    target.write(old, "messages", late, lambda: None)
    assert answers(home, ids) != after, "without the question it would have written over it"
    target.close()
