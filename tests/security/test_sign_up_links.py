"""A stranger signs up with somebody's address: what the link in that mailbox does, and for whom."""

from __future__ import annotations

from collections.abc import Callable
from email.message import EmailMessage
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from pigeon.extensions import db
from pigeon.models import UserModel
from tests.factories import make_user
from tests.harness.outside import link_in

ADDRESS = "ann@example.org"
ANN = {
    "email": ADDRESS,
    "username": "ann",
    "display_name": "Ann of the Roofs",
    "password": "a pigeon knows 7 ways",
}
EVE = {
    "email": ADDRESS,
    "username": "eve",
    "display_name": "Eve in Waiting",
    "password": "what eve has chosen 6",
}
Mails = Callable[[], list[EmailMessage]]


@pytest.fixture
def browser(app: Flask) -> Callable[[], Any]:
    """`browser()` is another one, with cookies of its own."""
    return app.test_client


def people() -> int:
    return int(db.session.scalar(select(func.count()).select_from(UserModel)) or 0)


def newest(mails: Mails) -> str:
    return link_in(mails()[-1])


def token_of(path: str) -> str:
    return path.rpartition("/")[2]


def confirm(client: Any, path: str, **more: str) -> tuple[int, dict[str, str]]:
    """By the API: the status, and the code of each field at fault."""
    status, body = client.api("POST", "/auth/confirm", {"token": token_of(path), **more})
    fields = body.get("error", {}).get("fields", {})
    return status, {name: fault["code"] for name, fault in fields.items()}


# -- whose account -----------------------------------------------------------------------------


def test_the_newest_link_makes_no_account_that_a_stranger_opens(
    browser: Callable[[], Any], mails: Mails
) -> None:
    ann, eve = browser(), browser()
    ann.form("/signup", **ANN)
    mails()
    eve.form("/signup", **EVE)
    path = newest(mails)
    page = ann.get(path).text
    assert "@eve" in page and "Eve in Waiting" in page and 'name="password"' in page
    for typed in ({}, {"password": ""}, {"password": ANN["password"]}):
        refused = ann.form(path, **typed)
        assert refused.status_code == 422 and 'aria-invalid="true"' in refused.text
        assert ANN["password"] not in refused.text
    assert confirm(ann, path) == (422, {"password": "required"})
    assert confirm(ann, path, password=ANN["password"]) == (422, {"password": "wrong"})
    assert people() == 0 and ann.api("GET", "/me")[0] == 401


def test_signing_up_again_replaces_what_a_stranger_began(
    browser: Callable[[], Any], mails: Mails
) -> None:
    ann, eve = browser(), browser()
    eve.form("/signup", **EVE)
    theirs = newest(mails)
    assert 'href="/signup"' in ann.get(theirs).text
    ann.form("/signup", **ANN)
    mine = newest(mails)
    assert ann.get(theirs).status_code == 404
    assert confirm(ann, mine) == (200, {})
    assert ann.api("GET", "/me")[1]["username"] == "ann"
    login = {"login": ADDRESS, "password": EVE["password"]}
    assert eve.api("POST", "/auth/login", login)[0] == 401


def test_a_letter_says_whose_account_its_link_makes(
    browser: Callable[[], Any], mails: Mails
) -> None:
    for who in (ANN, EVE):
        browser().form("/signup", **who)
        text = mails()[-1].get_body(("plain",)).get_content()
        assert f"@{who['username']}" in text


def test_another_browser_gives_the_password_of_the_sign_up(
    browser: Callable[[], Any], mails: Mails
) -> None:
    browser().form("/signup", **ANN)
    path, phone = newest(mails), browser()
    assert phone.form(path, password=ANN["password"]).status_code == 303
    assert phone.api("GET", "/me")[1]["username"] == "ann"


# -- the browser that signed up ----------------------------------------------------------------


@pytest.mark.parametrize("by_api", [False, True])
def test_the_browser_that_signed_up_is_not_asked(
    browser: Callable[[], Any], mails: Mails, by_api: bool
) -> None:
    ann = browser()
    if by_api:
        assert ann.api("POST", "/auth/signup", ANN)[0] == 202
    else:
        assert ann.form("/signup", **ANN).status_code == 200
    path = newest(mails)
    ann.delete_cookie("session")  # the window was closed
    assert 'name="password"' not in ann.get(path).text
    assert confirm(ann, path) == (200, {})
    assert ann.get_cookie("signup") is None, "it ends with the link"


def test_a_link_that_is_sent_again_is_still_the_browsers_own(
    browser: Callable[[], Any], mails: Mails
) -> None:
    ann = browser()
    ann.form("/signup", **ANN)
    mails()
    answer = ann.form("/confirm/resend", email=ADDRESS)
    assert "Max-Age=86400" in next(
        cookie for cookie in answer.headers.getlist("Set-Cookie") if cookie.startswith("signup=")
    )
    path = newest(mails)
    assert confirm(browser(), path) == (422, {"password": "required"})
    assert confirm(ann, path) == (200, {})


def test_the_cookie_is_of_one_sign_up_and_not_of_the_address(
    browser: Callable[[], Any], mails: Mails
) -> None:
    eve = browser()
    eve.form("/signup", **EVE)
    mails()
    browser().form("/signup", **ANN)
    path = newest(mails)
    assert confirm(eve, path) == (422, {"password": "required"})


@pytest.mark.parametrize("value", ["", "x", "None", "0" * 64, "é"])
def test_a_cookie_cannot_be_invented(browser: Callable[[], Any], mails: Mails, value: str) -> None:
    browser().form("/signup", **ANN)
    path, eve = newest(mails), browser()
    eve.set_cookie("signup", value)
    assert confirm(eve, path) == (422, {"password": "required"})


def test_a_stored_sign_up_does_not_hold_the_cookie(
    app: Flask, browser: Callable[[], Any], mails: Mails
) -> None:
    from pigeon.models import MailedToken

    ann = browser()
    ann.form("/signup", **ANN)
    kept = db.session.scalars(select(MailedToken.payload)).one()
    assert ann.get_cookie("signup").value not in kept


def test_a_sign_up_that_no_browser_made_asks_everybody(
    app: Flask, browser: Callable[[], Any], mails: Mails
) -> None:
    from pigeon.domain.sessions import Caller
    from pigeon.services.accounts import signups

    signups.sign_up(signups.SignUp(**ANN), caller=Caller())
    path = newest(mails)
    for client in (browser(), browser()):
        client.set_cookie("signup", "")
        assert confirm(client, path) == (422, {"password": "required"})


def test_the_cookie_is_for_http_alone_and_ends_with_the_link(browser: Callable[[], Any]) -> None:
    answer = browser().form("/signup", **ANN)
    (cookie,) = (c for c in answer.headers.getlist("Set-Cookie") if c.startswith("signup="))
    for attribute in ("HttpOnly", "SameSite=Lax", "Path=/", "Max-Age=86400"):
        assert attribute in cookie
    assert "Domain" not in cookie


@pytest.mark.env(PUBLIC_URL="https://pigeon.test")
def test_over_https_the_cookie_is_bound_to_the_host(app: Flask, anonymous: Any) -> None:
    token = anonymous.get("/api/v1/csrf", base_url="https://pigeon.test").get_json()["csrf_token"]
    answer = anonymous.post(
        "/signup", data={**ANN, "csrf_token": token}, base_url="https://pigeon.test"
    )
    assert answer.status_code == 200
    (cookie,) = (c for c in answer.headers.getlist("Set-Cookie") if "signup=" in c)
    assert cookie.startswith("__Host-signup=") and "Secure" in cookie


# -- guesses -----------------------------------------------------------------------------------


@pytest.mark.env(RATE_LIMITS="on")
@pytest.mark.parametrize("by_api", [False, True])
def test_the_eleventh_guess_behind_a_link_has_to_wait(
    browser: Callable[[], Any], mails: Mails, by_api: bool
) -> None:
    browser().form("/signup", **ANN)
    path, eve = newest(mails), browser()
    statuses = []
    for number in range(11):
        guess = f"guessed wrong {number}"
        if by_api:
            statuses.append(confirm(eve, path, password=guess)[0])
        else:
            statuses.append(eve.form(path, password=guess).status_code)
    assert statuses == [422] * 10 + [429]
    assert int(eve.last.headers["Retry-After"]) > 0


@pytest.mark.env(RATE_LIMITS="on")
def test_a_new_letter_gives_no_new_guesses(browser: Callable[[], Any], mails: Mails) -> None:
    browser().form("/signup", **ANN)
    path, eve = newest(mails), browser()
    for _ in range(10):
        confirm(eve, path, password="guessed wrong")
    eve.form("/confirm/resend", email=ADDRESS)
    again = newest(mails)
    assert again != path
    assert confirm(eve, again, password=ANN["password"])[0] == 429


@pytest.mark.env(RATE_LIMITS="on")
def test_a_right_password_costs_no_guess_and_an_empty_one_neither(
    browser: Callable[[], Any], mails: Mails
) -> None:
    browser().form("/signup", **ANN)
    path, phone = newest(mails), browser()
    for _ in range(12):
        assert confirm(phone, path) == (422, {"password": "required"})
    assert confirm(phone, path, password=ANN["password"]) == (200, {})


# -- names -------------------------------------------------------------------------------------


def test_all_that_is_wrong_is_named_at_once(browser: Callable[[], Any], mails: Mails) -> None:
    browser().form("/signup", **ANN)
    path, phone = newest(mails), browser()
    make_user("ann", email="other@example.org")
    assert confirm(phone, path, password="x") == (422, {"password": "wrong", "username": "taken"})
    page = phone.get(path).text
    assert 'name="username"' in page and 'name="password"' in page
    assert page.count("autofocus") == 1
    refused = phone.form(path, username="annie", password="guessed wrong")
    assert 'value="annie"' in refused.text and refused.text.count('aria-invalid="true"') == 1
    body = {"password": ANN["password"], "username": "annie"}
    assert confirm(phone, path, **body) == (200, {})
    assert phone.api("GET", "/me")[1]["username"] == "annie"


def test_names_on_the_page_are_only_text(browser: Callable[[], Any], mails: Mails) -> None:
    browser().form("/signup", **ANN | {"display_name": "<script>alert(1)</script>"})
    page = browser().get(newest(mails)).text
    assert "<script>alert" not in page and "&lt;script&gt;alert(1)" in page


# -- a change of address -----------------------------------------------------------------------


def test_a_changed_address_is_confirmed_for_an_account_that_is_named(
    app: Flask, browser: Callable[[], Any], client_for: Any, mails: Mails
) -> None:
    eve = make_user("eve", display_name="Eve in Waiting")
    client_for(eve).form("/settings/email", email="ann@example.org", password=eve.password)
    (letter,) = mails()
    for kind in ("plain", "html"):
        assert "@eve" in letter.get_body((kind,)).get_content()
    page = browser().get(link_in(letter)).text
    assert "@eve" in page and "Eve in Waiting" in page and 'name="password"' not in page


def test_a_change_of_address_of_somebody_who_left_is_over(
    app: Flask, browser: Callable[[], Any], client_for: Any, mails: Mails
) -> None:
    eve = make_user("eve")
    client_for(eve).form("/settings/email", email="ann@example.org", password=eve.password)
    path = newest(mails)
    client_for(eve).api("DELETE", "/me", {"password": eve.password})
    assert browser().get(path).status_code == 404
