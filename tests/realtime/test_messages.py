"""Messages over real sockets: who hears what, and what nobody gets by asking for it."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from pigeon.services.relations import blocks
from pigeon.services.users import suspensions
from tests.factories import make_post
from tests.factories.relations import make_private
from tests.harness import children
from tests.harness.messages_callers import Somebody, code_of, faults_of

pytestmark = [pytest.mark.processes, pytest.mark.xdist_group("sockets")]

GUESSES = 200
ACTIONS = 60


# -- who hears -------------------------------------------------------------------------------------


@pytest.mark.no_second_look
def test_a_message_reaches_all_devices_of_both_as_each_may_read_it(
    anna: Somebody, ben: Somebody, eve: Somebody
) -> None:
    key = anna.new_key()
    answer = anna.send(ben, "  coo\r\ncoo ", client_msg_id=key)
    message = answer["message"]
    assert answer == {"ok": True, "chat_id": message["chat_id"], "message": message}
    assert (message["from"], message["to"], message["seq"]) == (anna.name, ben.name, 1)
    assert (message["text"], message["client_msg_id"]) == ("coo\ncoo", key)
    for who, expected in ((anna, message), (ben, message | {"client_msg_id": None})):
        who.wait_heard("chat.message")
        assert who.heard("chat.message") == [[expected], [expected]]
        assert who.history(anna if who is ben else ben) == [expected]
    for told in ben.wait_heard("chat.unread")[-1:]:
        assert told == {"chat_id": message["chat_id"], "with": anna.name, "count": 1, "total": 1}
    eve.hears_nothing()


def test_what_is_sent_by_http_is_heard_as_well(anna: Somebody, ben: Somebody) -> None:
    body = {"text": "by http", "client_msg_id": anna.new_key()}
    made = anna.call("POST", f"/chats/{ben.name}/messages", body)
    assert made.status_code == 201
    assert anna.wait_heard("chat.message") == [made.json()]
    assert ben.wait_heard("chat.message") == [made.json() | {"client_msg_id": None}]


def test_reading_is_told_to_both_and_counts_fall_on_all_of_ones_own_devices(
    anna: Somebody, ben: Somebody, eve: Somebody
) -> None:
    for text in ("one", "two", "three"):
        assert anna.send(ben, text)["ok"]
    ben.wait_heard("chat.message", 3)
    chat_id = anna.history(ben)[0]["chat_id"]
    answer = ben.ask("chat.read", {"with": anna.name, "up_to": 2}, on=1)
    read = {"chat_id": chat_id, "with": anna.name, "up_to": 2, "count": 1, "total": 1}
    assert answer == {"ok": True, **read}
    for who, other in ((anna, ben), (ben, anna)):
        told = {"chat_id": chat_id, "with": other.name, "by": ben.name, "up_to": 2}
        assert who.wait_heard("chat.read")[-1] == told
    counted = {"chat_id": chat_id, "with": anna.name, "count": 1, "total": 1}
    children.wait_until(
        lambda: all(told[-1:] == [counted] for told in ben.heard("chat.unread")), what="1 unread"
    )
    eve.hears_nothing()


@pytest.mark.no_second_look
def test_an_unsent_message_is_a_stub_for_both_and_nobody_else_hears(
    anna: Somebody, ben: Somebody, eve: Somebody
) -> None:
    message = anna.send(ben, "a word too much")["message"]
    ben.wait_heard("chat.message")
    assert ben.call("DELETE", f"/messages/{message['id']}").status_code == 403
    assert eve.call("DELETE", f"/messages/{message['id']}").status_code == 404
    for _ in range(2):
        assert anna.call("DELETE", f"/messages/{message['id']}").status_code == 204
    for who, other in ((anna, ben), (ben, anna)):
        told = {"id": message["id"], "chat_id": message["chat_id"], "with": other.name, "seq": 1}
        assert who.wait_heard("chat.deleted")[0] == told
        (stub,) = who.history(other)
        assert (stub["is_deleted"], stub["text"], stub["seq"]) == (True, "", 1)
    eve.hears_nothing()


def test_typing_is_told_to_the_other_alone(anna: Somebody, ben: Somebody, eve: Somebody) -> None:
    """Nobody is told that it ended: devices forget it by themselves after 5 s."""
    answer = anna.ask("chat.typing", {"with": ben.name})
    assert answer["ok"]
    told = {"from": anna.name, "chat_id": answer["chat_id"]}
    ben.wait_heard("chat.typing")
    assert ben.heard("chat.typing") == [[told], [told]]
    assert anna.heard("chat.typing") == [[], []]
    eve.hears_nothing()


# -- what is not one's own -------------------------------------------------------------------------


def test_somebody_else_reads_moves_and_unsends_nothing(
    anna: Somebody, ben: Somebody, eve: Somebody
) -> None:
    message = anna.send(ben, "for ben")["message"]
    ben.wait_heard("chat.message")
    assert eve.history(anna) == [] and eve.history(ben) == []
    for alias in (message["chat_id"], message["id"], f"{anna.name},{ben.name}"):
        assert eve.call("GET", f"/chats/{alias}").status_code == 404
        assert eve.call("GET", f"/chats/{alias}/messages").status_code == 404
        for event, payload in (
            ("chat.read", {"with": alias, "up_to": 1}),
            ("chat.typing", {"with": alias}),
        ):
            assert code_of(eve.ask(event, payload)) == "not_found"
    assert eve.ask("chat.read", {"with": anna.name, "up_to": 1})["up_to"] == 0
    assert (ben.chat(anna)["unread_count"], ben.chat(anna)["read_up_to"]) == (1, 0)
    around = [int(message["id"]) + step for step in range(-GUESSES // 2, GUESSES // 2)]
    with ThreadPoolExecutor(8) as pool:
        found = pool.map(lambda n: eve.call("DELETE", f"/messages/{n}").status_code, around)
        assert set(found) == {404}
    assert ben.texts(anna) == ["for ben"]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("from", "ben"),
        ("sender", "ben"),
        ("sender_id", "1"),
        ("user_id", "1"),
        ("chat_id", "1-2"),
        ("seq", 7),
        ("id", "7"),
        ("sent_at", "2039-01-01T00:00:00Z"),
        ("is_deleted", True),
        ("room", "user:1"),
    ],
)
def test_a_field_that_the_server_fills_in_is_refused_and_nothing_is_stored(
    anna: Somebody, ben: Somebody, name: str, value: Any
) -> None:
    value = ben.name if value == "ben" else value
    assert faults_of(anna.send(ben, "spoofed", **{name: value})) == {name: "unknown"}
    body = {"text": "spoofed", "client_msg_id": anna.new_key(), name: value}
    assert anna.call("POST", f"/chats/{ben.name}/messages", body).status_code == 422
    payload = {"with": ben.name, "up_to": 1, name: value}
    assert faults_of(anna.ask("chat.read", payload)) == {name: "unknown"}
    assert faults_of(anna.ask("chat.typing", {"with": ben.name, name: value})) == {name: "unknown"}
    assert ben.history(anna) == [] and anna.send(ben, "honest")["message"]["from"] == anna.name
    assert [message["text"] for message in ben.wait_heard("chat.message")] == ["honest"]


def test_a_client_names_no_room(anna: Somebody, ben: Somebody, eve: Somebody) -> None:
    chat_id = anna.send(ben, "before")["chat_id"]
    kinds = ("user", "chat", "chats", "conversation", "messages", "room", "presence", "u")
    about = (anna.person.id, ben.person.id, anna.name, ben.name, chat_id, 1)
    rooms = [f"{kind}{mark}{one}" for kind in kinds for mark in (":", "-") for one in about]
    rooms += ["", "*", "/", chat_id, "0"]
    assert len(rooms) >= 100
    events = ("join", "join_room", "subscribe", "enter_room", "chat.join", "chat.watch")
    for number, room in enumerate(rooms):
        event = events[number % len(events)]
        for payload in ({"room": room}, room):
            assert code_of(eve.ask(event, payload)) == "not_found"
    ben.wait_heard("chat.message", 1)
    anna.send(ben, "after")
    ben.send(anna, "an answer")
    anna.ask("chat.typing", {"with": ben.name})
    ben.wait_heard("chat.typing")
    eve.hears_nothing()


# -- who may not any more --------------------------------------------------------------------------


def test_a_socket_is_refused_what_a_call_is_refused(
    new: Callable[[], Somebody], anna: Somebody, ben: Somebody
) -> None:
    """What a page hides is asked for by hand: the same answer in both ways, and nothing stored."""
    closed, blocker, gone, hidden = (new() for _ in range(4))
    closed.call("PATCH", "/me", {"messages_from": "following"})
    blocks.block(anna.person.id, by=blocker.person.id)
    suspensions.suspend(gone.person.id)
    make_private(hidden.person)
    secret = str(make_post(hidden.person).id)
    for to, more, code in (
        (closed, {}, "messages_closed"),
        (blocker, {}, "not_found"),
        (gone, {}, "not_found"),
        (anna, {}, "self"),
        (ben, {"text": "", "post_id": secret}, "invalid"),
        (ben, {"text": "", "post_id": "999999999"}, "invalid"),
        (ben, {"text": "", "post_id": "x"}, "invalid"),
    ):
        body = {"text": "let me in", "client_msg_id": anna.new_key(), **more}
        refused = anna.ask("chat.send", {"to": to.name, **body})
        by_http = anna.call("POST", f"/chats/{to.name}/messages", body)
        assert code_of(refused) == code, (to.name, refused)
        assert refused["error"] == by_http.json()["error"]
    assert code_of(anna.ask("chat.typing", {"with": closed.name})) == "messages_closed"
    for one in (closed, ben):
        assert one.call("GET", "/chats").json()["items"] == []
        assert one.call("GET", "/chats?box=requests").json()["items"] == []


def test_who_is_blocked_between_typing_and_sending_reaches_nobody(
    anna: Somebody, ben: Somebody
) -> None:
    assert anna.ask("chat.typing", {"with": ben.name})["ok"]
    ben.wait_heard("chat.typing")
    blocks.block(anna.person.id, by=ben.person.id)
    refusals = [
        anna.send(ben, "can you hear me?"),
        anna.ask("chat.typing", {"with": ben.name}),
        anna.ask("chat.read", {"with": ben.name, "up_to": 1}),
        anna.ask("chat.typing", {"with": "nobody-there"}),
    ]
    assert [code_of(answer) for answer in refusals] == ["not_found"] * 4
    assert all(answer == refusals[-1] for answer in refusals), "as for somebody who is not there"
    assert code_of(ben.send(anna, "nor the other way")) == "not_found"
    for who, other in ((anna, ben), (ben, anna)):
        assert who.call("GET", f"/chats/{other.name}").status_code == 404
    time.sleep(0.3)
    assert ben.heard("chat.message") == anna.heard("chat.message") == [[], []]
    assert [len(told) for told in ben.heard("chat.typing")] == [1, 1]
    blocks.unblock(anna.person.id, by=ben.person.id)
    assert ben.history(anna) == []


def test_a_conversation_comes_back_with_the_end_of_a_block(anna: Somebody, ben: Somebody) -> None:
    anna.send(ben, "before")
    ben.wait_heard("chat.message")
    blocks.block(anna.person.id, by=ben.person.id)
    assert ben.call("GET", "/chats").json()["items"] == []
    assert anna.call("GET", "/chats").json()["items"] == []
    blocks.unblock(anna.person.id, by=ben.person.id)
    assert ben.texts(anna) == anna.texts(ben) == ["before"]
    assert [chat["unread_count"] for chat in ben.call("GET", "/chats").json()["items"]] == [1]


def test_a_suspended_person_sends_and_hears_nothing(anna: Somebody, ben: Somebody) -> None:
    anna.send(ben, "before")
    ben.wait_heard("chat.message")
    suspensions.suspend(anna.person.id)
    for each in anna.sockets:
        assert each.closed.wait(30)
    assert anna.call("GET", "/chats").status_code == 401
    assert code_of(ben.send(anna, "are you there?")) == "not_found"
    assert ben.call("GET", f"/chats/{anna.name}").status_code == 404
    assert ben.call("GET", "/chats").json()["items"] == []


# -- what others could learn -----------------------------------------------------------------------


def test_nobody_else_hears_anything_of_what_two_do(
    anna: Somebody, ben: Somebody, eve: Somebody
) -> None:
    """Whatever the two do, in any order, no frame of a third person's devices is about it."""
    seed = random.randrange(1_000_000)
    dice, pair = random.Random(seed), (anna, ben)
    for _ in range(ACTIONS):
        me, other = dice.sample(pair, 2)
        dice.choice(ACTS)(dice, me, other)
    assert anna.send(ben, "the last word")["ok"]
    children.wait_until(
        lambda: "the last word" in str(ben.heard("chat.message")), what="the last word"
    )
    eve.hears_nothing()


def _sends(dice: random.Random, me: Somebody, other: Somebody) -> None:
    me.send(other, f"secret {dice.random()}", on=dice.randrange(2))


def _posts(dice: random.Random, me: Somebody, other: Somebody) -> None:
    body = {"text": f"secret {dice.random()}", "client_msg_id": me.new_key()}
    me.call("POST", f"/chats/{other.name}/messages", body)


def _reads(dice: random.Random, me: Somebody, other: Somebody) -> None:
    me.ask("chat.read", {"with": other.name, "up_to": dice.randrange(50)}, on=dice.randrange(2))


def _types(dice: random.Random, me: Somebody, other: Somebody) -> None:
    me.ask("chat.typing", {"with": other.name}, on=dice.randrange(2))


def _unsends(dice: random.Random, me: Somebody, other: Somebody) -> None:
    if history := me.history(other):
        me.call("DELETE", f"/messages/{dice.choice(history)['id']}")


def _sets(dice: random.Random, me: Somebody, other: Somebody) -> None:
    method, what = dice.choice(
        [("PUT", "/accept"), ("PUT", "/mute"), ("DELETE", "/mute"), ("DELETE", "")]
    )
    me.call(method, f"/chats/{other.name}{what}")


ACTS = (_sends, _sends, _posts, _reads, _types, _unsends, _sets)
