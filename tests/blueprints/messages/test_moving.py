"""What people read while messages are moved to another home: all of it, and why none is taken."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import update

from pigeon.extensions import db
from pigeon.models import UserModel
from pigeon.services.users import users
from pigeon.stores import messages_gate as gate
from pigeon.unit_of_work import unit_of_work
from tests.factories import Person, make_follow, make_user
from tests.harness import children
from tests.harness.clients import Client
from tests.harness.rows import rows_of

WORDS = {
    "en": "Messages are being moved. Try again in a minute.",
    "ko": "메시지를 옮기고 있어요. 1분 뒤에 다시 시도해 주세요.",
}
CALLS = [
    ("POST", "/chats/bob/messages", {"text": "late", "client_msg_id": "late"}),
    ("POST", "/chats/cat/messages", {"text": "first", "client_msg_id": "first"}),
    ("PUT", "/chats/bob/read", {"up_to": 1}),
    ("PUT", "/chats/bob/accept", None),
    ("DELETE", "/chats/bob", None),
]


@pytest.fixture
def ann(app: Any) -> Person:
    return make_user("ann")


@pytest.fixture
def hers(client_for: Callable[[Person], Client], ann: Person) -> Client:
    """Ann's browser; bob has written to her, and she to him."""
    bob = make_user("bob")
    make_user("cat")
    make_follow(ann, bob)
    make_follow(bob, ann)
    his, hers = client_for(bob), client_for(ann)
    his.api("POST", "/chats/ann/messages", {"text": "hello", "client_msg_id": "1"})
    hers.api("POST", "/chats/bob/messages", {"text": "coo", "client_msg_id": "2"})
    return hers


@pytest.mark.parametrize("language", ["en", "ko"])
def test_whatever_writes_is_refused_for_a_while_and_says_why(
    hers: Client, ann: Person, language: str
) -> None:
    with unit_of_work() as uow:
        db.session.execute(update(UserModel).values(language=language))
        users.changed(uow, ann.id)
    _, before = hers.api("GET", "/chats/bob/messages")
    gate.close("one")
    for method, path, body in CALLS:
        status, answer = hers.api(method, path, body)
        assert (status, hers.last.headers["Retry-After"]) == (503, "15"), path
        refusal = {"code": "unavailable", "message": WORDS[language], "fields": {}}
        assert answer["error"] == refusal
    mine = before["items"][0]["id"]
    assert hers.api("DELETE", f"/messages/{mine}")[0] == 503
    assert hers.api("GET", "/chats/bob/messages") == (200, before)
    assert hers.get("/messages").status_code == 200
    gate.abort()
    assert hers.api("POST", CALLS[0][1], CALLS[0][2])[0] == 201


def test_a_form_keeps_what_was_typed_and_says_why(hers: Client) -> None:
    gate.close("one")
    assert hers.get("/messages/bob").status_code == 200
    refused = hers.form("/messages/bob", text="a long letter", client_msg_id="late")
    page = refused.get_data(as_text=True)
    assert refused.status_code == 503
    assert "a long letter" in page
    assert WORDS["en"] in page


def test_what_somebody_said_who_withdraws_is_erased_later(
    hers: Client, ann: Person, drain: Callable[[], int]
) -> None:
    """The job waits as for any store that is away, and is none that failed."""
    gate.close("one")
    assert hers.api("DELETE", "/me", {"password": ann.password})[0] == 202
    drain()
    waiting = "SELECT state, failures FROM outbox WHERE job = 'messages.erase'"
    assert rows_of(waiting) == [("ready", 0)]
    said = "SELECT count(*) FROM messages WHERE text = 'coo'"
    assert rows_of(said) == [(1,)]
    gate.abort()
    children.wait_until(lambda: drain() and rows_of(said) == [(0,)], what="the job again")
    drain()
    assert rows_of(waiting) == []
