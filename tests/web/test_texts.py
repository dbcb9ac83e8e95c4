"""Texts far over their limit are refused at every door, before anything reads them."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from pigeon.domain import limits
from pigeon.extensions import db
from pigeon.models import CommentModel, MailedToken, PostModel, UserModel
from pigeon.services.users import users
from tests.factories import Person, make_comment, make_post, make_user
from tests.harness import pictures
from tests.harness.clients import Client
from tests.harness.forms import forms_of

MARKS = "a" + "\u0301\u0323" * 16
LONG = "a" * 100_000


@pytest.fixture
def ann(app: Flask) -> Person:
    return make_user("ann")


def count(model: Any) -> int:
    db.session.rollback()
    return db.session.scalar(select(func.count()).select_from(model)) or 0


def limits_of(answer: tuple[int, Any]) -> dict[str, int]:
    """The limit that each field was refused for."""
    status, body = answer
    assert status == 422
    assert {fault["code"] for fault in body["error"]["fields"].values()} == {"too_long"}
    return {name: fault["limit"] for name, fault in body["error"]["fields"].items()}


def test_a_text_is_told_the_limit_of_its_own_kind(app: Flask, ann: Person, client: Client) -> None:
    """A story, a message and a comment all say `text`, each with another limit."""
    make_user("ben")
    post = make_post(ann)
    for call, limit in (
        ("/stories", limits.STORY_TEXT),
        ("/chats/ben/messages", limits.MESSAGE),
        (f"/posts/{post.id}/comments", limits.COMMENT),
    ):
        assert limits_of(client.api("POST", call, {"text": LONG})) == {"text": limit}


@pytest.mark.parametrize("text", [MARKS, LONG], ids=["marks", "length"])
def test_strangers_are_told_every_text_that_is_too_long(
    app: Flask, anonymous: Client, text: str
) -> None:
    body = {"email": text, "username": text, "display_name": text, "password": text}
    assert limits_of(anonymous.api("POST", "/auth/signup", body)) == {
        "email": 254,
        "username": 30,
        "display_name": 50,
        "password": 256,
    }
    assert count(MailedToken) == 0
    login = {"login": text, "password": "right but late", "code": text}
    assert limits_of(anonymous.api("POST", "/auth/login", login)) == {
        "login": 254,
        "code": limits.TEXT,
    }
    assert limits_of(anonymous.api("POST", "/auth/confirm", {"token": text})) == {
        "token": limits.TEXT
    }


def test_a_text_too_long_is_named_beside_other_faults(app: Flask, anonymous: Client) -> None:
    status, body = anonymous.api("POST", "/auth/signup", {"email": LONG, "extra": 1})
    codes = {name: fault["code"] for name, fault in body["error"]["fields"].items()}
    assert (status, codes) == (
        422,
        {
            "email": "too_long",
            "extra": "unknown",
            **dict.fromkeys(("username", "display_name", "password"), "required"),
        },
    )


@pytest.mark.parametrize("text", [MARKS, LONG], ids=["marks", "length"])
def test_members_are_refused_and_nothing_is_stored(
    app: Flask, client_for: Callable[[Person], Client], ann: Person, text: str
) -> None:
    post, browser = make_post(ann), client_for(ann)
    comment = make_comment(post, ann)
    assert limits_of(browser.api("POST", "/posts", {"caption": text})) == {"caption": 2_200}
    assert limits_of(browser.api("PATCH", f"/posts/{post.id}", {"caption": text}))
    assert limits_of(browser.api("PATCH", f"/comments/{comment.id}", {"text": text}))
    assert limits_of(browser.api("POST", f"/posts/{post.id}/comments", {"text": text})) == {
        "text": 2_200
    }
    mine = {"bio": text, "link": text, "pronouns": text, "notify": {"like": text}, "theme": text}
    assert limits_of(browser.api("PATCH", "/me", mine)) == {
        "bio": 150,
        "link": 200,
        "pronouns": 30,
        "notify.like": limits.TEXT,
        "theme": limits.TEXT,
    }
    assert limits_of(browser.share(text, [pictures.jpeg()], [text])) == {
        "caption": 2_200,
        "alts.0": 1_000,
    }
    assert (count(PostModel), count(CommentModel)) == (1, 1)
    assert db.session.scalars(select(UserModel.bio)).all() == [""]


def test_honest_hangul_in_pieces_is_stored(
    app: Flask, client_for: Callable[[Person], Client], ann: Person
) -> None:
    caption = "한글" * (limits.CAPTION // 2)
    sent = unicodedata.normalize("NFD", caption)
    assert len(sent) == 6_600
    status, post = client_for(ann).api("POST", "/posts", {"caption": sent})
    assert (status, post["caption"]) == (201, caption)


@pytest.mark.parametrize("text", [MARKS, LONG], ids=["marks", "length"])
def test_what_is_asked_for_by_a_text_too_long_is_refused_or_not_there(
    app: Flask, client_for: Callable[[Person], Client], ann: Person, text: str
) -> None:
    browser = client_for(ann)
    asked = {"q": text, "before": text}
    assert limits_of(browser.api("GET", "/search/users", query_string={"q": text})) == {"q": 50}
    assert limits_of(browser.api("GET", "/search/suggest", query_string={"q": text})) == {"q": 50}
    assert limits_of(browser.api("GET", "/timeline", query_string=asked)) == {"before": limits.TEXT}
    page = browser.get("/people", query_string=asked)
    assert page.status_code == 422 and text[:1_200] in page.text
    for path in ("/users/{}", "/users/{}/posts", "/tags/{}/posts", "/posts/{}"):
        assert browser.api("GET", path.format(text))[0] == 404
    for path in ("/u/{}", "/tags/{}", "/p/{}", "/confirm/{}"):
        assert browser.get(path.format(text)).status_code == 404


def test_a_key_too_long_is_refused(
    app: Flask, client_for: Callable[[Person], Client], ann: Person
) -> None:
    post, browser = make_post(ann), client_for(ann)
    keyed: dict[str, Any] = {"headers": {"Idempotency-Key": "k" * 5_000}}
    for path, body in (("/posts", {"caption": "a"}), (f"/posts/{post.id}/comments", {"text": "a"})):
        assert limits_of(browser.api("POST", path, body, **keyed)) == {"idempotency_key": 64}


@pytest.mark.parametrize("text", [MARKS, LONG], ids=["marks", "length"])
def test_forms_keep_what_was_typed_and_say_the_limit(
    app: Flask, client_for: Callable[[Person], Client], ann: Person, text: str
) -> None:
    post, browser = make_post(ann), client_for(ann)
    comment = make_comment(post, ann)
    kept = text[: 4 * limits.BIO + 1_000]
    for path, field, limit in (
        ("/create", "caption", "2,200"),
        (f"/p/{post.id}/edit", "caption", "2,200"),
        (f"/p/{post.id}/comments", "text", "2,200"),
        (f"/comments/{comment.id}/replies", "text", "2,200"),
        (f"/comments/{comment.id}/edit", "text", "2,200"),
        ("/settings/profile", "bio", "150"),
    ):
        data = {"csrf_token": browser.csrf(), field: text}
        answer = browser.post(path, data=data, content_type="multipart/form-data")
        assert answer.status_code == 422, path
        assert kept in answer.text and limit in answer.text, path
        assert text == MARKS or len(answer.text) < 90_000
    assert (count(PostModel), count(CommentModel)) == (1, 1)


@pytest.mark.parametrize("text", [MARKS, LONG], ids=["marks", "length"])
def test_strangers_forms_keep_what_was_typed(app: Flask, anonymous: Client, text: str) -> None:
    for path, field, limit in (
        ("/login", "login", "254"),
        ("/signup", "display_name", "50"),
        ("/signup", "email", "254"),
        ("/password/forgot", "email", "254"),
    ):
        form = forms_of(anonymous.get(path).text)[path] | {field: text}
        answer = anonymous.post(path, data=form)
        assert answer.status_code == 422 and text[:1_200] in answer.text and limit in answer.text
    assert count(MailedToken) == 0


def test_a_service_refuses_by_itself_what_comes_in_by_no_door(app: Flask, ann: Person) -> None:
    result = app.test_cli_runner().invoke(
        args=["users", "create", MARKS, "--email", MARKS, "--password", "x", "--confirmed"]
    )
    assert result.exit_code == 1
    assert "username: too_long" in result.output and "email: too_long" in result.output
    assert users.ids_by_name.one(MARKS) is None


@pytest.mark.parametrize("name", ["k" * 50_000, MARKS * 100])
def test_the_long_name_of_a_field_is_not_repeated(
    app: Flask, client_for: Callable[[Person], Client], ann: Person, name: str
) -> None:
    status, body = client_for(ann).api("PATCH", "/me", {name: 1})
    assert status == 422
    assert [len(field) for field in body["error"]["fields"]] == [100]
