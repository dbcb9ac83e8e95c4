from __future__ import annotations

import json
from collections.abc import Callable
from email.message import EmailMessage
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, update
from structlog.testing import capture_logs

from pigeon.domain.errors import Invalid
from pigeon.domain.sessions import Caller
from pigeon.extensions import db, state
from pigeon.models import MailedToken, OutboxRow, UserModel
from pigeon.services.accounts import addresses, oidc, sessions, signups
from pigeon.services.accounts.logins import log_in
from pigeon.services.accounts.oidc import Identity
from pigeon.unit_of_work import unit_of_work
from tests.factories import Person, make_user
from tests.harness.crashes import killed_at
from tests.harness.outside import link_in

pytestmark = pytest.mark.no_second_look
PASSWORD = "seven doves over the bay"
UNICODE, ASCII = "minji@한국.test", "minji@xn--3e0b707e.test"


def sign_up(email: str, username: str = "minji") -> dict[str, str]:
    return {
        "email": email,
        "username": username,
        "display_name": "민지",
        "password": PASSWORD,
    }


def stored(person: Person) -> tuple[str, str]:
    db.session.rollback()
    user = db.session.get(UserModel, person.id)
    assert user
    return user.email, user.email_key


def as_before(person: Person, email: str, key: str | None = None) -> Person:
    """As an older release stored it."""
    with unit_of_work():
        values = {"email": email, "email_key": key or email.casefold()}
        db.session.execute(update(UserModel).where(UserModel.id == person.id).values(values))
    return person


@pytest.mark.parametrize("address", ["민지@example.test", "jürgen@example.org", "a@b..test"])
def test_an_address_that_gets_no_letter_is_refused_at_every_door(
    app: Flask, anonymous: Any, client_for: Any, address: str
) -> None:
    ann = make_user("ann")
    answers = [
        anonymous.api("POST", "/auth/signup", sign_up(address)),
        anonymous.api("POST", "/auth/confirm/resend", {"email": address}),
        anonymous.api("POST", "/auth/password/forgot", {"email": address}),
    ]
    for status, body in answers:
        assert (status, body["error"]["fields"]["email"]["code"]) == (422, "bad_format")
    pages = [
        anonymous.form("/signup", **sign_up(address)),
        anonymous.form("/confirm/resend", email=address),
        anonymous.form("/password/forgot", email=address),
        client_for(ann).form("/settings/email", email=address, password=ann.password),
    ]
    for page in pages:
        assert page.status_code == 422 and 'aria-invalid="true"' in page.text
    result = app.test_cli_runner().invoke(
        args=["users", "create", "minji", "--email", address, "--password", PASSWORD, "--confirmed"]
    )
    assert result.exit_code == 1 and "email: bad_format" in result.output
    claimed = Identity(issuer="https://id.test", subject="1", email=address, name="Minji")
    assert oidc.find_problem(claimed) == "bad_format"
    assert not db.session.scalars(select(OutboxRow)).all()


def test_both_spellings_of_a_domain_are_one_account(
    app: Flask, anonymous: Any, mails: Callable[[], list[EmailMessage]]
) -> None:
    assert anonymous.api("POST", "/auth/signup", sign_up(UNICODE))[0] == 202
    (letter,) = mails()
    assert letter["To"] == ASCII
    anonymous.form(link_in(letter), password=PASSWORD)
    for address in (UNICODE, ASCII, "MINJI@한국.TEST"):
        assert log_in(address, PASSWORD, caller=Caller())
    anonymous.api("POST", "/auth/signup", sign_up(ASCII, "other"))
    assert "You have an account" in mails()[-1]["Subject"]


def test_stored_addresses_are_respelled_and_caches_follow(app: Flask, client_for: Any) -> None:
    ann, ben = as_before(make_user("ann"), UNICODE), make_user("ben")
    browser, before = client_for(ann), stored(ben)
    assert browser.api("GET", "/me")[1]["email"] == UNICODE
    assert log_in(UNICODE, ann.password, caller=Caller())
    addresses.respell()
    assert stored(ann) == (ASCII, ASCII) and stored(ben) == before
    assert browser.api("GET", "/me")[1]["email"] == ASCII
    assert log_in(UNICODE, ann.password, caller=Caller())
    assert log_in(ASCII, ann.password, caller=Caller())


def test_what_is_taken_or_unusable_stays_and_is_logged(app: Flask) -> None:
    first, second = as_before(make_user("ann"), ASCII), as_before(make_user("ben"), UNICODE)
    third = as_before(make_user("cat"), "민지@example.test")
    with capture_logs() as logged:
        addresses.respell()
    assert stored(first) == (ASCII, ASCII) and stored(second) == (UNICODE, UNICODE)
    assert stored(third) == ("민지@example.test", "민지@example.test")
    told = {(line["event"], line.get("user_id")) for line in logged}
    assert {("address_taken", second.id), ("address_unusable", third.id)} <= told
    for person, typed in ((first, ASCII), (second, UNICODE), (third, "민지@example.test")):
        token = log_in(typed, person.password, caller=Caller())
        found = sessions.find(token)
        assert found and found.user_id == person.id


def test_a_walk_that_is_killed_goes_on_where_it_was(
    app: Flask, monkeypatch: pytest.MonkeyPatch, queries: Callable[[], Any]
) -> None:
    monkeypatch.setattr(addresses, "BATCH", 2)
    people = [as_before(make_user(f"user{n}"), f"user{n}@한국.test") for n in range(7)]
    killed_at(app, "addresses.respelled:2", addresses.respell)
    done = [stored(person)[0].isascii() for person in people]
    assert done == [True] * 4 + [False] * 3
    killed_at(app, "addresses.respelled", addresses.respell)
    addresses.respell()
    assert all(stored(person)[0] == f"user{n}@xn--3e0b707e.test" for n, person in enumerate(people))
    with queries() as sent:
        addresses.respell()
    assert not sent
    state.client.flushdb()
    with queries() as sent:
        addresses.respell()
    assert not [statement for statement in sent if statement.startswith("UPDATE users")]


def test_links_of_before_go_on_working(
    app: Flask, anonymous: Any, mails: Callable[[], list[EmailMessage]]
) -> None:
    anonymous.api("POST", "/auth/signup", sign_up(UNICODE))
    ann = make_user("ann")
    anonymous.sign_in(ann.id)
    moved = "ann@한국.test"
    anonymous.form("/settings/email", email=moved, password=ann.password)
    with unit_of_work():
        for row in db.session.scalars(select(MailedToken)):
            old = UNICODE if row.kind == "signup" else moved
            row.email_key = old
            row.payload = json.dumps({**json.loads(row.payload), "email": old, "email_key": old})
    addresses.respell()
    keys = set(db.session.scalars(select(MailedToken.email_key)))
    assert keys == {ASCII, "ann@xn--3e0b707e.test"}
    first, second = mails()
    anonymous.form(link_in(first), password=PASSWORD)
    anonymous.form(link_in(second), password="")
    db.session.rollback()
    assert set(db.session.scalars(select(UserModel.email))) == keys
    assert {user.email_key for user in db.session.scalars(select(UserModel))} == keys


def test_an_account_of_the_operator_is_checked_too(app: Flask) -> None:
    with pytest.raises(Invalid) as refusal:
        signups.create(email="민지@example.test", username="minji", password=PASSWORD)
    assert refusal.value.fields["email"].code == "bad_format"
