"""Attacks on accounts: who is a member, whose session, which link, where to."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from email.message import EmailMessage
from typing import Any

import pytest
from flask import Flask

from pigeon.domain.sessions import Caller
from pigeon.extensions import state
from pigeon.services import rates
from pigeon.services.accounts import devices, recovery, sessions, signups
from pigeon.services.accounts import logins as accounts_logins
from pigeon.web.paths import own_path
from tests.factories import make_user
from tests.factories.people import PASSWORD
from tests.harness.outside import link_in

Mails = Callable[[], list[EmailMessage]]
VARYING = {"x-request-id", "set-cookie", "retry-after"}


def seen(answer: Any) -> tuple[int, bytes, list[tuple[str, str]]]:
    """All that somebody outside can compare; of cookies only their names."""
    headers = [(k.lower(), v) for k, v in answer.headers if k.lower() not in VARYING]
    cookies = [cookie.partition("=")[0] for cookie in answer.headers.getlist("Set-Cookie")]
    return answer.status_code, answer.data, [*sorted(headers), ("cookies", str(cookies))]


def post(client: Any, path: str, body: dict[str, Any]) -> Any:
    client.api("POST", path, body)
    return client.last


def people() -> list[tuple[str, str]]:
    """(username, address) of a member, one without password, and nobody; equally long."""
    make_user("anna", email="anna@example.org")
    signups.create(email="oidc@example.org", username="oidc", password=None)
    return [
        ("anna", "anna@example.org"),
        ("oidc", "oidc@example.org"),
        ("nobo", "nobo@example.org"),
    ]


# -- enumeration -------------------------------------------------------------------------------


def test_log_in_says_the_same_about_everybody(app: Flask, anonymous: Any) -> None:
    known = people()
    for logins in zip(*known, strict=True):
        answers = [
            seen(post(anonymous, "/auth/login", {"login": login, "password": "guessed wrong"}))
            for login in logins
        ]
        assert answers[0] == answers[1] == answers[2]
        assert answers[0][0] == 401


@pytest.mark.env(RATE_LIMITS="on")
def test_being_locked_out_says_the_same_about_everybody(app: Flask, anonymous: Any) -> None:
    told = []
    for username, _ in people():
        body = {"login": username, "password": "guessed wrong"}
        told.append([seen(post(anonymous, "/auth/login", body)) for _ in range(12)])
    assert [status for status, *_ in told[0]] == [401] * 10 + [429] * 2
    assert told[0] == told[1] == told[2]


@pytest.mark.parametrize("path", ["/auth/password/forgot", "/auth/confirm/resend"])
def test_asking_for_mail_says_the_same_about_everybody(
    app: Flask, anonymous: Any, path: str
) -> None:
    answers = [seen(post(anonymous, path, {"email": address})) for _, address in people()]
    assert answers[0] == answers[1] == answers[2]
    assert answers[0][:2] == (202, b"{}")


def test_sign_up_says_the_same_about_every_address(app: Flask, anonymous: Any) -> None:
    body = {"username": "annabel", "display_name": "A", "password": PASSWORD}
    answers = []
    for _, address in people():
        status, data, headers = seen(post(anonymous, "/auth/signup", {**body, "email": address}))
        answers.append((status, data.replace(address.encode(), b""), headers))
    assert answers[0] == answers[1] == answers[2]


@pytest.mark.parametrize("mail_url", ["", "smtp://127.0.0.1:9"])
@pytest.mark.parametrize(
    ("path", "fields"),
    [
        ("/password/forgot", {}),
        ("/confirm/resend", {}),
        ("/signup", {"username": "annabel", "display_name": "A", "password": PASSWORD}),
    ],
)
def test_pages_say_the_same_about_every_address(
    app: Flask,
    with_settings: Callable[..., None],
    path: str,
    fields: dict[str, str],
    mail_url: str,
) -> None:
    with_settings(mail_url=mail_url)
    answers = []
    for _, address in people():
        client: Any = app.test_client()
        status, data, headers = seen(client.form(path, email=address, **fields))
        headers = [(name, value) for name, value in headers if name != "content-length"]
        page = _without_tokens(data.decode().replace(address, ""))
        answers.append((status, page, headers))
    assert answers[0] == answers[1] == answers[2]


def _without_tokens(page: str) -> str:
    return re.sub(r'(name="csrf_token" value=")[^"]+', r"\1", page)


def test_log_in_takes_as_long_for_nobody_as_for_a_member(
    app: Flask, with_settings: Callable[..., None]
) -> None:
    with_settings(password_cost="normal")
    make_user("anna")
    times: dict[str, list[float]] = {"anna": [], "nobody": []}
    for _ in range(15):
        for login, took in times.items():
            began = time.perf_counter()
            with pytest.raises(accounts_logins.Unauthenticated):
                accounts_logins.log_in(login, "guessed wrong", caller=Caller())
            took.append(time.perf_counter() - began)
    known, unknown = (min(took) for took in times.values())
    assert 0.7 < known / unknown < 1.4  # nearly all of it is the hash


# -- sessions ----------------------------------------------------------------------------------


def test_a_session_that_was_planted_is_not_adopted(app: Flask, anonymous: Any) -> None:
    ann, eve = make_user("ann"), make_user("eve")
    planted = sessions.start(eve.id, caller=Caller())
    with anonymous.session_transaction() as session:
        session["_user_id"] = planted
        session["oidc_at"] = int(time.time())
    anonymous.api("POST", "/auth/login", {"login": "ann", "password": ann.password})
    with anonymous.session_transaction() as session:
        assert session["_user_id"] != planted
        assert "oidc_at" not in session
    assert sessions.find(planted) is None
    assert anonymous.api("GET", "/me")[1]["username"] == "ann"


def test_an_invented_session_is_nobody(app: Flask, anonymous: Any) -> None:
    ann = make_user("ann")
    for invented in ("x", str(ann.id), "1", sessions.hash_token("x")):
        with anonymous.session_transaction() as session:
            session["_user_id"] = invented
        assert anonymous.api("GET", "/me")[0] == 401


def test_kinds_of_secrets_are_not_interchangeable(app: Flask, anonymous: Any) -> None:
    ann = make_user("ann")
    web, program = sessions.start(ann.id, caller=Caller()), sessions.create_token(ann.id)
    bearer = {"Authorization": f"Bearer {web}"}
    assert anonymous.get("/api/v1/me", headers=bearer).status_code == 401
    with anonymous.session_transaction() as session:
        session["_user_id"] = program
    assert anonymous.api("GET", "/me")[0] == 401


def test_a_copied_cookie_dies_with_its_session(app: Flask, anonymous: Any, client_for: Any) -> None:
    ann = make_user("ann")
    anonymous.api("POST", "/auth/login", {"login": "ann", "password": ann.password})
    cookie = anonymous.get_cookie("session").value
    anonymous.api("POST", "/auth/logout")
    anonymous.set_cookie("session", cookie)
    assert anonymous.api("GET", "/me")[0] == 401


def test_the_cookie_holds_no_id_and_is_for_http_alone(app: Flask, anonymous: Any) -> None:
    ann = make_user("ann")
    answer = post(anonymous, "/auth/login", {"login": "ann", "password": ann.password})
    cookie = answer.headers["Set-Cookie"]
    assert "HttpOnly" in cookie and "SameSite=Lax" in cookie and "Path=/" in cookie
    assert "Domain" not in cookie


@pytest.mark.env(PUBLIC_URL="https://pigeon.test")
def test_over_https_the_cookie_is_bound_to_the_host(app: Flask, anonymous: Any) -> None:
    answer = anonymous.get("/login", base_url="https://pigeon.test")
    cookie = answer.headers["Set-Cookie"]
    assert cookie.startswith("__Host-") and "Secure" in cookie


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/api/v1/auth/login"),
        ("POST", "/api/v1/auth/logout"),
        ("POST", "/api/v1/auth/signup"),
        ("DELETE", "/api/v1/me"),
        ("PATCH", "/api/v1/me"),
        ("POST", "/login"),
        ("POST", "/logout"),
        ("POST", "/settings/email"),
        ("POST", "/settings/password"),
        ("POST", "/settings/withdraw"),
        ("POST", "/settings/sessions/end-others"),
        ("POST", "/appearance"),
    ],
)
def test_nothing_is_changed_from_another_site(
    app: Flask, client_for: Any, method: str, path: str
) -> None:
    client = client_for(make_user("ann"))
    for headers in ({}, {"X-CSRFToken": "guessed"}, {"X-CSRFToken": client_csrf(app)}):
        answer = client.open(path, method=method, json={}, headers=headers)
        assert answer.status_code == 403
    assert client.api("GET", "/me")[0] == 200


def client_csrf(app: Flask) -> str:
    """A token of somebody else's session."""
    return str(app.test_client().get("/api/v1/csrf").get_json()["csrf_token"])


# -- links -------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["Host", "X-Forwarded-Host", "X-Host", "Forwarded"])
def test_links_in_mails_do_not_follow_the_request(
    app: Flask, anonymous: Any, mails: Mails, name: str
) -> None:
    make_user("ann")
    value = "host=evil.test" if name == "Forwarded" else "evil.test"
    anonymous.post(
        "/api/v1/auth/password/forgot",
        json={"email": "ann@example.org"},
        headers={name: value, "X-CSRFToken": anonymous.csrf()},
    )
    assert all("evil.test" not in message.as_string() for message in mails())


def test_a_link_is_bound_to_its_account(app: Flask, mails: Mails) -> None:
    ann, ben = make_user("ann"), make_user("ben")
    recovery.forgot(ann.email, caller=Caller())
    token = link_in(mails()[-1]).rpartition("/")[2]
    recovery.reset(token, "quite another pigeon 8", caller=Caller())
    assert accounts_logins.log_in("ben", ben.password, caller=Caller())


def test_pages_with_a_secret_in_their_address_send_it_nowhere(
    app: Flask, anonymous: Any, mails: Mails
) -> None:
    make_user("ann")
    recovery.forgot("ann@example.org", caller=Caller())
    page = anonymous.get(link_in(mails()[-1]))
    assert page.headers["Referrer-Policy"] == "no-referrer"
    assert page.headers["Cache-Control"] == "no-store"
    assert not re.findall(r'(?:src|href)="https?://', page.text)


GOOD = ("/", "/settings/account", "/login?next=%2F", "/signup?invite=x#top")
BAD = (
    "",
    "settings",
    "//evil.test",
    "///evil.test",
    "////evil.test",
    "/\\evil.test",
    "\\\\evil.test",
    "/\t/evil.test",
    "/\n/evil.test",
    "\t//evil.test",
    " //evil.test",
    "/\r\nSet-Cookie: a=b",
    "/%0d%0aSet-Cookie: a=b",
    "/%2f%2fevil.test",
    "/%2fevil.test",
    "/%5cevil.test",
    "/.//evil.test",
    "/..//evil.test",
    "https:evil.test",
    "https:/evil.test",
    "https://evil.test",
    "https:///evil.test",
    "http://localhost@evil.test",
    "javascript:alert(1)",
    "data:text/html,x",
    "/javascript:alert(1)",
    "//localhost/settings",
    "/\u2028/evil.test",
    "/api/v1/me",
    "/media/x",
    "/nowhere",
    "@evil.test",
    "/@evil.test",
    "．．/evil.test",
    "／／evil.test",
)


@pytest.mark.parametrize("path", GOOD)
def test_own_paths_are_followed(app: Flask, path: str) -> None:
    assert own_path(path) == path


@pytest.mark.parametrize("path", BAD)
def test_other_paths_lead_home(app: Flask, anonymous: Any, path: str) -> None:
    assert own_path(path) == "/"
    ann = make_user("ann")
    anonymous.form("/login", login="ann", password=ann.password, next=path)
    assert anonymous.last.headers["Location"] == "/"


# -- limits ------------------------------------------------------------------------------------


@pytest.mark.env(RATE_LIMITS="on")
def test_counters_in_redis_name_nobody(app: Flask, anonymous: Any) -> None:
    body = {"login": "anna@example.org", "password": "guessed wrong"}
    anonymous.api("POST", "/auth/login", body)
    anonymous.api("POST", "/auth/password/forgot", {"email": "anna@example.org"})
    assert not [key for key in state.client.scan_iter() if b"anna" in key]


@pytest.mark.env(RATE_LIMITS="on")
def test_a_forged_address_does_not_reset_the_count(app: Flask, anonymous: Any) -> None:
    statuses = []
    for number in range(11):
        headers = {"X-CSRFToken": anonymous.csrf(), "X-Forwarded-For": f"192.0.2.{number}"}
        body = {"login": "anna", "password": "guessed wrong"}
        answer = anonymous.post("/api/v1/auth/login", json=body, headers=headers)
        statuses.append(answer.status_code)
    assert statuses == [401] * 10 + [429]


@pytest.mark.env(RATE_LIMITS="on")
def test_guesses_of_others_do_not_lock_out_a_browser_that_is_known(
    app: Flask, anonymous: Any
) -> None:
    ann = make_user("ann")
    right = {"login": "ann", "password": ann.password}
    assert anonymous.api("POST", "/auth/login", right)[0] == 200
    anonymous.api("POST", "/auth/logout")
    stranger = Caller(address="192.0.2.66")
    for _ in range(10):
        with pytest.raises(accounts_logins.Unauthenticated):
            accounts_logins.log_in("ann", "guessed wrong", caller=stranger)
    with pytest.raises(rates.TooMany):
        accounts_logins.log_in("ann", ann.password, caller=stranger)
    assert anonymous.api("POST", "/auth/login", right)[0] == 200
    anonymous.api("POST", "/auth/logout")
    wrong = {"login": "ann", "password": "guessed wrong"}
    statuses = [anonymous.api("POST", "/auth/login", wrong)[0] for _ in range(11)]
    assert statuses == [401] * 10 + [429]


@pytest.mark.parametrize("device", ["", ".", "x.y", "x.é", "nonce." + "0" * 64])
def test_a_mark_of_a_browser_cannot_be_invented(app: Flask, device: str) -> None:
    ann, ben = make_user("ann"), make_user("ben")
    assert not devices.is_known(device, ann.id, 1)
    mark = devices.mark(ann.id, 1)
    assert devices.is_known(mark, ann.id, 1)
    assert not devices.is_known(mark, ann.id, 2)
    assert not devices.is_known(mark, ben.id, 1)
    assert sessions.find(mark) is None


@pytest.mark.env(RATE_LIMITS="on")
def test_giving_back_never_opens_the_gate_wider(app: Flask) -> None:
    for _ in range(3):
        rates.hit("guess", "x", 10, 300)
        rates.give_back("guess", "x", 10, 300)
    for _ in range(10):
        rates.hit("guess", "x", 10, 300)
    with pytest.raises(rates.TooMany):
        rates.hit("guess", "x", 10, 300)
