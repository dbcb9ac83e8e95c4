"""What a socket may say about messages: in which form, how much, and how often."""

from __future__ import annotations

import random
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from pigeon.domain import limits
from tests.harness import children
from tests.harness.messages_callers import Somebody, code_of, faults_of
from tests.harness.sites import Site
from tests.harness.sockets import Realtime, realtime_process

pytestmark = [pytest.mark.processes, pytest.mark.xdist_group("sockets")]

PARALLEL = 100
PAYLOADS = 300
CODES = {"invalid", "not_found", "malformed"}


def test_two_thousand_characters_are_a_message_and_one_more_is_none(
    anna: Somebody, ben: Somebody
) -> None:
    longest = "비" * limits.MESSAGE
    refused = anna.send(ben, longest + "!")
    assert faults_of(refused) == {"text": "too_long"}
    assert refused["error"]["fields"]["text"]["limit"] == limits.MESSAGE == 2_000
    assert anna.send(ben, longest)["message"]["seq"] == 1
    assert ben.texts(anna) == [longest]


def test_over_64_kib_the_connection_ends_and_nothing_is_stored(
    anna: Somebody, ben: Somebody
) -> None:
    loud = anna.sockets[0].client
    loud.emit("chat.send", {"to": ben.name, "text": "x" * 70_000, "client_msg_id": "large"})
    assert anna.sockets[0].closed.wait(30)
    assert anna.send(ben, "the other device goes on", on=1)["ok"]
    assert ben.texts(anna) == ["the other device goes on"]


@pytest.mark.parametrize(
    ("key", "code"),
    [
        ("", "required"),
        ("x" * 65, "too_long"),
        ("a b", "bad_format"),
        ("비둘기", "bad_format"),
        ("a\n", "bad_format"),
        ("../x", "bad_format"),
        ("a:b", "bad_format"),
    ],
)
def test_a_key_has_one_form(anna: Somebody, ben: Somebody, key: str, code: str) -> None:
    assert faults_of(anna.send(ben, "coo", client_msg_id=key)) == {"client_msg_id": code}
    assert anna.send(ben, "coo", client_msg_id="aZ9_-" + "x" * 59)["ok"]


def test_a_message_has_one_content(anna: Somebody, ben: Somebody) -> None:
    image = anna.upload()
    assert faults_of(anna.send(ben, "")) == {"text": "required"}
    assert faults_of(anna.send(ben, " \n\t​")) == {"text": "required"}
    assert "text" in faults_of(anna.send(ben, "a text and", image=image))
    assert ben.history(anna) == []


def test_a_picture_is_sent_by_its_owner_once(anna: Somebody, ben: Somebody, eve: Somebody) -> None:
    image, theirs = anna.upload(), eve.upload()
    for id_ in (theirs, "0", "999999999", "x", "1e3", str(2**70)):
        assert faults_of(anna.send(ben, "", image=id_)) == {"image": "unknown"}
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda n: anna.send(ben, "", image=image, on=n % 2), range(8)))
    assert sorted(code_of(answer) for answer in found) == ["invalid"] * 7 + ["ok"]
    (message,) = ben.history(anna)
    assert message["image"]["id"] == image
    children.wait_until(
        lambda: any(told["image"]["state"] == "ready" for told in ben.heard("chat.message")[0]),
        what="the same message with its picture",
    )
    assert {told["seq"] for told in ben.heard("chat.message")[0]} == {1}


def test_the_same_key_a_hundred_times_at_once_is_one_message(anna: Somebody, ben: Somebody) -> None:
    body = {"text": "once", "client_msg_id": anna.new_key()}

    def by_socket(number: int) -> tuple[str, Any]:
        answer = anna.ask("chat.send", {"to": ben.name, **body}, on=number % 2)
        return "socket", answer.get("message", answer)

    def by_http(_number: int) -> tuple[str, Any]:
        answer = anna.call("POST", f"/chats/{ben.name}/messages", body)
        return str(answer.status_code), answer.json()

    with ThreadPoolExecutor(16) as pool:
        ways = (by_socket, by_http)
        found = list(pool.map(lambda n: ways[n // 2 % 2](n), range(PARALLEL)))
    (message,) = anna.history(ben)
    assert [told for _, told in found if told != message] == []
    statuses = [status for status, _ in found if status != "socket"]
    assert set(statuses) <= {"200", "201"} and statuses.count("201") <= 1
    assert {told["seq"] for told in ben.wait_heard("chat.message")} == {1}
    assert ben.chat(anna)["unread_count"] == 1


def test_a_key_names_one_message_whoever_it_is_sent_to(
    anna: Somebody, ben: Somebody, eve: Somebody
) -> None:
    """What was stored is answered; nobody else gets it."""
    key = anna.new_key()
    first = anna.send(ben, "for ben", client_msg_id=key)["message"]
    again = anna.send(eve, "for eve", client_msg_id=key)["message"]
    assert again == first
    assert eve.history(anna) == [] and ben.texts(anna) == ["for ben"]
    theirs = ben.send(anna, "their own", client_msg_id=key)["message"]
    assert theirs["id"] != first["id"]


def test_a_cursor_stays_between_where_it_is_and_the_last_message(
    anna: Somebody, ben: Somebody
) -> None:
    assert ben.ask("chat.read", {"with": anna.name, "up_to": 5})["up_to"] == 0
    for text in ("one", "two", "three", "four"):
        anna.send(ben, text)
    for up_to, reached in ((0, 0), (2, 2), (1, 2), (0, 2), (10**9, 4), (3, 4), (2**62, 4)):
        answer = ben.ask("chat.read", {"with": anna.name, "up_to": up_to})
        assert (answer["ok"], answer["up_to"], answer["count"]) == (True, reached, 4 - reached)
        by_http = ben.call("PUT", f"/chats/{anna.name}/read", {"up_to": up_to})
        assert by_http.json()["up_to"] == reached
    chat = ben.chat(anna)
    assert (chat["read_up_to"], chat["unread_count"]) == (4, 0)
    assert anna.send(ben, "five")["ok"]
    assert ben.chat(anna)["unread_count"] == 1, "it was in the future when everything was read"


@pytest.mark.parametrize("up_to", [-1, -(2**70), "3", "", 1.5, None, True, [1], {"$gt": 0}])
def test_a_cursor_is_a_number_of_a_message(anna: Somebody, ben: Somebody, up_to: Any) -> None:
    anna.send(ben, "one")
    refused = ben.ask("chat.read", {"with": anna.name, "up_to": up_to})
    assert set(faults_of(refused)) == {"up_to"}
    by_http = ben.call("PUT", f"/chats/{anna.name}/read", {"up_to": up_to})
    assert by_http.status_code == 422 and set(by_http.json()["error"]["fields"]) == {"up_to"}
    assert ben.chat(anna)["read_up_to"] == 0


@pytest.mark.parametrize("up_to", [2**63, 2**70, 10**90])
def test_a_number_that_no_database_holds_is_answered_in_good_order(
    anna: Somebody, ben: Somebody, up_to: int
) -> None:
    anna.send(ben, "one")
    answer = ben.ask("chat.read", {"with": anna.name, "up_to": up_to})
    assert code_of(answer) == "invalid" or answer["up_to"] == 1
    by_http = ben.call("PUT", f"/chats/{anna.name}/read", {"up_to": up_to})
    assert by_http.status_code in (200, 422)
    for query in (f"since={up_to}", f"before={up_to}", "since=-1", "since=x", "since=1&before=3"):
        answer = ben.call("GET", f"/chats/{anna.name}/messages?{query}")
        assert answer.status_code in (200, 422), query
    assert ben.sockets[0].client.connected


def test_payloads_of_any_shape_are_refused_and_cost_nobody_anything(
    sockets_site: Site, anna: Somebody, ben: Somebody
) -> None:
    anna.send(ben, "one")
    seed = random.randrange(1_000_000)
    dice, log = random.Random(seed), sockets_site.log("site")
    before = log.stat().st_size
    for number in range(PAYLOADS):
        event = dice.choice(["chat.send", "chat.read", "chat.typing"])
        payload = nonsense(dice)
        answer = ben.ask(event, payload, on=number % 2)
        assert code_of(answer) in CODES, (seed, event, payload, answer)
        assert len(str(answer)) < 3_000, (seed, event, payload)
    assert all(each.client.connected for each in ben.sockets)
    assert b"Traceback" not in log.read_bytes()[before:], seed
    assert ben.texts(anna) == ["one"] and ben.chat(anna)["read_up_to"] == 0


NAMES = ("to", "with", "text", "client_msg_id", "up_to", "image", "post_id", "x", "")
ODD: tuple[Any, ...] = (
    *(None, True, -1, 0, 1.5, 10**30, float("1e300"), [], {}, [[]], b"bytes"),
    *("", "a", "\0", "a\0b", "\ud7ff", "é" * 500, "𐍈", "../..", "' or 1=1 --", "{{7*7}}"),
    *({"$ne": ""}, {"with": {}}, ["ann"], [1, 2, 3], "nobody-there", "deleted-1"),
)


def nonsense(dice: random.Random) -> Any:
    """No payload that an event takes: whom it would concern is not there."""
    if dice.random() < 0.2:
        return dice.choice(ODD)
    fields = dice.sample(NAMES, dice.randint(0, len(NAMES)))
    return {name: dice.choice(ODD) for name in fields}


# -- how often -------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def limited(sockets_site: Site) -> Iterator[list[Realtime]]:
    """Two servers on the same stores, with limits."""
    with (
        realtime_process(sockets_site, RATE_LIMITS="on") as first,
        realtime_process(sockets_site, RATE_LIMITS="on") as second,
    ):
        yield [first, second]


def paced(times: int, per_s: float = 45) -> Iterator[int]:
    """What a busy moment held up is not made up for: all at once it would be a flood."""
    due = 0.0
    for number in range(times):
        time.sleep(max(0.0, due - time.monotonic()))
        due = time.monotonic() + 1 / per_s
        yield number


def test_a_hundred_messages_and_readings_a_minute_are_a_persons_on_all_devices(
    new: Any, ben: Somebody, limited: list[Realtime]
) -> None:
    cleo = new().on(*limited)
    said: list[str] = []
    for number in paced(130):
        if number % 3:
            answer = cleo.send(ben, str(number), on=number % 2)
        else:
            answer = cleo.ask("chat.read", {"with": ben.name, "up_to": number}, on=number % 2)
        said.append(code_of(answer))
    assert said[:100] == ["ok"] * 100
    assert 0 <= said.index("rate_limited") - 100 <= 10
    assert said[-10:] == ["rate_limited"] * 10
    refused = cleo.send(ben, "one more")
    assert 0 < refused["error"]["retry_after"] <= 61
    stored = cleo.chat(ben)["last_message"]["seq"]
    assert stored == sum(code == "ok" for number, code in enumerate(said) if number % 3)
    assert code_of(cleo.ask("chat.typing", {"with": ben.name})) == "ok", "it has its own rate"


def test_typing_has_three_hundred_of_its_own(
    new: Any, ben: Somebody, limited: list[Realtime]
) -> None:
    cleo = new().on(limited[0])
    said = [code_of(cleo.ask("chat.typing", {"with": ben.name})) for _ in paced(302)]
    assert said[:300] == ["ok"] * 300 and said[-1] == "rate_limited"
    assert cleo.send(ben, "a message")["ok"]
