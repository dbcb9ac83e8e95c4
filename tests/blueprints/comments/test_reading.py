"""A new comment as it is read, from JSON and from a form: its faults, and its key."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import func, select

from pigeon.domain import limits
from pigeon.extensions import db
from pigeon.models import CommentModel
from tests.factories import Commented, Person, Posted


def rows() -> int:
    db.session.rollback()
    return db.session.scalar(select(func.count()).select_from(CommentModel)) or 0


def code(answer: tuple[int, Any]) -> tuple[int, str]:
    return answer[0], answer[1]["error"]["code"]


@pytest.mark.parametrize(
    ("body", "fields"),
    [
        ({}, {"text"}),
        ({"text": " "}, {"text"}),
        ({"text": 7}, {"text"}),
        ({"text": "x" * (limits.COMMENT + 1)}, {"text"}),
        ({"text": "x", "parent_id": "1"}, {"parent_id"}),
        ({"text": "x", "post_id": "1", "created_at": "now"}, {"post_id", "created_at"}),
    ],
)
def test_every_fault_is_named(
    client_for: Any,
    post: Posted,
    comment: Commented,
    bob: Person,
    body: dict[str, Any],
    fields: set[str],
) -> None:
    client = client_for(bob)
    for method, path in (
        ("POST", f"/posts/{post.id}/comments"),
        ("POST", f"/comments/{comment.id}/replies"),
        ("PATCH", f"/comments/{comment.id}"),
    ):
        if method == "PATCH" and not body:
            continue  # it changes what is given
        status, answer = client.api(method, path, body)
        assert (status, set(answer["error"]["fields"])) == (422, fields)
    assert rows() == 1


def test_a_key_that_cannot_be_one_is_named_with_the_rest(
    client_for: Any, post: Posted, bob: Person
) -> None:
    headers = {"Idempotency-Key": "k" * (limits.IDEMPOTENCY_KEY + 1)}
    answer = client_for(bob).api(
        "POST", f"/posts/{post.id}/comments", {"text": ""}, headers=headers
    )
    assert (answer[0], set(answer[1]["error"]["fields"])) == (422, {"text", "idempotency_key"})


@pytest.mark.no_second_look
def test_the_same_key_and_body_have_the_same_answer(
    client_for: Any, post: Posted, comment: Commented, bob: Person, ann: Person
) -> None:
    client, key = client_for(bob), {"Idempotency-Key": "k-1"}
    path = f"/posts/{post.id}/comments"
    first = client.api("POST", path, {"text": "once"}, headers=key)
    assert first[0] == 201 and client.api("POST", path, {"text": "once"}, headers=key) == first
    for other_path, text in ((path, "twice"), (f"/comments/{comment.id}/replies", "once")):
        refused = client.api("POST", other_path, {"text": text}, headers=key)
        assert code(refused) == (409, "idempotency_conflict")
    assert code(client.api("POST", "/posts", {"caption": "once"}, headers=key))[0] == 409
    assert client_for(ann).api("POST", path, {"text": "once"}, headers=key)[0] == 201
    assert rows() == 3


@pytest.mark.no_second_look
def test_a_form_sent_twice_is_one_comment_and_other_words_are_another(
    client_for: Any, post: Posted, bob: Person
) -> None:
    client = client_for(bob)
    for text in ("once", "once", "after Back"):
        answer = client.form(f"/p/{post.id}/comments", text=text, idempotency_key="of-this-page")
        assert answer.status_code == 303
    page = client.get(f"/api/v1/posts/{post.id}/comments").get_json()
    assert [comment["text"] for comment in page["items"]] == ["after Back", "once"]
