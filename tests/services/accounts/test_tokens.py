"""Links that are mailed: the newest counts, for its one door; their secrets are stored nowhere."""

from __future__ import annotations

import json

import pytest
from flask import Flask
from sqlalchemy import select

from pigeon.domain.errors import Invalid
from pigeon.extensions import db, state
from pigeon.models import MailedToken, OutboxRow
from pigeon.services.accounts import links, recovery, signups
from pigeon.services.users import users
from tests.factories import make_user
from tests.harness.mailed import NOBODY, Mails, form, open_link, reset_token, token_in

NEW_PASSWORD = "quite another pigeon 8"


def test_a_new_link_replaces_the_old_one(app: Flask, mails: Mails) -> None:
    signups.sign_up(form(), caller=NOBODY)
    old = token_in(mails()[-1])
    signups.resend("ANN@example.org", caller=NOBODY)
    new = token_in(mails()[-1])
    assert old != new and links.kind_of(old) is None
    signups.sign_up(form(username="annie"), caller=NOBODY)
    newest = token_in(mails()[-1])
    assert links.kind_of(new) is None
    assert users.get_me(open_link(newest)).username == "annie"


def test_a_link_of_one_kind_opens_no_other_door(app: Flask, mails: Mails) -> None:
    make_user("ann")
    token = reset_token(mails)
    assert links.kind_of(token) is None
    with pytest.raises(Invalid):
        open_link(token)
    signups.sign_up(form(email="b@example.org", username="ben"), caller=NOBODY)
    with pytest.raises(Invalid):
        recovery.reset(token_in(mails()[-1]), NEW_PASSWORD, caller=NOBODY)


def test_secrets_of_links_are_stored_nowhere(app: Flask, mails: Mails) -> None:
    make_user("ann")
    recovery.forgot("ann@example.org", caller=NOBODY)
    jobs = [row.arguments for row in db.session.scalars(select(OutboxRow))]
    token = token_in(mails()[-1])
    row = db.session.scalars(select(MailedToken)).one()
    assert token not in json.dumps(jobs) + row.payload + row.token_hash
    assert not [
        key for key in state.client.scan_iter() if token.encode() in (state.client.dump(key) or b"")
    ]
