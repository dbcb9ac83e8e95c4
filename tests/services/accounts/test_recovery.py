"""A forgotten password: a reset works once, and ends what was open."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from pigeon.domain.clock import utc_now
from pigeon.domain.errors import Invalid, Unauthenticated
from pigeon.extensions import db
from pigeon.models import MailedToken
from pigeon.services.accounts import changes as accounts_changes
from pigeon.services.accounts import links, logins, recovery, sessions, signups
from pigeon.services.users import users
from tests.factories import make_user
from tests.harness.context import concurrently
from tests.harness.mailed import NOBODY, Mails, codes, reset_token, token_in

NEW_PASSWORD = "quite another pigeon 8"


@pytest.mark.both_modes
def test_a_reset_ends_everything_that_was_open(app: Flask, mails: Mails, mode: str) -> None:
    ann = make_user("ann")
    session, program = sessions.start(ann.id, caller=NOBODY), sessions.create_token(ann.id)
    assert sessions.find(session) and sessions.find(program)
    accounts_changes.change_email(
        ann.id, email="new@example.org", password=ann.password, caller=NOBODY
    )
    pending = token_in(mails()[-1])
    token = reset_token(mails)
    recovery.reset(token, NEW_PASSWORD, caller=NOBODY)
    assert not sessions.find(session) and not sessions.find(program)
    assert users.get_me(ann.id).pending_email is None
    assert links.kind_of(pending) is None
    with pytest.raises(Unauthenticated):
        logins.log_in("ann", ann.password, caller=NOBODY)
    assert logins.log_in("ann", NEW_PASSWORD, caller=NOBODY)
    assert "password" in str(mails()[-1]["Subject"])


def test_a_reset_link_works_once_and_for_half_an_hour(app: Flask, mails: Mails) -> None:
    make_user("ann")
    token = reset_token(mails)
    row = db.session.scalars(select(MailedToken)).one()
    assert timedelta(minutes=29) < row.expires_at - utc_now() <= timedelta(minutes=30)
    assert all(recovery.find_names(token) for _ in range(5))
    recovery.reset(token, NEW_PASSWORD, caller=NOBODY)
    assert not recovery.find_names(token)
    with pytest.raises(Invalid) as error:
        recovery.reset(token, NEW_PASSWORD, caller=NOBODY)
    assert codes(error) == {"token": "expired"}


def test_of_fifty_resets_at_once_one_succeeds(app: Flask, mails: Mails) -> None:
    make_user("ann")
    token = reset_token(mails)
    calls = [
        lambda number=number: recovery.reset(token, f"a new pigeon, number {number}", caller=NOBODY)
        for number in range(50)
    ]
    done = concurrently(app, calls)
    winners = [number for number, one in enumerate(done) if one is None]
    assert len(winners) == 1, [one for one in done if not isinstance(one, Invalid)]
    assert logins.log_in("ann", f"a new pigeon, number {winners[0]}", caller=NOBODY)


def test_the_newest_reset_link_counts(app: Flask, mails: Mails) -> None:
    make_user("ann")
    old, new = reset_token(mails), reset_token(mails)
    assert not recovery.find_names(old) and recovery.find_names(new)


def test_a_reset_link_ends_with_the_password_it_was_for(app: Flask, mails: Mails) -> None:
    ann = make_user("ann")
    token = reset_token(mails)
    accounts_changes.change_password(
        ann.id, current=ann.password, password=NEW_PASSWORD, caller=NOBODY
    )
    with pytest.raises(Invalid):
        recovery.reset(token, "yet another pigeon 9", caller=NOBODY)


def test_a_weak_password_leaves_the_link_as_it_was(app: Flask, mails: Mails) -> None:
    make_user("annabelle", email="ann@example.org")
    token = reset_token(mails)
    for weak, code in (("short", "too_short"), ("annabelle1", "bad_format")):
        with pytest.raises(Invalid) as error:
            recovery.reset(token, weak, caller=NOBODY)
        assert codes(error) == {"password": code}
    assert recovery.find_names(token)


def test_mail_goes_to_the_address_on_record(app: Flask, mails: Mails) -> None:
    make_user("ann", email="Ann@example.org")
    reset_token(mails, "ann@ＥＸＡＭＰＬＥ.org")
    assert [message["To"] for message in mails()] == ["Ann@example.org"]


def test_an_unknown_address_gets_no_mail(app: Flask, mails: Mails) -> None:
    recovery.forgot("nobody@example.org", caller=NOBODY)
    assert mails() == []


def test_whoever_has_no_password_gets_one_by_mail(app: Flask, mails: Mails) -> None:
    signups.create(email="ann@example.org", username="ann", password=None)
    recovery.reset(reset_token(mails), NEW_PASSWORD, caller=NOBODY)
    assert logins.log_in("ann", NEW_PASSWORD, caller=NOBODY)


@pytest.mark.env(RATE_LIMITS="on")
def test_a_mailbox_is_not_flooded(app: Flask, mails: Mails) -> None:
    make_user("ann")
    for _ in range(8):
        recovery.forgot("ann@example.org", caller=NOBODY)
        mails()
    assert len(mails()) == 5
