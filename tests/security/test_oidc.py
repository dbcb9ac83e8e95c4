"""Log-in with OpenID Connect against a real provider over HTTP, honest and not."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from flask import Flask
from sqlalchemy import func, select

from pigeon.domain.sessions import Caller
from pigeon.extensions import db
from pigeon.models import IdentityModel, UserModel
from pigeon.services.accounts import changes as accounts_changes
from pigeon.services.accounts import sessions, signups
from pigeon.services.users import suspensions
from tests import oidc_provider
from tests.factories import make_user
from tests.oidc_provider import FLAWS, SIGNED_WRONGLY, Provider, person


@pytest.fixture
def provider(app: Flask, with_settings: Callable[..., None]) -> Iterator[Provider]:
    with oidc_provider.running() as provider:
        with_settings(**provider.env)
        yield provider


def path_of(address: str) -> str:
    parts = urlsplit(address)
    return f"{parts.path}?{parts.query}"


def log_in(client: Any, provider: Provider, start: str = "/login/oidc") -> Any:
    """There and back, as a browser goes; the answer to the return."""
    away = client.get(start)
    assert away.status_code == 302
    return client.get(path_of(provider.visit(away.headers["Location"])))


def sign_up(client: Any, provider: Provider, username: str = "gil") -> Any:
    assert log_in(client, provider).headers["Location"] == "/signup/oidc"
    return client.form("/signup/oidc", username=username, display_name="길동")


def who(client: Any) -> str | None:
    status, me = client.api("GET", "/me")
    return me["username"] if status == 200 else None


def count(model: Any) -> int:
    return int(db.session.scalar(select(func.count()).select_from(model)) or 0)


@pytest.mark.parametrize("claim", ["a" * 2_000, "a" + "\u0301" * 31], ids=["length", "marks"])
def test_a_name_far_too_long_is_not_taken_over(
    app: Flask, anonymous: Any, provider: Provider, claim: str
) -> None:
    provider.claims = person(name=claim)
    assert log_in(anonymous, provider).headers["Location"] == "/signup/oidc"
    assert claim not in anonymous.get("/signup/oidc").text
    provider.claims = person(email=f"{claim}@example.org")
    assert log_in(anonymous, provider).headers["Location"] == "/login"
    assert count(UserModel) == 0


# -- the way it should be ----------------------------------------------------------------------


def test_without_a_provider_there_is_no_such_door(app: Flask, anonymous: Any) -> None:
    assert anonymous.get("/login/oidc").status_code == 404
    assert anonymous.get("/login/oidc/callback?state=x&code=y").status_code == 404
    assert "/login/oidc" not in anonymous.get("/login").text


def test_without_a_provider_a_cookie_that_claims_one_makes_no_account(
    app: Flask, anonymous: Any
) -> None:
    with anonymous.session_transaction() as session:
        session["oidc_pending"] = forged("  ")
    assert anonymous.get("/signup/oidc").status_code == 404
    assert anonymous.form("/signup/oidc", username="eve", display_name="E").status_code == 404
    assert count(UserModel) == 0


def test_what_another_provider_vouched_for_makes_no_account(
    app: Flask, provider: Provider, anonymous: Any
) -> None:
    with anonymous.session_transaction() as session:
        session["oidc_pending"] = forged("https://former.test/metadata pigeon")
    assert anonymous.get("/signup/oidc").headers["Location"] == "/login"
    assert anonymous.form("/signup/oidc", username="eve", display_name="E").status_code == 400
    assert count(UserModel) == 0


def forged(provider: str) -> dict[str, Any]:
    """A second step that no callback of ours began."""
    identity = {"issuer": "https://evil.test", "subject": "s", "email": "eve@evil.test", "name": ""}
    return {**identity, "invite": "", "at": int(time.time()), "provider": provider}


def test_first_time_one_chooses_a_username(
    app: Flask, provider: Provider, anonymous: Any, client_for: Any
) -> None:
    assert "/login/oidc" in anonymous.get("/login").text
    assert log_in(anonymous, provider).headers["Location"] == "/signup/oidc"
    page = anonymous.get("/signup/oidc")
    assert "gil@provider.test" in page.text and 'value="길동"' in page.text
    make_user("taken")
    page = anonymous.form("/signup/oidc", username="taken", display_name="길동")
    assert page.status_code == 422 and count(IdentityModel) == 0
    done = anonymous.form("/signup/oidc", username="gil", display_name="길동")
    assert (done.status_code, done.headers["Location"]) == (303, "/")
    me = anonymous.api("GET", "/me")[1]
    assert (me["username"], me["email"], me["has_password"]) == ("gil", "gil@provider.test", False)


def test_afterwards_the_identity_logs_in(app: Flask, provider: Provider, anonymous: Any) -> None:
    sign_up(anonymous, provider)
    with anonymous.session_transaction() as session:
        before = session["_user_id"]
    anonymous.form("/logout")
    provider.claims = person(email="moved@provider.test", email_verified=False)
    answer = log_in(anonymous, provider, "/login/oidc?next=/settings/account")
    assert answer.headers["Location"] == "/settings/account"
    assert who(anonymous) == "gil"
    with anonymous.session_transaction() as session:
        assert session["_user_id"] != before
    assert anonymous.api("GET", "/me")[1]["email"] == "gil@provider.test"


def test_a_fresh_log_in_allows_withdrawal(
    app: Flask, provider: Provider, anonymous: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    sign_up(anonymous, provider)
    from pigeon.blueprints.accounts import cookies

    monkeypatch.setattr(cookies, "FRESH_S", -1)
    status, body = anonymous.api("DELETE", "/me")
    assert (status, body["error"]["code"]) == (403, "reauth_required")
    monkeypatch.undo()
    log_in(anonymous, provider)
    assert anonymous.api("DELETE", "/me") == (202, {})
    assert who(anonymous) is None
    provider.claims = person()
    assert log_in(anonymous, provider).headers["Location"] == "/signup/oidc"


def test_what_is_sent_to_the_provider(app: Flask, provider: Provider, anonymous: Any) -> None:
    log_in(anonymous, provider)
    asked = provider.seen
    assert asked["code_challenge_method"] == "S256" and len(asked["code_challenge"]) == 43
    assert asked["redirect_uri"] == "http://localhost/login/oidc/callback"
    assert "openid" in asked["scope"].split()
    first = (asked["state"], asked["nonce"], asked["code_challenge"])
    log_in(anonymous, provider)
    asked = provider.seen
    assert not set(first) & {asked["state"], asked["nonce"], asked["code_challenge"]}


# -- whose address -----------------------------------------------------------------------------


def test_an_address_that_belongs_to_an_account_is_not_linked(
    app: Flask, provider: Provider, anonymous: Any
) -> None:
    make_user("victim", email="Gil@Provider.test")
    answer = log_in(anonymous, provider)
    assert answer.headers["Location"] == "/login"
    assert "exists already" in anonymous.get("/login").text
    assert who(anonymous) is None and count(IdentityModel) == 0
    assert anonymous.get("/signup/oidc").status_code == 302


@pytest.mark.parametrize(
    "claims",
    [
        person(email_verified=False),
        person(email_verified="false"),
        person(email_verified="true"),
        {"sub": "subject-1", "email": "gil@provider.test"},
        {"sub": "subject-1"},
        person(email="not an address"),
        person(email=["gil@provider.test"]),
        person(email="gil@provider.test\r\nBcc: eve@evil.test"),
    ],
)
def test_an_address_the_provider_has_not_verified_makes_no_account(
    app: Flask, provider: Provider, anonymous: Any, claims: dict[str, Any]
) -> None:
    provider.claims = claims
    assert log_in(anonymous, provider).headers["Location"] == "/login"
    assert anonymous.get("/signup/oidc").status_code == 302


def test_an_address_given_to_somebody_else_opens_no_account(
    app: Flask, provider: Provider, anonymous: Any
) -> None:
    sign_up(anonymous, provider)
    anonymous.form("/logout")
    provider.claims = person(subject="subject-2")
    assert log_in(anonymous, provider).headers["Location"] == "/login"
    assert who(anonymous) is None


def test_a_sign_up_that_waited_for_that_address_is_over(
    app: Flask, provider: Provider, anonymous: Any, mails: Any
) -> None:
    from tests.harness.outside import link_in

    squatter = signups.SignUp(
        email="gil@provider.test", username="squat", display_name="S", password="squatting here 1"
    )
    signups.sign_up(squatter, caller=Caller())
    path = link_in(mails()[0])
    sign_up(anonymous, provider)
    assert anonymous.form(path).status_code == 422
    assert count(UserModel) == 1


def test_the_form_cannot_change_who_one_is(app: Flask, provider: Provider, anonymous: Any) -> None:
    log_in(anonymous, provider)
    fields = {"email": "eve@evil.test", "subject": "subject-9", "issuer": "https://evil.test"}
    anonymous.form("/signup/oidc", username="gil", display_name="G", **fields)
    row = db.session.scalars(select(IdentityModel)).one()
    assert (row.issuer, row.subject) == (provider.url, "subject-1")
    assert anonymous.api("GET", "/me")[1]["email"] == "gil@provider.test"


def test_the_second_step_needs_the_first(app: Flask, provider: Provider, anonymous: Any) -> None:
    assert anonymous.get("/signup/oidc").headers["Location"] == "/login"
    fields = {"username": "gil", "display_name": "G", "email": "eve@evil.test"}
    assert 400 <= anonymous.form("/signup/oidc", **fields).status_code < 500
    assert count(UserModel) == 0
    sign_up(anonymous, provider)
    anonymous.form("/logout")
    assert 400 <= anonymous.form("/signup/oidc", **fields).status_code < 500


def test_a_stranger_to_us_does_not_replace_who_is_signed_in(
    app: Flask, provider: Provider, client_for: Any
) -> None:
    client = client_for(make_user("ann"))
    assert log_in(client, provider).headers["Location"] == "/settings/account"
    assert who(client) == "ann" and count(IdentityModel) == 0


# -- registration ------------------------------------------------------------------------------


@pytest.mark.parametrize("registration", ["closed", "invite"])
def test_a_closed_site_stays_closed(
    app: Flask, provider: Provider, anonymous: Any, with_settings: Any, registration: str
) -> None:
    with_settings(registration=registration)
    assert log_in(anonymous, provider).headers["Location"] == "/login"
    assert count(UserModel) == 0


def test_an_invitation_counts_here_too(
    app: Flask, provider: Provider, anonymous: Any, with_settings: Any
) -> None:
    from pigeon.services.accounts import invites

    with_settings(registration="invite")
    invite = invites.create(uses=1, days=1)
    log_in(anonymous, provider, f"/login/oidc?invite={invite}")
    assert anonymous.form("/signup/oidc", username="gil", display_name="G").status_code == 303
    with pytest.raises(invites.Forbidden):
        invites.check(invite)


# -- attacks -----------------------------------------------------------------------------------


@pytest.mark.parametrize("flaw", [*filter(None, FLAWS), *SIGNED_WRONGLY, "denied"])
def test_a_token_that_proves_nothing_is_refused(
    app: Flask, provider: Provider, anonymous: Any, flaw: str
) -> None:
    sign_up(anonymous, provider)
    anonymous.form("/logout")
    provider.mode = flaw
    assert log_in(anonymous, provider).headers["Location"] == "/login"
    assert who(anonymous) is None
    provider.mode = ""
    log_in(anonymous, provider)
    assert who(anonymous) == "gil"


def test_a_return_that_nobody_asked_for_is_refused(
    app: Flask, provider: Provider, anonymous: Any, client_for: Any
) -> None:
    sign_up(anonymous, provider)
    eve = app.test_client()
    away = eve.get("/login/oidc").headers["Location"]
    back = path_of(provider.visit(away))
    victim = client_for(make_user("victim"))
    assert victim.get(back).headers["Location"] == "/settings/account"
    assert who(victim) == "victim"


def test_a_return_works_once(app: Flask, provider: Provider, anonymous: Any) -> None:
    sign_up(anonymous, provider)
    anonymous.form("/logout")
    back = path_of(provider.visit(anonymous.get("/login/oidc").headers["Location"]))
    assert anonymous.get(back).headers["Location"] == "/"
    anonymous.form("/logout")
    assert anonymous.get(back).headers["Location"] == "/login"
    assert who(anonymous) is None


@pytest.mark.parametrize("state", [None, "", "guessed"])
def test_a_wrong_state_is_refused(
    app: Flask, provider: Provider, anonymous: Any, state: str | None
) -> None:
    sign_up(anonymous, provider)
    anonymous.form("/logout")
    back = provider.visit(anonymous.get("/login/oidc").headers["Location"])
    (code,) = parse_qs(urlsplit(back).query)["code"]
    query = {"code": code} | ({} if state is None else {"state": state})
    anonymous.get("/login/oidc/callback", query_string=query)
    assert who(anonymous) is None


def test_an_old_state_is_refused(app: Flask, provider: Provider, anonymous: Any) -> None:
    sign_up(anonymous, provider)
    anonymous.form("/logout")
    back = path_of(provider.visit(anonymous.get("/login/oidc").headers["Location"]))
    with anonymous.session_transaction() as session:
        (key,) = (key for key in session if key.startswith("_state_"))
        session[key] = {**session[key], "exp": 1}
    assert anonymous.get(back).headers["Location"] == "/login"
    assert who(anonymous) is None


def test_a_stolen_code_is_worth_nothing_without_its_verifier(
    app: Flask, provider: Provider, anonymous: Any
) -> None:
    sign_up(anonymous, provider)
    stolen = provider.visit(anonymous.get("/login/oidc").headers["Location"])
    (code,) = parse_qs(urlsplit(stolen).query)["code"]
    eve = app.test_client()
    (state,) = parse_qs(urlsplit(eve.get("/login/oidc").headers["Location"]).query)["state"]
    eve.get("/login/oidc/callback", query_string={"code": code, "state": state})
    assert who(eve) is None


@pytest.mark.parametrize("aim", ["https://evil.test", "//evil.test", "/\\evil.test", "/api/v1/me"])
def test_afterwards_one_is_still_here(
    app: Flask, provider: Provider, anonymous: Any, aim: str
) -> None:
    sign_up(anonymous, provider)
    anonymous.form("/logout")
    away = anonymous.get("/login/oidc", query_string={"next": aim})
    back = anonymous.get(path_of(provider.visit(away.headers["Location"])))
    assert back.headers["Location"] == "/"


def test_logging_in_as_somebody_else_ends_the_session_before(
    app: Flask, provider: Provider, anonymous: Any
) -> None:
    sign_up(anonymous, provider)
    anonymous.form("/logout")
    ann = make_user("ann")
    anonymous.form("/login", login="ann", password=ann.password)
    with anonymous.session_transaction() as session:
        before = session["_user_id"]
    log_in(anonymous, provider)
    assert who(anonymous) == "gil" and sessions.find(before) is None


def test_names_of_people_are_only_text(app: Flask, provider: Provider, anonymous: Any) -> None:
    provider.claims = person(name="<script>alert(1)</script>{{7*7}}")
    log_in(anonymous, provider)
    page = anonymous.get("/signup/oidc").text
    assert "<script>alert" not in page and "{{7*7}}" in page


def test_a_provider_that_is_away_is_said_to_be(
    app: Flask, anonymous: Any, with_settings: Callable[..., None]
) -> None:
    with_settings(**Provider(url="http://127.0.0.1:9").env)
    assert anonymous.get("/login/oidc").status_code == 503


def test_who_is_suspended_is_told_so_and_stays_out(
    app: Flask, provider: Provider, anonymous: Any
) -> None:
    sign_up(anonymous, provider)
    suspensions.suspend(suspensions.get_id("gil"))
    assert who(anonymous) is None
    assert log_in(anonymous, provider).headers["Location"] == "/login"
    assert "This account is suspended." in anonymous.get("/login").text
    assert who(anonymous) is None and count(UserModel) == 1


def test_the_identity_of_who_withdrew_is_free_again(
    app: Flask, provider: Provider, anonymous: Any
) -> None:
    sign_up(anonymous, provider)
    user_id = int(anonymous.api("GET", "/me")[1]["id"])
    accounts_changes.withdraw(user_id, password="", fresh_identity=True, caller=Caller())
    assert log_in(anonymous, provider).headers["Location"] == "/signup/oidc"
    assert re.search("gil@provider", anonymous.get("/signup/oidc").text)
