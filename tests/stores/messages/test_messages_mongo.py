"""Messages in MongoDB keep to the contract on each server of its wire; and what only it has."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import pytest
from flask import Flask

from pigeon.domain.errors import Unavailable
from pigeon.domain.messages import seq_of
from pigeon.stores import messages_mongo_documents as documents
from pigeon.stores.messages import Conversation, MessageStore
from pigeon.stores.messages_mongo import MongoMessages
from tests.harness.crashes import killed_at
from tests.stores.messages.contract import *  # noqa: F403
from tests.stores.messages.contract import Apart, Together
from tests.stores.messages.killings import *  # noqa: F403
from tests.stores.messages.saying import ANN, BEN, NOON_US, again, draft, numbers, pair, say
from tests.stores.messages.walks import *  # noqa: F403

pytestmark = [pytest.mark.mongo, pytest.mark.no_second_look]

BOTH = frozenset({ANN, BEN})


@pytest.fixture
def store(mongo_home: MongoMessages) -> MongoMessages:
    return mongo_home


# -- what a sender leaves behind that dies between two trips ---------------------------------------


def _listed(store: MessageStore, chat: Conversation, number: int) -> None:
    for user_id in (ANN, BEN):
        (found,) = store.list_of(user_id, accepted=True, before=None, limit=9)
        assert found.conversation.last_seq == number
        assert found.last_message is not None and found.last_message.text == "left"


def _unread(store: MessageStore, chat: Conversation, number: int) -> None:
    assert list(store.unread_of(BEN).values()) == [number]
    assert list(store.unread_of(ANN).values()) == [0]


def _loaded(store: MessageStore, chat: Conversation, number: int) -> None:
    found = store.find("11-12")
    assert found is not None and (found.id, found.last_seq) == (chat.id, number)
    assert store.load([found.id]) == {found.id: found}
    assert [(one.is_accepted, one.read_seq) for one in found.members] == [(True, number), (True, 0)]


def _read(store: MessageStore, chat: Conversation, number: int) -> None:
    assert store.read(chat.id, BEN, number) == number
    assert store.read(chat.id, BEN, number + 5) == number


def _cleared(store: MessageStore, chat: Conversation, number: int) -> None:
    store.clear(chat.id, BEN)
    assert again(store, chat).members[1].cleared_seq == number
    assert store.list_of(BEN, accepted=True, before=None, limit=9) == []


def _paged(store: MessageStore, chat: Conversation, number: int) -> None:
    there = list(range(1, number + 1))
    assert [seq_of(one.id) for one in store.before(chat.id, None, 9)] == there[::-1]
    assert numbers(store, chat) == there


def _sent_after(store: MessageStore, chat: Conversation, number: int) -> None:
    say(store, chat, BEN, reads=False)
    assert numbers(store, chat) == list(range(1, number + 2))
    first, second = again(store, chat).members
    assert (first.is_accepted, first.read_seq, second.is_accepted) == (True, number, True)
    assert store.unread_of(ANN) == {chat.id: 1}


def _sent_again(store: MessageStore, chat: Conversation, number: int) -> None:
    found, is_new = store.append(chat.id, draft(ANN, "other", client_msg_id="left"))
    assert (found.text, found.id, is_new) == ("left", chat.id << 32 | number, False)
    _loaded(store, chat, number)


LOOKS = (_listed, _unread, _loaded, _read, _cleared, _paged, _sent_after, _sent_again)


@pytest.mark.parametrize("look", LOOKS, ids=lambda look: look.__name__.strip("_"))
@pytest.mark.parametrize("point", ["message.inserted", "message.told"])
@pytest.mark.parametrize("before", [0, 1])
def test_who_comes_after_a_sender_that_died_sees_all_of_its_message(
    store: MongoMessages, app: Flask, point: str, before: int, look: Callable[..., None]
) -> None:
    """Whatever is asked first."""
    chat = pair(store, ANN, BEN)
    for _ in range(before):
        say(store, chat, ANN, "before")
    left = draft(ANN, "left", client_msg_id="left", accepted_by=BOTH)
    killed_at(app, point, lambda: store.append(chat.id, left))
    look(store, chat, before + 1)
    _paged(store, chat, again(store, chat).last_seq)


@pytest.mark.parametrize("look", LOOKS, ids=lambda look: look.__name__.strip("_"))
@pytest.mark.parametrize("told", [ANN, BEN])
def test_a_message_that_half_of_its_members_were_told_of_is_told_to_all(
    store: MongoMessages, told: int, look: Callable[..., None]
) -> None:
    chat = pair(store, ANN, BEN)
    say(store, chat, ANN, "before")
    left = draft(ANN, "left", client_msg_id="left", accepted_by=BOTH)
    document = documents.new_message(chat.id << 32 | 2, left)
    store.link.messages.insert_one(document)
    mine = {"_id": documents.member_id(chat.id, told)}
    store.link.members.update_one(mine, {"$max": {"last_seq": 2, "rank": left.sent_us << 11}})
    look(store, chat, 2)


def test_a_message_is_told_late_and_moves_nothing_back(store: MongoMessages) -> None:
    """By who took its sender for dead, while everybody went on."""
    chat = pair(store, ANN, BEN)
    left = draft(ANN, "left")
    store.append(chat.id, left)
    say(store, chat, BEN)
    store.clear(chat.id, ANN)
    store.read(chat.id, BEN, 2)
    before = again(store, chat), store.list_of(BEN, accepted=False, before=None, limit=9)
    store.link.members.bulk_write(documents.telling(documents.new_message(chat.id << 32 | 1, left)))
    assert (again(store, chat), store.list_of(BEN, accepted=False, before=None, limit=9)) == before
    assert store.list_of(ANN, accepted=False, before=None, limit=9) == []


def test_a_message_is_told_by_anybody_when_its_people_do_not_come(store: MongoMessages) -> None:
    chat = pair(store, ANN, BEN)
    store.link.messages.insert_one(documents.new_message(chat.id << 32 | 1, draft(ANN)))
    assert store.unread_of(99) == {}
    assert list(store.link.messages.find({"untold": 1})) == []
    assert [one["last_seq"] for one in store.link.members.find({"chat_id": chat.id})] == [1, 1]


def test_a_conversation_whose_maker_died_is_whole(store: MongoMessages, app: Flask) -> None:
    killed_at(app, "conversation.inserted", lambda: store.open("11-12", (ANN, BEN)))
    found = store.link.conversations.find_one({"key": "11-12"})
    assert found is not None
    assert store.append(found["_id"], draft(ANN))[1]
    assert [one.user_id for one in again(store, pair(store, ANN, BEN)).members] == [ANN, BEN]
    assert store.unread_of(BEN) == {found["_id"]: 1}
    killed_at(app, "conversation.inserted", lambda: store.open("11-13", (ANN, 13)))
    made = pair(store, ANN, 13)
    assert (made.member_ids, made.last_seq) == ([ANN, 13], 0)


def test_a_counter_that_is_behind_gives_no_number_twice(store: MongoMessages) -> None:
    """As after messages came from another home, under the numbers that they had there."""
    first = pair(store, ANN, BEN)
    for number in range(first.id + 1, first.id + 80):
        chat = documents.new_conversation(number, f"moved-{number}", (ANN, number))
        store.link.conversations.insert_one(chat)
    assert pair(store, ANN, 13).id == first.id + 80
    assert pair(store, ANN, 14).id == first.id + 81


# -- several processes -----------------------------------------------------------------------------


def test_homes_that_share_no_lock_write_dense_numbers(
    store: MongoMessages, together: Together, apart: Apart
) -> None:
    """As processes do: each has a client and locks of its own."""
    chat = pair(store, ANN, BEN)
    homes = [MongoMessages(store._links._url) for _ in range(6)]

    def write(home: MongoMessages) -> None:
        for _ in range(15):
            say(home, chat, ANN)

    together([partial(write, home) for home in homes])
    for home in homes:
        home.close()
    assert numbers(store, chat) == list(range(1, 91))
    assert again(store, chat).last_seq == 90


def test_what_is_there_already_and_wrong_is_refused_in_words(store: MongoMessages) -> None:
    store.link.messages.drop()
    store.link.messages.create_index([("sender_id", 1), ("client_msg_id", 1)], name="sent")
    store.close()
    with pytest.raises(Unavailable) as refusal:
        store.find("11-12")
    assert "messages lacks the unique index on sender_id, client_msg_id" in refusal.value.reason
    assert store.problems() == [refusal.value.reason]
    for name in list(store.link.messages.index_information()):
        if name != "_id_":
            store.link.messages.drop_index(name)
    assert store.problems() == []
    assert store.find("11-12") is None


def test_a_clock_that_is_behind_does_not_move_a_conversation_back(store: MongoMessages) -> None:
    """Not when the message before it is told last, either."""
    chat = pair(store, ANN, BEN)
    late = draft(ANN, sent_us=NOON_US + 9_000_000)
    store.link.messages.insert_one(documents.new_message(chat.id << 32 | 1, late))
    say(store, chat, BEN)
    (listed,) = store.list_of(BEN, accepted=False, before=None, limit=9)
    assert listed.rank >> 11 == NOON_US + 9_000_000


def test_who_wrote_much_meanwhile_is_stepped_over(store: MongoMessages) -> None:
    """One process remembers where it was; another goes on from there."""
    chat = pair(store, ANN, BEN)
    say(store, chat, ANN)
    other = MongoMessages(store._links._url)
    for _ in range(80):
        say(other, chat, BEN)
    other.close()
    assert seq_of(say(store, chat, ANN).id) == 82
    assert numbers(store, chat) == list(range(1, 83))
