"""Conversations and messages: what is answered, again, and what is refused in which order."""

from __future__ import annotations

import io
from collections.abc import Callable
from itertools import count
from typing import Any

import pytest

from pigeon.domain import limits
from pigeon.services.relations import blocks
from pigeon.services.users import suspensions, users
from tests.contract import shapes
from tests.contract.shapes import page_of
from tests.contract.world import World, call, refusal, refused
from tests.factories import Person
from tests.harness import pictures
from tests.harness.clients import Client, multipart

CHAT = "/chats/{username}"
MESSAGES = f"{CHAT}/messages"
BOB = {"username": "bob"}
Clients = Callable[[Person], Client]
KEYS = map(str, count(1))


@pytest.fixture
def bobs(world: World, client_for: Clients) -> Client:
    return client_for(world.bob)


def say(client: Client, to: str, text: str = "hi", key: str = "") -> Any:
    body = {"text": text, "client_msg_id": key or next(KEYS)}
    values = {"username": to}
    return call(client, "POST", MESSAGES, 201, shapes.MESSAGE, values=values, body=body)


def chat(client: Client, of: str, status: int = 200) -> Any:
    shape = shapes.CHAT if status == 200 else None
    return call(client, "GET", CHAT, status, shape, values={"username": of})


def history(client: Client, of: str, query: str = "") -> list[Any]:
    shape, values = page_of(shapes.MESSAGE), {"username": of}
    items: list[Any] = call(client, "GET", MESSAGES, 200, shape, values=values, query=query)[
        "items"
    ]
    return items


def read(client: Client, of: str, up_to: int) -> Any:
    values = {"username": of}
    body = {"up_to": up_to}
    return call(client, "PUT", f"{CHAT}/read", 200, shapes.READING, values=values, body=body)


def picture() -> tuple[io.BytesIO, str]:
    return io.BytesIO(pictures.jpeg()), "boat.jpg"


def unread(client: Client) -> int:
    found: int = client.api("GET", "/me")[1]["unread"]["messages"]
    return found


# -- messages --------------------------------------------------------------------------------------


@pytest.mark.both_modes
def test_a_message_sent_again_is_the_same_whatever_it_says(
    world: World, mode: str, bobs: Client
) -> None:
    first = say(world.client, "bob", "hi", "one")
    body = {"text": "another", "client_msg_id": "one"}
    values = {"username": "BOB"}
    again = call(world.client, "POST", MESSAGES, 200, shapes.MESSAGE, values=values, body=body)
    assert again == first and (first["from"], first["to"], first["seq"]) == ("ann", "bob", 1)
    assert history(bobs, "ann") == [first | {"client_msg_id": None}]
    other = call(
        world.client, "POST", MESSAGES, 200, shapes.MESSAGE, values={"username": "cat"}, body=body
    )
    assert other == first, "an id is one of its sender's, whoever it goes to"
    mine = say(bobs, "ann", "mine", "one")
    assert (mine["seq"], mine["client_msg_id"]) == (2, "one"), "of somebody else it says nothing"


@pytest.mark.both_modes
def test_history_is_read_both_ways(world: World, mode: str, bobs: Client) -> None:
    for number in range(12):
        say(world.client if number % 2 else bobs, "bob" if number % 2 else "ann")
    shape = page_of(shapes.MESSAGE)

    def page(query: str) -> tuple[list[int], str | None]:
        found = call(world.client, "GET", MESSAGES, 200, shape, values=BOB, query=query)
        return [one["seq"] for one in found["items"]], found["next"]

    assert page("") == (list(range(12, 2, -1)), "3")
    assert page("before=3") == ([2, 1], None)
    assert page("before=1") == ([], None)
    assert page("since=0&limit=7") == ([1, 2, 3, 4, 5, 6, 7], "7")
    assert page("since=7&limit=5") == ([8, 9, 10, 11, 12], None)
    assert page("since=12") == ([], None) and page("since=999") == ([], None)


def test_a_window_out_of_range_names_each_fault(world: World) -> None:
    for query, fields in (
        ("before=1&since=1", {"since": "too_many"}),
        ("before=&since=", {"before": "bad_format", "since": "too_many"}),
        ("before=0", {}),
        ("since=-1", {"since": "bad_format"}),
        ("since=x&limit=51", {"since": "bad_format", "limit": "bad_format"}),
        ("limit=11", {"limit": "bad_format"}),
        ("limit=0", {"limit": "bad_format"}),
        ("before=99999999999999999999", {"before": "bad_format"}),
        ("since=%D9%A3", {"since": "bad_format"}),
    ):
        status, body = world.client.api("GET", f"/chats/bob/messages?{query}")
        if not fields:
            assert (status, body) == (200, {"items": [], "next": None})
            continue
        assert status == 422 and refusal(body) == ("invalid", fields), query


def test_texts_end_at_their_limit(world: World) -> None:
    name = "POST /chats/bob/messages"
    assert say(world.client, "bob", "가" * limits.MESSAGE)["text"] == "가" * limits.MESSAGE
    for text, code in (("x" * (limits.MESSAGE + 1), "too_long"), (" \n ", "required")):
        found = refused(world.client, name, body={"text": text, "client_msg_id": "x"})
        assert found == (422, "invalid", {"text": code})
    whole = {"text": "x", "client_msg_id": "a" * limits.CLIENT_MSG_ID}
    assert world.client.api("POST", "/chats/bob/messages", whole)[0] == 201
    for key, code in (
        ("", "required"),
        ("a" * (limits.CLIENT_MSG_ID + 1), "too_long"),
        ("a b", "bad_format"),
        ("ä", "bad_format"),
        ("a\n", "bad_format"),
    ):
        found = refused(world.client, name, body={"text": "x", "client_msg_id": key})
        assert found == (422, "invalid", {"client_msg_id": code}), key
    found = refused(world.client, name, body={"text": ""})
    assert found == (422, "invalid", {"text": "required", "client_msg_id": "required"})


def test_what_it_carries_is_one_thing(world: World) -> None:
    name, post_id = "POST /chats/bob/messages", str(world.theirs.id)
    for body, fields in (
        ({"text": "x", "post_id": post_id}, {"text": "too_many"}),
        ({"post_id": "999999"}, {"post_id": "unknown"}),
        ({"post_id": "x"}, {"post_id": "unknown"}),
        ({"post_id": str(world.failed.id + 1000)}, {"post_id": "unknown"}),
        ({"image": "999999"}, {"image": "unknown"}),
        ({"image": "x", "post_id": "y"}, {"image": "unknown", "post_id": "unknown"}),
        (
            {"image": "x", "client_msg_id": "a b"},
            {"image": "unknown", "client_msg_id": "bad_format"},
        ),
        ({"text": None}, {"text": "bad_format"}),
        (
            {"text": "x", "from": "bob", "seq": 7, "sent_at": "now"},
            {"from": "unknown", "seq": "unknown", "sent_at": "unknown"},
        ),
    ):
        found = refused(world.client, name, body={"client_msg_id": "x"} | body)
        assert found == (422, "invalid", fields), body
    body = {"post_id": post_id, "client_msg_id": "x"}
    sent = call(world.client, "POST", MESSAGES, 201, shapes.MESSAGE, values=BOB, body=body)
    assert sent["post"]["available"] is True and sent["post"]["author"]["username"] == "bob"


def test_a_picture_is_processed_and_taken_back(world: World, bobs: Client) -> None:
    form = multipart(image=picture(), alt="A boat", client_msg_id="p")
    sent = call(world.client, "POST", MESSAGES, 201, shapes.MESSAGE, values=BOB, **form)
    assert (sent["image"]["state"], sent["text"]) == ("processing", "")
    world.settle()
    (seen,) = history(bobs, "ann")
    assert (seen["id"], seen["seq"], seen["image"]["state"]) == (sent["id"], 1, "ready")
    assert seen["image"]["alt"] == "A boat" and bobs.get(seen["image"]["url"]).status_code == 200
    values = {"message_id": sent["id"]}
    call(bobs, "DELETE", "/messages/{message_id}", 403, values=values)
    for _ in "12":
        call(world.client, "DELETE", "/messages/{message_id}", 204, values=values)
    (stub,) = history(bobs, "ann")
    assert (stub["is_deleted"], stub["text"], stub["image"], stub["post"]) == (True, "", None, None)
    assert bobs.get(seen["image"]["url"]).status_code == 404


def test_a_picture_waits_for_one_message(world: World, bobs: Client) -> None:
    form = multipart(image=picture(), alt="A boat")
    image = call(world.client, "POST", "/media", 201, shapes.IMAGE, **form)
    body = {"image": image["id"], "client_msg_id": "x"}
    assert refused(bobs, "POST /chats/ann/messages", body=body)[2] == {"image": "unknown"}
    sent = call(world.client, "POST", MESSAGES, 201, shapes.MESSAGE, values=BOB, body=body)
    assert sent["image"]["id"] == image["id"]
    body["client_msg_id"] = "y"
    assert refused(world.client, "POST /chats/bob/messages", body=body)[2] == {"image": "unknown"}


# -- conversations ---------------------------------------------------------------------------------


@pytest.mark.both_modes
def test_a_request_is_accepted_or_deleted(world: World, mode: str, client_for: Clients) -> None:
    cat = client_for(world.cat)
    assert refused(world.client, "PUT /chats/cat/accept") == (404, "not_found", {}), "nothing yet"
    say(cat, "ann")
    assert chat(cat, "ann")["request"] == "outgoing"
    waiting = chat(world.client, "cat")
    assert (waiting["request"], waiting["unread_count"], unread(world.client)) == ("incoming", 1, 1)
    assert world.client.api("GET", "/chats")[1]["items"] == []
    for _ in "12":
        call(world.client, "DELETE", CHAT, 204, values={"username": "cat"})
    assert world.client.api("GET", "/chats?box=requests")[1]["items"] == []
    assert (history(world.client, "cat"), unread(world.client)) == ([], 0)
    say(cat, "ann", "please")
    (again,) = world.client.api("GET", "/chats?box=requests")[1]["items"]
    assert again["last_message"]["text"] == "please"
    for _ in "12":
        found = call(
            world.client, "PUT", f"{CHAT}/accept", 200, shapes.CHAT, values={"username": "CAT"}
        )
        assert (found["request"], found["with"]["username"]) == ("none", "cat")
    (kept,) = world.client.api("GET", "/chats")[1]["items"]
    assert kept["id"] == waiting["id"]
    found = refused(world.client, "GET /chats?box=outbox")
    assert found == (422, "invalid", {"box": "unknown"})


@pytest.mark.both_modes
def test_reading_goes_forward(world: World, mode: str, bobs: Client) -> None:
    for _ in "123":
        say(bobs, "ann")
    for up_to, reached, left in ((2, 2, 1), (1, 2, 1), (2**70, 3, 0), (0, 3, 0)):
        found = read(world.client, "BOB", up_to)
        assert (found["with"], found["up_to"], found["count"]) == ("bob", reached, left)
        assert found["total"] == left == unread(world.client)
    assert chat(bobs, "ann")["their_read_up_to"] == 3
    for wrong in (-1, "1", None, True, 1.0):
        found = refused(world.client, "PUT /chats/bob/read", body={"up_to": wrong})
        assert found == (422, "invalid", {"up_to": "bad_format"}), wrong
    assert refused(world.client, "PUT /chats/bob/read", body={})[2] == {"up_to": "required"}
    nothing = read(world.client, "cat", 5)
    assert (nothing["up_to"], nothing["count"]) == (0, 0), "before the first message"


def test_muting_is_that_of_the_person(world: World, bobs: Client) -> None:
    say(bobs, "ann")
    for method, is_muted in (("PUT", True), ("DELETE", False)):
        for _ in "12":
            found = call(world.client, method, f"{CHAT}/mute", 200, shapes.CHAT, values=BOB)
            assert (found["is_muted"], unread(world.client)) == (is_muted, int(not is_muted))
        muted = world.client.api("GET", "/users/bob")[1]["viewer"]["muted"]
        assert muted == (["chat"] if is_muted else [])
        assert refused(world.client, f"{method} /chats/ann/mute") == (409, "self", {})


def test_partners_are_ranked(world: World) -> None:
    eve, bob = world.eve.username, world.bob.username
    shape = page_of(shapes.PARTNER)
    found = call(world.client, "GET", "/chats/partners", 200, shape)["items"]
    assert [one["username"] for one in found] == [bob, eve], "whom I follow, then who follows me"
    found = call(world.client, "GET", "/chats/partners", 200, shape, query="q=E")["items"]
    assert [one["username"] for one in found] == [eve]
    assert refused(world.client, f"GET /chats/partners?q={'x' * 51}")[2] == {"q": "too_long"}


# -- refusals --------------------------------------------------------------------------------------


def test_refusals_come_in_order(world: World, bobs: Client) -> None:
    client, forged = world.client, {"X-CSRFToken": "forged"}
    users.update_profile(world.cat.id, {"messages_from": "following"})
    big = (io.BytesIO(pictures.jpeg() + bytes(limits.JPEG_BYTES)), "big.jpg")
    large = multipart(image=big, client_msg_id="a b")
    unknown, closed = "POST /chats/nobody1/messages", "POST /chats/cat/messages"
    assert refused(client, unknown, headers=forged)[:2] == (403, "csrf_failed"), "before 404"
    assert refused(client, unknown, data=b"{") == (404, "not_found", {}), "404 before the body"
    assert refused(client, unknown, **large) == (404, "not_found", {}), "404 before the file"
    assert refused(client, closed, data=b"{") == (403, "messages_closed", {}), "403 before the body"
    assert refused(client, closed, **large) == (403, "messages_closed", {}), "403 before the file"
    found = refused(client, "POST /chats/bob/messages", **large)
    assert found == (413, "too_large", {"image": "too_large"}), "413 before 422"
    for body in ({"text": ""}, {"text": "x", "client_msg_id": "a b"}, {"post_id": "99999"}):
        body = {"client_msg_id": "x"} | body
        assert refused(client, "POST /chats/ann/messages", body=body)[0] == 422, "422 before 409"
    mine = {"text": "x", "client_msg_id": "x"}
    assert refused(client, "POST /chats/ann/messages", body=mine) == (409, "self", {})
    for name in ("PUT /chats/{}/read", "PUT /chats/{}/accept", "DELETE /chats/{}"):
        assert refused(client, name.format("nobody1"), data=b"{") == (404, "not_found", {})
        assert refused(client, name.format("ann"), data=b"{") == (404, "not_found", {})
    theirs = say(bobs, "ann")
    found = refused(client, f"DELETE /messages/{theirs['id']}", headers=forged)
    assert found[:2] == (403, "csrf_failed")
    assert refused(client, f"DELETE /messages/{theirs['id']}") == (403, "forbidden", {})


@pytest.mark.env(RATE_LIMITS="on")
def test_messages_more_often_than_allowed(world: World) -> None:
    client, path = world.client, "/api/v1/chats/nobody1/messages"
    headers = {"X-CSRFToken": client.csrf()}
    for _ in range(100):
        assert client.post(path, headers=headers).status_code == 404
    answer = client.post(path, headers=headers)
    assert answer.status_code == 429 and refusal(answer.get_json()) == ("rate_limited", {})
    assert 0 < int(answer.headers["Retry-After"]) <= 61
    assert client.post(path).status_code == 403, "after a forged request"


def test_a_file_is_checked_with_its_text(world: World) -> None:
    name = "POST /chats/bob/messages"
    form = multipart(image=(io.BytesIO(b"x"), "x.jpg"), alt="x" * (limits.ALT + 1))
    named = {"image": "bad_format", "alt": "too_long", "client_msg_id": "required"}
    assert refused(world.client, name, **form) == (422, "invalid", named)
    assert refused(world.client, name, **multipart(client_msg_id="x"))[2] == {"image": "required"}
    found = refused(world.client, name, **multipart(image=picture(), text="x", client_msg_id="x"))
    assert found == (422, "invalid", {"text": "unknown"})
    assert history(world.client, "bob") == []


@pytest.mark.parametrize("part", ["blocked", "blocker", "suspended"])
@pytest.mark.no_second_look
def test_a_conversation_is_hidden_and_comes_back(world: World, bobs: Client, part: str) -> None:
    """While it is hidden, it is answered byte for byte as somebody whom nobody is."""
    mine, theirs = say(world.client, "bob"), say(bobs, "ann")
    assert unread(world.client) == 1
    before = chat(world.client, "bob")
    ends = {
        "blocked": lambda: blocks.block(world.ann.id, by=world.bob.id),
        "blocker": lambda: blocks.block(world.bob.id, by=world.ann.id),
        "suspended": lambda: suspensions.suspend(world.bob.id),
    }
    ends[part]()
    world.settle()
    _is_nobody(world.client, "bob", [mine["id"], theirs["id"]])
    if part == "suspended":
        return
    _is_nobody(bobs, "ann", [mine["id"], theirs["id"]])
    who, whom = (world.bob, world.ann) if part == "blocked" else (world.ann, world.bob)
    blocks.unblock(whom.id, by=who.id)
    after = chat(world.client, "bob")
    assert after["last_message"] == before["last_message"] and unread(world.client) == 1
    assert [one["seq"] for one in history(bobs, "ann")] == [2, 1]


def _is_nobody(client: Client, username: str, message_ids: list[str]) -> None:
    for name in (
        "GET /chats/{}",
        "DELETE /chats/{}",
        "PUT /chats/{}/accept",
        "PUT /chats/{}/mute",
        "DELETE /chats/{}/mute",
        "GET /chats/{}/messages",
        "POST /chats/{}/messages",
        "PUT /chats/{}/read",
    ):
        method, path = name.split()
        hidden, unknown = (
            _bytes(client, method, path.format(one)) for one in (username, "nobody1")
        )
        assert hidden == unknown and hidden[0] == 404, name
    nobodys = _bytes(client, "DELETE", f"/messages/{999_999 << 32 | 1}")
    for number in message_ids:
        assert _bytes(client, "DELETE", f"/messages/{number}") == nobodys and nobodys[0] == 404
    for box in ("inbox", "requests"):
        assert client.api("GET", f"/chats?box={box}")[1]["items"] == []
    assert unread(client) == 0
    partners = client.api("GET", "/chats/partners")[1]["items"]
    assert username not in [one["username"] for one in partners]


def _bytes(client: Client, method: str, path: str) -> tuple[int, bytes]:
    body = {"text": "hi", "client_msg_id": "late"} if method == "POST" else {"up_to": 9}
    headers = {"X-CSRFToken": client.csrf()}
    kwargs: Any = {} if method == "GET" else {"json": body}
    answer = client.open(f"/api/v1{path}", method=method, headers=headers, **kwargs)
    return answer.status_code, answer.data


@pytest.mark.both_modes
@pytest.mark.no_second_look
def test_a_conversation_with_who_withdrew_goes_on_under_another_name(
    world: World, mode: str, bobs: Client
) -> None:
    name = f"deleted-{world.bob.id}"
    say(bobs, "ann", "a secret")
    mine = say(world.client, "bob", "and mine")
    theirs = say(bobs, "ann", "another secret")
    assert unread(world.client) == 1
    assert bobs.api("DELETE", "/me", {"password": world.bob.password})[0] == 202
    for is_settled in (False, True):
        if is_settled:
            world.settle()
        _is_deleted(world.client, name, world.bob.id)
        assert refused(world.client, "GET /chats/bob") == (404, "not_found", {})
    assert refused(world.client, f"DELETE /messages/{theirs['id']}") == (403, "forbidden", {})
    values = {"message_id": mine["id"]}
    call(world.client, "DELETE", "/messages/{message_id}", 204, values=values)
    assert history(world.client, name)[1]["is_deleted"] is True
    call(world.client, "DELETE", CHAT, 204, values={"username": name})
    assert world.client.api("GET", "/chats")[1]["items"] == []


def _is_deleted(client: Client, name: str, user_id: int) -> None:
    found = chat(client, name)
    assert (found["with"]["id"], found["with"]["username"]) == (str(user_id), name)
    assert (found["with"]["display_name"], found["with"]["avatar_url"]) == ("", None)
    assert (found["may_send"], found["request"], found["unread_count"]) == (False, "none", 0)
    (listed,) = client.api("GET", "/chats")[1]["items"]
    assert listed == found
    said = [(one["from"], one["to"], one["text"]) for one in history(client, name)]
    assert said == [(name, "ann", ""), ("ann", name, "and mine"), (name, "ann", "")]
    assert [one["is_deleted"] for one in history(client, name)] == [True, False, True]
    body = {"text": "hello?", "client_msg_id": "late"}
    assert refused(client, f"POST /chats/{name}/messages", body=body)[0] in (403, 404)
    assert read(client, name, 9)["total"] == 0 == unread(client)


def test_the_name_of_somebody_deleted_is_known_to_who_wrote_with_them(
    world: World, bobs: Client, client_for: Clients
) -> None:
    say(bobs, "ann")
    assert bobs.api("DELETE", "/me", {"password": world.bob.password})[0] == 202
    world.settle()
    cat = client_for(world.cat)
    name = f"deleted-{world.bob.id}"
    assert chat(world.client, name)["with"]["username"] == name
    _is_nobody(cat, name, [])
    for impossible in (
        "deleted-",
        "deleted-0",
        "deleted-x",
        f"deleted-{world.cat.id}",
        f"deleted-{world.ann.id}",
        "deleted-99999999999999999999",
        "DELETED-1",
    ):
        assert refused(world.client, f"GET /chats/{impossible}") == (404, "not_found", {})


def test_who_blocked_somebody_that_left_meets_no_stub(world: World, bobs: Client) -> None:
    sent = say(bobs, "ann")
    world.client.api("PUT", "/users/bob/block")
    assert bobs.api("DELETE", "/me", {"password": world.bob.password})[0] == 202
    _is_nobody(world.client, f"deleted-{world.bob.id}", [sent["id"]])


def test_who_takes_messages_from_few_is_open_to_whom_they_let_write(
    world: World, client_for: Clients
) -> None:
    cat, body = client_for(world.cat), {"text": "hi", "client_msg_id": "x"}
    users.update_profile(world.cat.id, {"messages_from": "following"})
    found = refused(world.client, "POST /chats/cat/messages", body=body)
    assert found == (403, "messages_closed", {})
    assert chat(world.client, "cat")["may_send"] is False
    assert world.client.api("GET", "/users/cat")[1]["viewer"]["may_message"] is False
    say(cat, "ann")
    assert chat(world.client, "cat")["may_send"] is True
    assert world.client.api("GET", "/users/cat")[1]["viewer"]["may_message"] is True
    say(world.client, "cat", "hi", "x")
