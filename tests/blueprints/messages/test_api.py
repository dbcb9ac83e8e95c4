"""Conversations and messages as JSON, as the contract has them."""

from __future__ import annotations

import io
from collections.abc import Callable
from itertools import count
from typing import Any

import pytest

from pigeon.services.follows import follows
from pigeon.services.relations import blocks
from pigeon.services.users import users
from tests.factories import Person, make_follow, make_post, make_user
from tests.harness import pictures
from tests.harness.clients import Client, fields_of, multipart

pytestmark = [pytest.mark.both_modes, pytest.mark.both_homes]
KEYS = map(str, count(1))


@pytest.fixture(autouse=True)
def _both(mode: str, ann: Person, bob: Person) -> None:
    """Ann and bob are there, and know nothing of each other."""


@pytest.fixture
def hers(client_for: Callable[[Person], Client], ann: Person) -> Client:
    """Ann's browser; `client` is bob's."""
    return client_for(ann)


def picture() -> tuple[io.BytesIO, str]:
    return io.BytesIO(pictures.jpeg()), "boat.jpg"


def say(browser: Client, to: str, text: str, key: str = "") -> dict[str, Any]:
    body = {"text": text, "client_msg_id": key or next(KEYS)}
    status, message = browser.api("POST", f"/chats/{to}/messages", body)
    assert status in (200, 201), message
    return dict(message)


def history(browser: Client, of: str, query: str = "") -> list[dict[str, Any]]:
    status, page = browser.api("GET", f"/chats/{of}/messages{query}")
    assert status == 200, page
    return list(page["items"])


# -- messages --------------------------------------------------------------------------------------


def test_a_message_is_stored_once_and_read_by_both(client: Client, hers: Client) -> None:
    sent = say(client, "ann", " Hi\r\nthere ", "one")
    again = client.api(
        "POST", "/chats/ann/messages", {"text": "something else", "client_msg_id": "one"}
    )
    assert again == (200, sent)
    assert (sent["from"], sent["to"], sent["text"], sent["seq"]) == ("bob", "ann", "Hi\nthere", 1)
    assert sent["client_msg_id"] == "one"
    assert history(hers, "bob") == [sent | {"client_msg_id": None}]


def test_history_goes_back_ten_at_a_time_and_forward_from_a_number(client: Client) -> None:
    for number in range(1, 24):
        say(client, "ann", str(number))
    _, newest = client.api("GET", "/chats/ann/messages")
    assert [one["seq"] for one in newest["items"]] == list(range(23, 13, -1))
    _, older = client.api("GET", f"/chats/ann/messages?before={newest['next']}")
    assert [one["seq"] for one in older["items"]] == list(range(13, 3, -1))
    _, oldest = client.api("GET", f"/chats/ann/messages?before={older['next']}")
    assert [one["seq"] for one in oldest["items"]] == [3, 2, 1]
    assert oldest["next"] is None
    _, first = client.api("GET", "/chats/ann/messages?since=0&limit=20")
    assert [one["seq"] for one in first["items"]] == list(range(1, 21))
    _, rest = client.api("GET", f"/chats/ann/messages?since={first['next']}")
    assert [one["seq"] for one in rest["items"]] == [21, 22, 23]
    assert rest["next"] is None


@pytest.mark.parametrize(
    ("query", "fields"),
    [
        ("since=1&before=3", {"since": "too_many"}),
        ("before=x", {"before": "bad_format"}),
        ("before=-1&limit=0", {"before": "bad_format", "limit": "bad_format"}),
        ("limit=11", {"limit": "bad_format"}),
        ("since=0&limit=51", {"limit": "bad_format"}),
        ("since=99999999999", {"since": "bad_format"}),
    ],
)
def test_a_window_that_cannot_be_is_refused(
    client: Client, ann: Person, query: str, fields: dict[str, str]
) -> None:
    answer = client.api("GET", f"/chats/ann/messages?{query}")
    assert fields_of(answer) == (422, fields)


@pytest.mark.parametrize(
    ("body", "fields"),
    [
        ({"text": "Hi"}, {"client_msg_id": "required"}),
        ({"text": "Hi", "client_msg_id": "a b"}, {"client_msg_id": "bad_format"}),
        ({"text": "Hi", "client_msg_id": "a" * 65}, {"client_msg_id": "too_long"}),
        ({"text": " \u200b ", "client_msg_id": "a"}, {"text": "required"}),
        ({"text": "a" * 2_001, "client_msg_id": "a"}, {"text": "too_long"}),
        ({"text": "Hi", "post_id": "1", "client_msg_id": "a"}, {"text": "too_many"}),
        ({"post_id": "999999999", "client_msg_id": "a"}, {"post_id": "unknown"}),
        ({"image": "nothing", "client_msg_id": "a"}, {"image": "unknown"}),
        ({"image": "999999999", "client_msg_id": "a"}, {"image": "unknown"}),
        ({"text": "Hi", "client_msg_id": "a", "from": "ann"}, {"from": "unknown"}),
    ],
)
def test_what_is_no_message_names_its_field_and_stores_nothing(
    client: Client, ann: Person, body: dict[str, str], fields: dict[str, str]
) -> None:
    assert fields_of(client.api("POST", "/chats/ann/messages", body)) == (422, fields)
    assert history(client, "ann") == []


def test_2000_characters_fit(client: Client, ann: Person) -> None:
    assert say(client, "ann", "가" * 2_000)["text"] == "가" * 2_000


def test_nobody_writes_to_themselves_or_to_nobody(client: Client, bob: Person) -> None:
    body = {"text": "Hi", "client_msg_id": "a"}
    assert client.api("POST", "/chats/bob/messages", body)[0] == 409
    assert client.api("POST", "/chats/nobody.here/messages", body)[0] == 404
    assert client.api("GET", "/chats/deleted-999999999/messages")[0] == 404
    assert client.api("GET", "/chats/bob")[0] == 404


def test_who_takes_messages_from_whom_they_follow_refuses_others(
    client: Client, ann: Person, bob: Person
) -> None:
    users.update_profile(ann.id, {"messages_from": "following"})
    body = {"text": "Hi", "client_msg_id": "a"}
    status, refused = client.api("POST", "/chats/ann/messages", body)
    assert (status, refused["error"]["code"]) == (403, "messages_closed")
    assert client.api("GET", "/chats/ann")[1]["may_send"] is False
    make_follow(ann, bob)
    assert client.api("POST", "/chats/ann/messages", body)[0] == 201


# -- conversations ---------------------------------------------------------------------------------


def test_a_conversation_is_there_before_its_first_message(client: Client, hers: Client) -> None:
    status, chat = client.api("GET", "/chats/ann")
    assert status == 200
    assert (chat["last_message"], chat["unread_count"], chat["request"]) == (None, 0, "none")
    assert chat["may_send"] is True
    assert chat["with"]["username"] == "ann"
    assert (
        chat["id"] == hers.api("GET", "/chats/bob")[1]["id"] == say(client, "ann", "Hi")["chat_id"]
    )
    assert client.api("GET", "/chats")[1]["items"][0]["id"] == chat["id"]


def test_a_stranger_arrives_as_a_request_until_it_is_accepted(client: Client, hers: Client) -> None:
    say(client, "ann", "Hi")
    assert client.api("GET", "/chats/ann")[1]["request"] == "outgoing"
    assert hers.api("GET", "/chats")[1]["items"] == []
    (waiting,) = hers.api("GET", "/chats?box=requests")[1]["items"]
    assert (waiting["request"], waiting["unread_count"]) == ("incoming", 1)
    assert hers.api("GET", "/me")[1]["unread"]["messages"] == 1
    status, accepted = hers.api("PUT", "/chats/bob/accept")
    assert (status, accepted["request"]) == (200, "none")
    assert hers.api("GET", "/chats?box=requests")[1]["items"] == []
    assert [one["with"]["username"] for one in hers.api("GET", "/chats")[1]["items"]] == ["bob"]
    assert client.api("GET", "/chats/ann")[1]["request"] == "none"


def test_answering_or_following_accepts(client: Client, hers: Client, ann: Person) -> None:
    say(client, "ann", "Hi")
    say(hers, "bob", "Hello")
    assert hers.api("GET", "/chats/bob")[1]["request"] == "none"


def test_following_accepts_what_waits(
    client: Client, hers: Client, ann: Person, bob: Person, drain: Callable[[], int]
) -> None:
    say(client, "ann", "Hi")
    follows.follow(bob.id, by=ann.id)
    assert hers.api("GET", "/chats/bob")[1]["request"] == "none"
    drain()
    assert len(hers.api("GET", "/chats")[1]["items"]) == 1
    follows.unfollow(bob.id, by=ann.id)
    assert hers.api("GET", "/chats/bob")[1]["request"] == "none"


def test_to_delete_hides_what_there_is_and_a_later_message_opens_it_again(
    client: Client, hers: Client
) -> None:
    say(client, "ann", "Hi")
    assert hers.api("DELETE", "/chats/bob")[0] == 204
    assert hers.api("DELETE", "/chats/bob")[0] == 204
    assert hers.api("GET", "/chats?box=requests")[1]["items"] == []
    assert hers.api("GET", "/chats/bob")[1]["last_message"] is None
    assert history(hers, "bob") == []
    assert len(history(client, "ann")) == 1
    say(client, "ann", "Again")
    (waiting,) = hers.api("GET", "/chats?box=requests")[1]["items"]
    assert (waiting["unread_count"], waiting["last_message"]["text"]) == (1, "Again")
    assert [one["seq"] for one in history(hers, "bob")] == [2]
    assert [one["seq"] for one in history(hers, "bob", "?since=0")] == [2]


def test_a_muted_conversation_does_not_count(client: Client, hers: Client) -> None:
    say(client, "ann", "Hi")
    assert hers.api("PUT", "/chats/bob/mute")[1]["is_muted"] is True
    assert hers.api("GET", "/me")[1]["unread"]["messages"] == 0
    assert hers.api("GET", "/users/bob")[1]["viewer"]["muted"] == ["chat"]
    assert hers.api("DELETE", "/chats/bob/mute")[1]["is_muted"] is False
    assert hers.api("GET", "/me")[1]["unread"]["messages"] == 1


def test_a_blocked_conversation_is_hidden_for_both_and_comes_back(
    client: Client, hers: Client, ann: Person, bob: Person
) -> None:
    first = say(client, "ann", "Hi")
    say(hers, "bob", "Hello")
    blocks.block(bob.id, by=ann.id)
    body = {"text": "Hi", "client_msg_id": "late"}
    for browser, other in ((client, "ann"), (hers, "bob")):
        assert browser.api("GET", "/chats")[1]["items"] == []
        assert browser.api("GET", f"/chats/{other}")[0] == 404
        assert browser.api("GET", f"/chats/{other}/messages")[0] == 404
        assert browser.api("POST", f"/chats/{other}/messages", body)[0] == 404
        assert browser.api("PUT", f"/chats/{other}/read", {"up_to": 2})[0] == 404
        assert browser.api("GET", "/me")[1]["unread"]["messages"] == 0
    assert client.api("DELETE", f"/messages/{first['id']}")[0] == 404
    blocks.unblock(bob.id, by=ann.id)
    assert [one["text"] for one in history(client, "ann")] == ["Hello", "Hi"]
    assert client.api("GET", "/me")[1]["unread"]["messages"] == 1


# -- reading ---------------------------------------------------------------------------------------


def test_cursors_go_forward_only_and_never_past_the_last(client: Client, hers: Client) -> None:
    for number in range(3):
        say(client, "ann", str(number))
    hers.api("PUT", "/chats/bob/accept")
    for up_to, reached in ((2, 2), (1, 2), (99, 3), (0, 3)):
        status, found = hers.api("PUT", "/chats/bob/read", {"up_to": up_to})
        assert (status, found["with"], found["up_to"]) == (200, "bob", reached)
    assert (found["count"], found["total"]) == (0, 0)
    assert client.api("GET", "/chats/ann")[1]["their_read_up_to"] == 3


@pytest.mark.parametrize("up_to", [-1, "1", True, None, 1.5])
def test_what_is_no_number_of_a_message_is_refused(
    hers: Client, client: Client, up_to: Any
) -> None:
    say(client, "ann", "Hi")
    assert fields_of(hers.api("PUT", "/chats/bob/read", {"up_to": up_to}))[0] == 422
    assert hers.api("GET", "/chats/bob")[1]["unread_count"] == 1


@pytest.mark.parametrize("who", ["ann", "bob"])
def test_without_receipts_on_both_sides_nobody_sees_any(
    client: Client, hers: Client, ann: Person, bob: Person, who: str
) -> None:
    say(client, "ann", "Hi")
    say(hers, "bob", "Hello")
    assert client.api("GET", "/chats/ann")[1]["their_read_up_to"] == 2
    person = {"ann": ann, "bob": bob}[who]
    users.update_profile(person.id, {"sends_receipts": False})
    assert client.api("GET", "/chats/ann")[1]["their_read_up_to"] is None
    assert hers.api("GET", "/chats/bob")[1]["their_read_up_to"] is None


def test_who_previews_a_request_sends_no_receipt(client: Client, hers: Client) -> None:
    say(client, "ann", "Hi")
    hers.api("PUT", "/chats/bob/read", {"up_to": 1})
    assert client.api("GET", "/chats/ann")[1]["their_read_up_to"] is None


# -- taking back -----------------------------------------------------------------------------------


def test_an_unsent_message_is_a_stub_for_both_and_no_more_unread(
    client: Client, hers: Client
) -> None:
    sent = say(client, "ann", "Hi")
    assert hers.api("DELETE", f"/messages/{sent['id']}")[0] == 403
    for _ in range(2):
        assert client.api("DELETE", f"/messages/{sent['id']}")[0] == 204
    for browser, other in ((client, "ann"), (hers, "bob")):
        (stub,) = history(browser, other)
        assert (stub["is_deleted"], stub["text"], stub["seq"]) == (True, "", 1)
    assert hers.api("GET", "/me")[1]["unread"]["messages"] == 0
    again = {"text": "Hi", "client_msg_id": sent["client_msg_id"]}
    assert client.api("POST", "/chats/ann/messages", again)[1]["is_deleted"] is True


def test_a_message_of_others_is_not_there(client: Client, client_for: Any) -> None:
    sent = say(client, "ann", "Hi")
    cat = client_for(make_user("cat"))
    for message_id in (sent["id"], "1", str(2**63 - 1), "x"):
        assert cat.api("DELETE", f"/messages/{message_id}")[0] == 404


# -- posts and pictures ----------------------------------------------------------------------------


def test_a_post_is_a_card_for_who_may_see_it(
    client: Client, hers: Client, ann: Person, bob: Person
) -> None:
    post = make_post(author=bob, caption="Look at #this")
    body = {"post_id": str(post.id), "client_msg_id": "a"}
    status, sent = client.api("POST", "/chats/ann/messages", body)
    assert status == 201
    card = sent["post"]
    assert (card["available"], card["text"], card["author"]["username"]) == (
        True,
        "Look at #this",
        "bob",
    )
    users.update_profile(bob.id, {"is_private": True})
    (seen,) = history(hers, "bob")
    assert seen["post"] == {
        "id": str(post.id),
        "available": False,
        "author": None,
        "thumb_url": None,
        "text": "",
    }


def test_a_picture_is_seen_by_both_until_it_is_unsent(
    client: Client,
    hers: Client,
    anonymous: Client,
    client_for: Any,
    drain: Callable[[], int],
    mode: str,
) -> None:
    parts = multipart(image=picture(), alt="A boat", client_msg_id="a")
    status, sent = client.api("POST", "/chats/ann/messages", **parts)
    state = "processing" if mode == "full" else "ready"
    assert (status, sent["image"]["state"], sent["image"]["alt"]) == (201, state, "A boat")
    drain()
    (seen,) = history(hers, "bob")
    url = seen["image"]["url"]
    assert seen["image"]["state"] == "ready"
    assert [browser.get(url).status_code for browser in (client, hers)] == [200, 200]
    stranger = client_for(make_user("cat"))
    assert [browser.get(url).status_code for browser in (stranger, anonymous)] == [404, 404]
    client.api("DELETE", f"/messages/{sent['id']}")
    assert [browser.get(url).status_code for browser in (client, hers)] == [404, 404]


def test_an_uploaded_picture_is_of_one_message_of_its_owner(client: Client, hers: Client) -> None:
    status, image = client.api("POST", "/media", **multipart(image=picture(), alt=""))
    assert (status, image["state"]) == (201, "processing")
    body = {"image": image["id"], "client_msg_id": "a"}
    assert fields_of(hers.api("POST", "/chats/bob/messages", body)) == (422, {"image": "unknown"})
    status, sent = client.api("POST", "/chats/ann/messages", body)
    assert (status, sent["image"]["id"]) == (201, image["id"])
    assert client.api("POST", "/chats/ann/messages", body) == (200, sent)
    other = {"image": image["id"], "client_msg_id": "b"}
    assert fields_of(client.api("POST", "/chats/ann/messages", other))[0] == 422
