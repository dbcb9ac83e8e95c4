"""Nothing exists before the mailed link is opened."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import update

from pigeon.domain.clock import utc_now
from pigeon.domain.errors import Forbidden, NotFound
from pigeon.extensions import db
from pigeon.models import MailedToken, UserModel
from pigeon.services.accounts import invites, links, logins, signups
from pigeon.services.users import users
from pigeon.unit_of_work import unit_of_work
from tests.factories import make_user
from tests.harness.mailed import NOBODY, Mails, form, open_link, token_in
from tests.harness.outside import link_in
from tests.harness.rows import count


@pytest.mark.both_modes
def test_the_mailed_link_makes_the_account(app: Flask, mails: Mails, mode: str) -> None:
    signups.sign_up(form(language="ko"), caller=NOBODY)
    assert count(UserModel) == 0
    (message,) = mails()
    assert message["To"] == "ann@example.org"
    assert "@ann" in message.get_body(("plain",)).get_content(), "who asked chose the name"
    user_id = open_link(token_in(message))
    ann = users.get_me(user_id)
    assert (ann.username, ann.email, ann.language, ann.has_password) == (
        "ann",
        "ann@example.org",
        "ko",
        True,
    )
    assert logins.log_in("ann", form().password, caller=NOBODY)


def test_a_superseded_mail_is_not_sent(app: Flask, mails: Mails) -> None:
    signups.sign_up(form(), caller=NOBODY)
    signups.sign_up(form(username="annie"), caller=NOBODY)
    (message,) = mails()
    assert links.kind_of(token_in(message)) == "signup"


def test_a_mail_that_waited_too_long_is_not_sent(app: Flask, mails: Mails) -> None:
    signups.sign_up(form(), caller=NOBODY)
    with unit_of_work():
        db.session.execute(update(MailedToken).values(expires_at=utc_now()))
    assert mails() == []


def test_a_known_address_learns_of_it_by_mail_only(app: Flask, mails: Mails) -> None:
    make_user("ann", email="Ann@Example.org")
    assert signups.sign_up(form(username="other"), caller=NOBODY) == "ann@example.org"
    (message,) = mails()
    assert message["To"] == "Ann@Example.org"
    assert link_in(message) == "/password/forgot"
    assert count(MailedToken) == 0
    signups.resend("ann@example.org", caller=NOBODY)
    signups.resend("nobody@example.org", caller=NOBODY)
    assert len(mails()) == 1


def test_the_operator_confirms_without_the_link(app: Flask) -> None:
    signups.sign_up(form(), caller=NOBODY)
    assert users.get_me(links.confirm_pending("ann")).email == "ann@example.org"
    with pytest.raises(NotFound):
        links.confirm_pending("ann")


@pytest.mark.env(REGISTRATION="closed")
def test_closed_means_closed(app: Flask) -> None:
    with pytest.raises(Forbidden) as error:
        signups.sign_up(form(invite=invites.create(uses=1, days=1)), caller=NOBODY)
    assert error.value.code == "registration_closed"
