from __future__ import annotations

from collections.abc import Callable
from email.message import EmailMessage
from typing import Any

import pytest
from flask import Flask

from tests.factories import make_user
from tests.factories.people import PASSWORD
from tests.harness.clients import fields_of
from tests.harness.outside import link_in

SIGN_UP = {
    "email": "ann@example.org",
    "username": "ann",
    "display_name": "Ann",
    "password": PASSWORD,
}
NEW_PASSWORD = "quite another pigeon 8"
ME = {
    *("id", "username", "display_name", "avatar_url", "viewer", "bio", "pronouns", "link"),
    *("avatar", "is_private", "post_count", "follower_count", "following_count", "email"),
    *(
        "pending_email",
        "has_password",
        "role",
        "status",
        "language",
        "theme",
        "time_zone",
        "is_discoverable",
    ),
    *("shows_activity", "sends_receipts", "saves_searches", "messages_from", "notify", "unread"),
}
Mails = Callable[[], list[EmailMessage]]


def token_in(message: EmailMessage) -> str:
    return link_in(message).rpartition("/")[2]


@pytest.mark.both_modes
@pytest.mark.both_databases
def test_from_sign_up_to_withdrawal(
    app: Flask, anonymous: Any, mails: Mails, drain: Callable[[], None], mode: str
) -> None:
    api = anonymous.api
    assert api("POST", "/auth/signup", SIGN_UP) == (202, {"email": "ann@example.org"})
    assert api("GET", "/me")[0] == 401
    status, me = api("POST", "/auth/confirm", {"token": token_in(mails()[0])})
    assert status == 200 and set(me) == ME and me["username"] == "ann"
    assert api("GET", "/me") == (200, me)
    assert api("POST", "/auth/logout") == (204, None)
    assert api("POST", "/auth/logout") == (204, None)
    assert api("GET", "/me")[0] == 401
    assert api("POST", "/auth/login", {"login": "ann", "password": PASSWORD}) == (200, me)
    assert api("DELETE", "/me", {"password": "guessed"})[0] == 422
    assert api("DELETE", "/me", {"password": PASSWORD}) == (202, {})
    assert api("GET", "/me")[0] == 401
    drain()
    assert api("GET", "/users/ann")[0] == 404


def test_confirm_says_what_is_wrong(app: Flask, anonymous: Any, mails: Mails) -> None:
    anonymous.api("POST", "/auth/signup", SIGN_UP)
    token = token_in(mails()[0])
    make_user("ann", email="other@example.org")
    answer = anonymous.api("POST", "/auth/confirm", {"token": token})
    assert fields_of(answer) == (422, {"username": "taken"})
    answer = anonymous.api("POST", "/auth/confirm", {"token": token, "username": "annie"})
    assert answer[0] == 200
    answer = anonymous.api("POST", "/auth/confirm", {"token": token})
    assert fields_of(answer) == (422, {"token": "expired"})


def test_forgotten_and_set_anew(app: Flask, anonymous: Any, mails: Mails) -> None:
    make_user("ann")
    assert anonymous.api("POST", "/auth/password/forgot", {"email": "ann@example.org"}) == (202, {})
    token = token_in(mails()[0])
    body = {"token": token, "password": NEW_PASSWORD}
    assert anonymous.api("POST", "/auth/password/reset", body) == (204, None)
    assert anonymous.api("GET", "/me")[0] == 401
    answer = anonymous.api("POST", "/auth/password/reset", body)
    assert fields_of(answer) == (422, {"token": "expired"})
    body = {"login": "ann", "password": NEW_PASSWORD}
    assert anonymous.api("POST", "/auth/login", body)[0] == 200


@pytest.mark.parametrize(
    ("path", "body", "fields"),
    [
        ("/auth/signup", {}, dict.fromkeys(SIGN_UP, "required")),
        ("/auth/signup", {**SIGN_UP, "role": "admin"}, {"role": "unknown"}),
        ("/auth/signup", {**SIGN_UP, "email": ["a@b.test", "c@d.test"]}, {"email": "bad_format"}),
        ("/auth/signup", {**SIGN_UP, "username": "me"}, {"username": "reserved"}),
        ("/auth/signup", {**SIGN_UP, "username": "x" * 31}, {"username": "too_long"}),
        ("/auth/signup", {**SIGN_UP, "display_name": "x" * 51}, {"display_name": "too_long"}),
        ("/auth/signup", {**SIGN_UP, "password": "x" * 257}, {"password": "too_long"}),
        (
            "/auth/signup",
            {**SIGN_UP, "email": "a@b.test\r\nBcc: c@d.test"},
            {"email": "bad_format"},
        ),
        ("/auth/login", {"login": "ann"}, {"password": "required"}),
        ("/auth/login", {"login": 1, "password": "x"}, {"login": "bad_format"}),
        ("/auth/password/forgot", {"email": "ann"}, {"email": "bad_format"}),
        ("/auth/password/forgot", {"email": {"to": "a@b.test"}}, {"email": "bad_format"}),
        ("/auth/password/forgot", {"email": "a@b.test,c@d.test"}, {"email": "bad_format"}),
        ("/auth/confirm/resend", {"email": ""}, {"email": "required"}),
        ("/auth/password/reset", {"token": "x", "password": "x"}, {"token": "expired"}),
    ],
)
def test_bad_bodies_name_their_fields(
    app: Flask, anonymous: Any, path: str, body: Any, fields: dict[str, str]
) -> None:
    assert fields_of(anonymous.api("POST", path, body)) == (422, fields)


@pytest.mark.env(REGISTRATION="closed")
def test_closed_registration(app: Flask, anonymous: Any) -> None:
    status, body = anonymous.api("POST", "/auth/signup", SIGN_UP)
    assert (status, body["error"]["code"]) == (403, "registration_closed")


def test_a_program_with_a_token_needs_no_csrf_token(app: Flask, token_client: Any) -> None:
    ann = make_user("ann")
    program = token_client(ann)
    assert program.api("PATCH", "/me", {"bio": "flies"})[1]["bio"] == "flies"
    assert program.api("POST", "/auth/logout")[0] == 204
    assert program.api("GET", "/me")[0] == 200


def test_me_is_changed_by_the_given_fields_only(app: Flask, client_for: Any) -> None:
    client = client_for(make_user("ann"))
    before = client.api("GET", "/me")[1]
    changes = {"bio": "over the roofs", "link": "https://pigeon.test/", "theme": "dark"}
    status, after = client.api("PATCH", "/me", changes)
    assert status == 200 and after == before | changes
    assert client.api("PATCH", "/me", {})[1] == after
    answer = client.api("PATCH", "/me", {"email": "x@y.test", "bio": 7, "is_private": "yes"})
    assert fields_of(answer) == (
        422,
        {"email": "unknown", "bio": "bad_format", "is_private": "bad_format"},
    )
