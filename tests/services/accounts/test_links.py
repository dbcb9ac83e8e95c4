"""Links that were mailed make an account once, for whoever opens one first."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select, update

from pigeon.domain.clock import utc_now
from pigeon.domain.errors import Invalid, Unavailable
from pigeon.extensions import db
from pigeon.models import MailedToken, UserModel
from pigeon.services.accounts import links, oidc, signups
from pigeon.services.accounts.oidc import Identity
from pigeon.services.users import users
from pigeon.unit_of_work import unit_of_work
from tests.factories import make_user
from tests.harness.context import concurrently
from tests.harness.mailed import NOBODY, Mails, codes, form, open_link, token_in
from tests.harness.rows import count


def test_a_link_works_once(app: Flask, mails: Mails) -> None:
    signups.sign_up(form(), caller=NOBODY)
    token = token_in(mails()[0])
    assert links.kind_of(token) == "signup"
    open_link(token)
    for unknown in (token, token[:-1], "", "x" * 43):
        with pytest.raises(Invalid) as error:
            open_link(unknown)
        assert codes(error) == {"token": "expired"}


def test_of_many_who_open_a_link_one_makes_the_account(app: Flask, mails: Mails) -> None:
    signups.sign_up(form(), caller=NOBODY)
    token = token_in(mails()[0])
    done = concurrently(app, [lambda: open_link(token)] * 8)
    assert sum(not isinstance(one, Exception) for one in done) == 1
    assert all(isinstance(one, int | Invalid) for one in done)
    assert count(UserModel) == 1


def test_a_cache_out_of_reach_keeps_no_account_from_its_owner(
    app: Flask, mails: Mails, monkeypatch: pytest.MonkeyPatch
) -> None:
    def out_of_reach(*_: object) -> None:
        raise Unavailable

    signups.sign_up(form(), caller=NOBODY)
    token = token_in(mails()[0])
    monkeypatch.setattr(users, "evict", out_of_reach)
    assert open_link(token)
    assert signups.create(email="ben@example.org", username="ben", password=None)
    identity = Identity(issuer="i", subject="s", email="cho@example.org", name="")
    assert oidc.sign_up(
        identity, username="cho", display_name="Cho", invite=None, language="ko", caller=NOBODY
    )
    assert count(UserModel) == 3


def test_a_link_ends_after_a_day(app: Flask, mails: Mails) -> None:
    signups.sign_up(form(), caller=NOBODY)
    token = token_in(mails()[0])
    row = db.session.scalars(select(MailedToken)).one()
    assert timedelta(hours=23) < row.expires_at - utc_now() <= timedelta(hours=24)
    with unit_of_work():
        db.session.execute(update(MailedToken).values(expires_at=utc_now()))
    with pytest.raises(Invalid):
        open_link(token)


def test_who_opens_the_link_first_has_the_username(app: Flask, mails: Mails) -> None:
    signups.sign_up(form(), caller=NOBODY)
    signups.sign_up(form(email="anna@example.org"), caller=NOBODY)
    first, second = (token_in(message) for message in mails())
    open_link(second)
    with pytest.raises(Invalid) as error:
        open_link(first)
    assert codes(error) == {"username": "taken"}
    with pytest.raises(Invalid) as error:
        open_link(first, username="a")
    assert codes(error) == {"username": "too_short"}
    assert users.get_me(open_link(first, username="Annie")).username == "annie"


def test_an_address_that_became_known_meanwhile_ends_the_link(app: Flask, mails: Mails) -> None:
    signups.sign_up(form(), caller=NOBODY)
    token = token_in(mails()[0])
    make_user("other", email="ann@example.org")
    with pytest.raises(Invalid) as error:
        open_link(token)
    assert codes(error) == {"token": "expired"}
