"""Somebody who is suspended is shut out, and nobody to others, until they are let in again."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from pigeon.domain.errors import Forbidden, Invalid, NotFound, Unauthenticated
from pigeon.models import HeldUsername, SessionModel
from pigeon.services.accounts import changes as accounts_changes
from pigeon.services.accounts import links, logins, oidc, recovery, sessions, signups
from pigeon.services.likes import likes
from pigeon.services.users import suspensions, users
from tests.factories import Person, make_comment, make_follow, make_post, make_user
from tests.harness.clients import Client
from tests.harness.context import concurrently
from tests.harness.mailed import NOBODY, Mails, codes, form, reset_token, token_in
from tests.harness.rows import count

pytestmark = pytest.mark.no_second_look
NEW_PASSWORD = "quite another pigeon 8"
IDENTITY = oidc.Identity(issuer="https://id.test", subject="7", email="oda@example.org", name="Oda")


@pytest.fixture
def ann(app: Flask) -> Person:
    return make_user("ann")


def refusal_of(action: Callable[[], Any]) -> str:
    with pytest.raises((Unauthenticated, Forbidden)) as error:
        action()
    return error.value.code


# -- shut out --------------------------------------------------------------------------------------


def test_everything_that_was_open_ends_and_stays_ended(ann: Person) -> None:
    ben = make_user("ben")
    tokens = [sessions.start(ann.id, caller=NOBODY), sessions.create_token(ann.id)]
    other = sessions.start(ben.id, caller=NOBODY)
    assert all(map(sessions.find, tokens))
    for _ in "12":
        suspensions.suspend(ann.id)
    assert not any(map(sessions.find, tokens)) and sessions.find(other)
    assert count(SessionModel) == 1
    for _ in "12":
        suspensions.unsuspend(ann.id)
    assert not any(map(sessions.find, tokens))
    assert logins.log_in("ann", ann.password, caller=NOBODY)


def test_only_the_right_password_hears_why(ann: Person) -> None:
    suspensions.suspend(ann.id)
    for login in ("ann", "ann@example.org"):
        right = refusal_of(lambda login=login: logins.log_in(login, ann.password, caller=NOBODY))
        wrong = refusal_of(lambda login=login: logins.log_in(login, "guessed", caller=NOBODY))
        assert (right, wrong) == ("suspended", "wrong_credentials")
    assert count(SessionModel) == 0


def test_a_log_in_at_the_same_moment_does_not_survive_it(app: Flask, ann: Person) -> None:
    def log_in() -> str:
        return logins.log_in("ann", ann.password, caller=NOBODY)

    done = concurrently(app, [log_in, lambda: suspensions.suspend(ann.id), log_in])
    assert not [one for one in done if isinstance(one, str) and sessions.find(one)]
    assert count(SessionModel) == 0


def test_a_provider_does_not_let_them_in(app: Flask) -> None:
    user_id = oidc.sign_up(
        IDENTITY, username="oda", display_name="Oda", invite=None, language="en", caller=NOBODY
    )
    assert oidc.find_user(IDENTITY) == user_id
    suspensions.suspend(user_id)
    assert refusal_of(lambda: oidc.find_user(IDENTITY)) == "suspended"
    assert refusal_of(lambda: oidc.log_in(user_id, caller=NOBODY)) == "wrong_credentials"
    assert oidc.find_problem(IDENTITY) == "taken"
    suspensions.unsuspend(user_id)
    assert oidc.find_user(IDENTITY) == user_id


def test_mailed_links_do_not_let_them_in(ann: Person, mails: Mails) -> None:
    token = reset_token(mails)
    accounts_changes.change_email(
        ann.id, email="new@example.org", password=ann.password, caller=NOBODY
    )
    moving = token_in(mails()[-1])
    suspensions.suspend(ann.id)
    assert recovery.find_names(token) is None and links.find(moving, caller=NOBODY) is None
    for use in (
        lambda: recovery.reset(token, NEW_PASSWORD, caller=NOBODY),
        lambda: links.confirm(moving, caller=NOBODY),
    ):
        with pytest.raises(Invalid) as error:
            use()
        assert codes(error) == {"token": "expired"}
    before = len(mails())
    recovery.forgot(ann.email, caller=NOBODY)
    assert len(mails()) == before, "none is mailed either"
    assert refusal_of(lambda: logins.log_in("ann", NEW_PASSWORD, caller=NOBODY)) != "suspended"


def test_name_and_address_stay_theirs(ann: Person, mails: Mails) -> None:
    suspensions.suspend(ann.id)
    with pytest.raises(Invalid) as error:
        signups.sign_up(form(email="x@example.org"), caller=NOBODY)
    assert codes(error) == {"username": "taken"}
    signups.sign_up(form(username="other"), caller=NOBODY)
    assert "/confirm/" not in str(mails()[-1].get_body(("plain",))), "the address has an owner"


def test_they_cannot_withdraw(ann: Person, client_for: Any) -> None:
    client = client_for(ann)
    body, headers = {"password": ann.password}, {"X-CSRFToken": client.csrf()}
    suspensions.suspend(ann.id)
    assert client.delete("/api/v1/me", json=body, headers=headers).status_code == 401
    with pytest.raises(NotFound):
        accounts_changes.withdraw(
            ann.id, password=ann.password, fresh_identity=False, caller=NOBODY
        )
    assert count(HeldUsername) == 0
    suspensions.unsuspend(ann.id)
    assert users.get_card("ann", None).id == ann.id


def test_who_left_is_not_suspended(ann: Person) -> None:
    accounts_changes.withdraw(ann.id, password=ann.password, fresh_identity=False, caller=NOBODY)
    for change in (suspensions.suspend, suspensions.unsuspend):
        for user_id in (ann.id, 10**9):
            with pytest.raises(NotFound):
                change(user_id)


# -- nobody to others ------------------------------------------------------------------------------


@pytest.mark.both_modes
def test_what_they_posted_is_hidden_at_once_and_shows_again(
    ann: Person, mode: str, client_for: Callable[[Person], Client], drain: Callable[[], int]
) -> None:
    """Hidden before any job has run, whatever caches hold."""
    ben, cat = make_user("ben"), make_user("cat")
    make_follow(ben, ann)
    make_follow(ann, cat)
    post, other = make_post(ann, caption="hello #sky @ben", images=1), make_post(cat)
    said = make_comment(other, ann, text="coocoo")
    likes.set_liked(likes.POSTS, other.id, by=ann.id, on=True)
    reader = client_for(ben)
    drain()
    picture = reader.api("GET", f"/posts/{post.id}")[1]["images"][0]["url"]

    def seen() -> dict[str, Any]:
        """Who and what ben finds of ann, by the door."""

        def ids(path: str) -> list[str]:
            status, body = reader.api("GET", path)
            assert status == 200, (path, body)
            return [row.get("username") or row["id"] for row in body["items"]]

        return {
            "profile": reader.api("GET", "/users/ann")[0],
            "page": reader.get("/u/ann").status_code,
            "post": reader.api("GET", f"/posts/{post.id}")[0],
            "picture": reader.get(picture).status_code,
            "timeline": str(post.id) in ids("/timeline"),
            "tag": str(post.id) in ids("/tags/sky/posts"),
            "comments": str(said.id) in ids(f"/posts/{other.id}/comments"),
            "likers": "ann" in ids(f"/posts/{other.id}/likers"),
            "notifications": "ann" in reader.get("/api/v1/notifications").text,
            "home": f'id="post-{post.id}"' in reader.get("/").text,
            "discussion": "coocoo" in reader.get(f"/p/{other.id}/comments?fragment=1").text,
            "mutuals": reader.api("GET", "/users/cat")[1]["viewer"]["mutuals"]["count"] == 1,
            "following": "ann" in ids("/users/ben/following"),
            "search": "ann" in ids("/search/users?q=ann"),
        }

    before = seen()
    assert [door for door, found in before.items() if found not in (200, True)] == []
    suspensions.suspend(ann.id)
    for _ in "12":
        assert {door for door, found in seen().items() if found not in (404, False)} == set()
        drain()
    suspensions.unsuspend(ann.id)
    drain()
    assert seen() == before
