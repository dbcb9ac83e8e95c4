"""Changes to an account need proof of who asks."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select, update

from pigeon.domain.clock import utc_now
from pigeon.domain.errors import Forbidden, Invalid, NotFound, Unauthenticated
from pigeon.extensions import db
from pigeon.models import HeldUsername, SessionModel, UserModel
from pigeon.services.accounts import changes as accounts_changes
from pigeon.services.accounts import links, logins, sessions, signups
from pigeon.services.users import users
from pigeon.unit_of_work import unit_of_work
from tests.factories import make_user
from tests.harness.mailed import NOBODY, Mails, codes, form, open_link, token_in
from tests.harness.outside import link_in
from tests.harness.rows import count

NEW_PASSWORD = "quite another pigeon 8"


def test_a_new_password_leaves_one_new_session(app: Flask) -> None:
    ann = make_user("ann")
    old = [sessions.start(ann.id, caller=NOBODY) for _ in range(2)]
    new = accounts_changes.change_password(
        ann.id, current=ann.password, password=NEW_PASSWORD, caller=NOBODY
    )
    assert [bool(sessions.find(token)) for token in (*old, new)] == [False, False, True]


def test_a_new_password_needs_the_old_one(app: Flask) -> None:
    ann = make_user("ann")
    with pytest.raises(Invalid) as error:
        accounts_changes.change_password(
            ann.id, current="guessed wrong", password="short", caller=NOBODY
        )
    assert codes(error) == {"current_password": "wrong", "password": "too_short"}


def test_a_new_address_counts_once_its_link_is_opened(app: Flask, mails: Mails) -> None:
    ann = make_user("ann")
    accounts_changes.change_email(
        ann.id, email="new@example.org", password=ann.password, caller=NOBODY
    )
    me = users.get_me(ann.id)
    assert (me.email, me.pending_email) == ("ann@example.org", "new@example.org")
    (message,) = mails()
    assert message["To"] == "new@example.org"
    open_link(token_in(message))
    me = users.get_me(ann.id)
    assert (me.email, me.pending_email) == ("new@example.org", None)
    assert mails()[-1]["To"] == "ann@example.org"
    assert "new@example.org" not in str(mails()[-1].get_body(("plain",)))


def test_the_newest_change_of_address_counts(app: Flask, mails: Mails) -> None:
    ann = make_user("ann")
    for email in ("one@example.org", "two@example.org"):
        accounts_changes.change_email(ann.id, email=email, password=ann.password, caller=NOBODY)
        mails()
    first, second = (token_in(message) for message in mails())
    assert links.kind_of(first) is None
    open_link(second)
    assert users.get_me(ann.id).email == "two@example.org"


def test_an_address_of_somebody_else_looks_like_any_other(app: Flask, mails: Mails) -> None:
    ann, ben = make_user("ann"), make_user("ben")
    accounts_changes.change_email(ann.id, email=ben.email, password=ann.password, caller=NOBODY)
    assert users.get_me(ann.id).pending_email == ben.email
    (message,) = mails()
    assert (message["To"], link_in(message)) == (ben.email, "/password/forgot")


def test_a_new_address_needs_the_password(app: Flask) -> None:
    ann = make_user("ann")
    with pytest.raises(Invalid) as error:
        accounts_changes.change_email(ann.id, email="no", password="guessed", caller=NOBODY)
    assert codes(error) == {"email": "bad_format", "password": "wrong"}


def test_who_withdraws_is_gone_at_once(app: Flask, drain: Callable[[], None]) -> None:
    ann = make_user("ann")
    token = sessions.start(ann.id, caller=NOBODY)
    with pytest.raises(Invalid) as error:
        accounts_changes.withdraw(ann.id, password="guessed", fresh_identity=False, caller=NOBODY)
    assert codes(error) == {"password": "wrong"}
    accounts_changes.withdraw(ann.id, password=ann.password, fresh_identity=False, caller=NOBODY)
    assert sessions.find(token) is None
    for login in ("ann", "ann@example.org", f"deleted-{ann.id}"):
        with pytest.raises(Unauthenticated):
            logins.log_in(login, ann.password, caller=NOBODY)
    with pytest.raises(NotFound):
        users.get("ann", None)
    drain()
    assert count(UserModel) == 0 and count(SessionModel) == 0


def test_a_withdrawn_name_is_held_for_thirty_days(app: Flask, mails: Mails) -> None:
    ann = make_user("ann")
    accounts_changes.withdraw(ann.id, password=ann.password, fresh_identity=False, caller=NOBODY)
    with pytest.raises(Invalid) as error:
        signups.sign_up(form(email="other@example.org"), caller=NOBODY)
    assert codes(error) == {"username": "taken"}
    held = db.session.scalars(select(HeldUsername)).one()
    assert timedelta(days=29) < held.held_until - utc_now() <= timedelta(days=30)
    signups.sign_up(form(username="annie"), caller=NOBODY)
    open_link(token_in(mails()[-1]))
    with unit_of_work():
        db.session.execute(update(HeldUsername).values(held_until=utc_now()))
    assert signups.find_username_problem("ann") is None


def test_without_a_password_withdrawal_needs_a_fresh_log_in(app: Flask) -> None:
    user_id = signups.create(email="ann@example.org", username="ann", password=None)
    with pytest.raises(Forbidden) as error:
        accounts_changes.withdraw(user_id, password="", fresh_identity=False, caller=NOBODY)
    assert error.value.code == "reauth_required"
    accounts_changes.withdraw(user_id, password="", fresh_identity=True, caller=NOBODY)
