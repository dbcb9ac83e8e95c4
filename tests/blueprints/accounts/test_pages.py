from __future__ import annotations

from collections.abc import Callable
from email.message import EmailMessage
from typing import Any

import pytest
from flask import Flask

from pigeon.services.accounts import links
from pigeon.services.users import suspensions
from tests.factories import make_user
from tests.factories.people import PASSWORD
from tests.harness.outside import link_in

SIGN_UP = {
    "email": "ann@example.org",
    "username": "ann",
    "display_name": "Ann",
    "password": PASSWORD,
}
Mails = Callable[[], list[EmailMessage]]


def is_signed_in(client: Any) -> bool:
    return bool(client.api("GET", "/me")[0] == 200)


def test_sign_up_by_the_mailed_link(app: Flask, anonymous: Any, mails: Mails) -> None:
    page = anonymous.form("/signup", **SIGN_UP)
    assert page.status_code == 200 and "ann@example.org" in page.text
    path = link_in(mails()[0])
    assert path not in page.text, "who signs up with an address may not read its mailbox"
    page = anonymous.get(path)
    assert page.status_code == 200 and "@ann" in page.text
    assert 'name="password"' not in page.text, "this browser signed up"
    done = anonymous.form(path)
    assert (done.status_code, done.headers["Location"]) == (303, "/")
    assert is_signed_in(anonymous)
    assert anonymous.get("/login").status_code == 302


def test_a_refused_sign_up_keeps_everything_but_the_password(app: Flask, anonymous: Any) -> None:
    page = anonymous.form("/signup", **SIGN_UP | {"username": "admin", "password": "short <1>"})
    assert page.status_code == 422
    assert 'value="ann@example.org"' in page.text and 'value="admin"' in page.text
    assert "short &lt;1" not in page.text and "short <1" not in page.text


def test_opening_a_link_uses_nothing_up(app: Flask, anonymous: Any, mails: Mails) -> None:
    anonymous.form("/signup", **SIGN_UP)
    path = link_in(mails()[0])
    for _ in range(5):
        assert anonymous.get(path).status_code == 200
    assert anonymous.form(path).status_code == 303
    assert anonymous.get(path).status_code == 404
    assert anonymous.form(path).status_code == 422


def test_a_taken_name_is_chosen_anew_on_the_page(app: Flask, anonymous: Any, mails: Mails) -> None:
    anonymous.form("/signup", **SIGN_UP)
    make_user("ann", email="other@example.org")
    path = link_in(mails()[0])
    page = anonymous.form(path)
    assert page.status_code == 422 and 'name="username"' in page.text
    assert anonymous.form(path, username="annie").status_code == 303
    assert anonymous.api("GET", "/me")[1]["username"] == "annie"


def test_log_in_goes_where_one_wanted_to_go(app: Flask, anonymous: Any) -> None:
    ann = make_user("ann")
    answer = anonymous.get("/settings/account")
    assert answer.headers["Location"] == "/login?next=%2Fsettings%2Faccount"
    assert 'value="/settings/account"' in anonymous.get(answer.headers["Location"]).text
    fields = {"login": "ann", "password": ann.password, "next": "/settings/account"}
    answer = anonymous.form("/login", **fields)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/settings/account")


def test_words_of_a_search_are_not_handed_to_who_logs_in(app: Flask, anonymous: Any) -> None:
    """It may be somebody else, on a browser that people share."""
    ann = make_user("ann")
    answer = anonymous.get("/search?of=tags&q=secret+words")
    assert answer.headers["Location"] == "/login?next=%2Fsearch%3Fof%3Dtags"
    assert "secret" not in anonymous.get("/login?next=/search%3Fq=secret").text
    fields = {"login": "ann", "password": ann.password, "next": "/search?q=secret+words"}
    assert anonymous.form("/login", **fields).headers["Location"] == "/search"


def test_a_refused_log_in_says_so(app: Flask, anonymous: Any) -> None:
    page = anonymous.form("/login", login="ann", password="guessed wrong", next="/settings")
    assert page.status_code == 401
    assert 'value="ann"' in page.text and "guessed wrong" not in page.text
    assert 'role="alert"' in page.text and 'value="/settings"' in page.text


@pytest.mark.env(RATE_LIMITS="on")
def test_too_many_guesses_get_a_page_and_a_time(app: Flask, anonymous: Any) -> None:
    for _ in range(10):
        anonymous.form("/login", login="ann", password="guessed wrong")
    page = anonymous.form("/login", login="ann", password="guessed wrong")
    assert page.status_code == 429 and int(page.headers["Retry-After"]) > 0


def test_a_forgotten_password(app: Flask, anonymous: Any, mails: Mails) -> None:
    make_user("ann")
    page = anonymous.form("/password/forgot", email="ann@example.org")
    assert page.status_code == 200
    path = link_in(mails()[0])
    assert anonymous.get(path).status_code == 200
    assert anonymous.form(path, password="short").status_code == 422
    answer = anonymous.form(path, password="quite another pigeon 8")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/login")
    assert not is_signed_in(anonymous)
    assert anonymous.get(path).status_code == 404


def test_a_lost_letter_is_sent_again(app: Flask, anonymous: Any, mails: Mails) -> None:
    assert anonymous.get("/check-mail").status_code == 200
    anonymous.form("/signup", **SIGN_UP)
    mails()
    assert anonymous.form("/confirm/resend", email="ann@example.org").status_code == 200
    assert len(mails()) == 2
    assert anonymous.form("/confirm/resend", email="nonsense").status_code == 422


@pytest.mark.parametrize(
    ("username", "problem"),
    [
        ("annie", None),
        ("ann", "taken"),
        ("Admin", "reserved"),
        ("a", "bad_format"),
        ("", "bad_format"),
    ],
)
def test_names_are_looked_up_while_they_are_typed(
    app: Flask, anonymous: Any, username: str, problem: str | None
) -> None:
    make_user("ann")
    answer = anonymous.get("/signup/username", query_string={"u": username})
    assert answer.get_json() == {"problem": problem}


@pytest.mark.env(REGISTRATION="invite")
def test_an_invitation_comes_along_through_the_form(app: Flask, anonymous: Any) -> None:
    from pigeon.services.accounts import invites

    invite = invites.create(uses=1, days=1)
    assert 'name="password"' not in anonymous.get("/signup").text
    assert f'value="{invite}"' in anonymous.get(f"/signup?invite={invite}").text
    assert anonymous.form("/signup", **SIGN_UP, invite=invite).status_code == 200
    assert anonymous.form("/signup", **SIGN_UP).status_code == 403


def test_a_new_address_is_confirmed_without_logging_anybody_in(
    app: Flask, client_for: Any, anonymous: Any, mails: Mails
) -> None:
    ann = make_user("ann")
    client_for(ann).form("/settings/email", email="new@example.org", password=ann.password)
    answer = anonymous.form(link_in(mails()[0]))
    assert answer.headers["Location"] == "/settings/account"
    assert not is_signed_in(anonymous)
    assert client_for(ann).api("GET", "/me")[1]["email"] == "new@example.org"


def test_pages_speak_korean_and_letters_do_too(app: Flask, anonymous: Any, mails: Mails) -> None:
    headers = {"Accept-Language": "ko-KR,ko;q=0.9"}
    fields = {"csrf_token": anonymous.csrf(), **SIGN_UP}
    page = anonymous.post("/signup", data=fields, headers=headers)
    assert '<html lang="ko"' in page.text
    user_id = links.confirm_pending("ann")
    from pigeon.services.users import users

    assert users.get_me(user_id).language == "ko"


def test_who_is_suspended_is_told_so_by_the_log_in(app: Flask, anonymous: Any) -> None:
    """A clear sentence on the page and a code for programs; a wrong password says nothing new."""
    ann = make_user("ann")
    suspensions.suspend(ann.id)
    typed = {"login": "ann", "password": PASSWORD}
    page = anonymous.form("/login", **typed)
    assert page.status_code == 403 and "This account is suspended." in page.text
    assert PASSWORD not in page.text and not is_signed_in(anonymous)
    status, body = anonymous.api("POST", "/auth/login", typed)
    assert (status, body["error"]["code"]) == (403, "suspended")
    page = anonymous.form("/login", **typed | {"password": "guessed wrong"})
    assert page.status_code == 401 and "suspended" not in page.text


def test_open_forms_of_who_is_suspended_get_the_log_in(
    app: Flask, client_for: Callable[[Any], Any]
) -> None:
    ann = make_user("ann")
    client = client_for(ann)
    token = client.csrf()
    suspensions.suspend(ann.id)
    for path in ("/create", "/settings/profile", "/settings/withdraw"):
        answer = client.post(path, data={"csrf_token": token, "password": PASSWORD})
        assert answer.status_code == 302, path
        assert answer.headers["Location"].startswith("/login"), path
    assert client.get("/settings").headers["Location"].startswith("/login")
