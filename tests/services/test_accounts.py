"""Accounts: nothing exists before the mailed link is opened, and links work once."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from email.message import EmailMessage
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select, update

from pigeon.domain.clock import utc_now
from pigeon.domain.errors import (
    Forbidden,
    Invalid,
    NotFound,
    TooMany,
    Unauthenticated,
    Unavailable,
)
from pigeon.domain.sessions import Caller
from pigeon.extensions import db, state
from pigeon.models import (
    HeldUsername,
    MailedToken,
    OutboxRow,
    SecurityEvent,
    SessionModel,
    UserModel,
)
from pigeon.services.accounts import (
    changes as accounts_changes,
)
from pigeon.services.accounts import (
    invites,
    links,
    logins,
    oidc,
    passwords,
    recovery,
    sessions,
    signups,
)
from pigeon.services.accounts.oidc import Identity
from pigeon.services.accounts.signups import SignUp
from pigeon.services.users import users
from pigeon.unit_of_work import unit_of_work
from tests.factories import make_user
from tests.harness.context import concurrently
from tests.harness.outside import link_in

NOBODY = Caller()
NEW_PASSWORD = "quite another pigeon 8"
Mails = Callable[[], list[EmailMessage]]


def form(**changes: Any) -> SignUp:
    fields = {
        "email": "ann@example.org",
        "username": "ann",
        "display_name": "Ann",
        "password": "a pigeon knows 7 ways",
    }
    return SignUp(**fields | changes)


def token_in(message: EmailMessage) -> str:
    return link_in(message).rpartition("/")[2]


def open_link(token: str, **more: Any) -> int:
    """In another browser, by somebody who knows the password of the sign-up."""
    fields = {"password": form().password, "caller": NOBODY}
    return links.confirm(token, **fields | more)


def count(model: Any) -> int:
    return int(db.session.scalar(select(func.count()).select_from(model)) or 0)


def codes(error: pytest.ExceptionInfo[Invalid]) -> dict[str, str]:
    return {name: fault.code for name, fault in error.value.fields.items()}


# -- sign-up -----------------------------------------------------------------------------------


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


def test_all_faults_are_named_at_once(app: Flask) -> None:
    bad = form(email="ann", username="admin", display_name=" \u3164 ", password="short")
    with pytest.raises(Invalid) as error:
        signups.sign_up(bad, caller=NOBODY)
    assert codes(error) == {
        "email": "bad_format",
        "username": "reserved",
        "display_name": "required",
        "password": "too_short",
    }
    assert count(OutboxRow) == 0


@pytest.mark.parametrize("username", ["ann", "ANN", "Ａｎｎ", " ann "])
def test_a_username_is_taken_in_every_spelling(app: Flask, username: str) -> None:
    make_user("ann", email="other@example.org")
    with pytest.raises(Invalid) as error:
        signups.sign_up(form(username=username), caller=NOBODY)
    assert codes(error) == {"username": "taken"}
    assert signups.find_username_problem(username) == "taken"
    assert signups.find_username_problem("annie") is None


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


@pytest.mark.parametrize("username", ["email_key", "email.fan", "users.email_key"])
def test_a_username_that_looks_like_a_column_is_taken_as_a_username(
    app: Flask, mails: Mails, username: str
) -> None:
    signups.sign_up(form(username=username), caller=NOBODY)
    make_user(username)
    with pytest.raises(Invalid) as error:
        open_link(token_in(mails()[0]))
    assert codes(error) == {"username": "taken"}


def test_an_address_that_became_known_meanwhile_ends_the_link(app: Flask, mails: Mails) -> None:
    signups.sign_up(form(), caller=NOBODY)
    token = token_in(mails()[0])
    make_user("other", email="ann@example.org")
    with pytest.raises(Invalid) as error:
        open_link(token)
    assert codes(error) == {"token": "expired"}


def test_the_operator_confirms_without_the_link(app: Flask) -> None:
    signups.sign_up(form(), caller=NOBODY)
    assert users.get_me(links.confirm_pending("ann")).email == "ann@example.org"
    with pytest.raises(NotFound):
        links.confirm_pending("ann")


# -- invitations -------------------------------------------------------------------------------


@pytest.mark.env(REGISTRATION="closed")
def test_closed_means_closed(app: Flask) -> None:
    with pytest.raises(Forbidden) as error:
        signups.sign_up(form(invite=invites.create(uses=1, days=1)), caller=NOBODY)
    assert error.value.code == "registration_closed"


@pytest.mark.env(REGISTRATION="invite")
def test_an_invitation_is_for_so_many_accounts(app: Flask, mails: Mails) -> None:
    invite = invites.create(uses=1, days=1)
    for wrong in (None, "", "x", invite[:-1]):
        with pytest.raises(Forbidden):
            signups.sign_up(form(invite=wrong), caller=NOBODY)
    signups.sign_up(form(invite=invite), caller=NOBODY)
    signups.sign_up(form(invite=invite, email="b@example.org", username="ben"), caller=NOBODY)
    first, second = (token_in(message) for message in mails())
    open_link(first)
    with pytest.raises(Forbidden):
        open_link(second)
    assert links.kind_of(second) == "signup"
    with pytest.raises(Forbidden):
        signups.sign_up(form(invite=invite, email="c@example.org", username="cat"), caller=NOBODY)


@pytest.mark.env(REGISTRATION="invite")
def test_an_invitation_expires(app: Flask) -> None:
    invite = invites.create(uses=5, days=0)
    with pytest.raises(Forbidden):
        signups.sign_up(form(invite=invite), caller=NOBODY)


# -- log-in ------------------------------------------------------------------------------------


@pytest.mark.parametrize("login", ["ann", "ANN", "ann@example.org", "Ann@EXAMPLE.org", " ann "])
def test_log_in_by_name_or_address(app: Flask, login: str) -> None:
    ann = make_user("ann", email="Ann@example.org")
    token = logins.log_in(login, ann.password, caller=NOBODY)
    found = sessions.find(token)
    assert found and found.user_id == ann.id


def test_a_wrong_password_is_noted_and_nothing_secret_is(app: Flask) -> None:
    ann = make_user("ann")
    caller = Caller(address="192.0.2.1", user_agent="curl", request_id="r1")
    for login in ("ann", "nobody"):
        with pytest.raises(Unauthenticated) as error:
            logins.log_in(login, "guessed wrong", caller=caller)
        assert error.value.code == "wrong_credentials"
    rows = db.session.scalars(select(SecurityEvent).where(SecurityEvent.kind == "login_failed"))
    found = list(rows)
    assert [(row.user_id, row.address) for row in found] == [
        (ann.id, "192.0.2.1"),
        (None, "192.0.2.1"),
    ]
    assert not [row for row in found if "guessed" in str(vars(row))]


@pytest.mark.env(RATE_LIMITS="on")
@pytest.mark.parametrize("login", ["ann", "nobody"])
def test_the_eleventh_guess_has_to_wait(app: Flask, login: str) -> None:
    make_user("ann")
    for _ in range(10):
        with pytest.raises(Unauthenticated):
            logins.log_in(login, "guessed wrong", caller=NOBODY)
    with pytest.raises(TooMany) as error:
        logins.log_in(login, "guessed wrong", caller=NOBODY)
    assert 1 <= error.value.retry_after_s <= 301


@pytest.mark.env(RATE_LIMITS="on")
def test_guesses_count_per_account_however_it_is_spelled(app: Flask) -> None:
    ann = make_user("ann")
    spellings = ["ann", "ANN", "ann@example.org", "Ann@Example.org", " ann"]
    for login in spellings * 2:
        with pytest.raises(Unauthenticated):
            logins.log_in(login, "guessed wrong", caller=NOBODY)
    with pytest.raises(TooMany):
        logins.log_in("ann", ann.password, caller=NOBODY)


@pytest.mark.env(RATE_LIMITS="on")
def test_right_passwords_count_as_nothing(app: Flask) -> None:
    ann = make_user("ann")
    for _ in range(12):
        logins.log_in("ann", ann.password, caller=NOBODY)


@pytest.mark.env(RATE_LIMITS="on")
def test_a_burst_of_guesses_gets_no_further(app: Flask) -> None:
    make_user("ann")
    guess = lambda: logins.log_in("ann", "guessed wrong", caller=NOBODY)  # noqa: E731
    done = [one for _ in range(4) for one in concurrently(app, [guess] * 10)]
    assert sum(isinstance(one, Unauthenticated) for one in done) == 10
    assert sum(isinstance(one, TooMany) for one in done) == 30


@pytest.mark.env(RATE_LIMITS="on")
def test_spraying_from_one_network_is_limited(app: Flask) -> None:
    for number in range(100):
        caller = Caller(address=f"2001:db8::{number:x}")
        with pytest.raises(Unauthenticated):
            logins.log_in(f"victim{number}", "guessed wrong", caller=caller)
    with pytest.raises(TooMany):
        logins.log_in("victim", "guessed wrong", caller=Caller(address="2001:db8::ffff"))
    with pytest.raises(Unauthenticated):
        logins.log_in("victim", "guessed wrong", caller=Caller(address="2001:db8:1::1"))


@pytest.mark.env(RATE_LIMITS="on")
def test_without_redis_guesses_are_still_counted(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    from pigeon.services import rates

    def gone(*_: Any) -> Any:
        raise ConnectionError

    monkeypatch.setattr(rates, "_shared", gone)
    rates._local().storage.reset()
    with pytest.raises(TooMany):
        for _ in range(11):
            with pytest.raises(Unauthenticated):
                logins.log_in("offline", "guessed wrong", caller=NOBODY)


def test_a_log_in_renews_an_old_hash(app: Flask, with_settings: Callable[..., None]) -> None:
    ann = make_user("ann")
    with_settings(password_cost="normal")
    logins.log_in("ann", ann.password, caller=NOBODY)
    hashed = db.session.scalars(select(UserModel.password_hash)).one()
    assert hashed and not passwords.is_outdated(hashed)


@pytest.mark.parametrize("password", ["", "x" * 100_000, "\ud800"])
def test_odd_passwords_are_just_wrong(app: Flask, password: str) -> None:
    make_user("ann")
    with pytest.raises(Unauthenticated):
        logins.log_in("ann", password, caller=NOBODY)
    with pytest.raises(Unauthenticated):
        logins.log_in("x" * 1_000_000, password, caller=NOBODY)


# -- recovery ----------------------------------------------------------------------------------


def reset_token(mails: Mails, email: str = "ann@example.org") -> str:
    recovery.forgot(email, caller=NOBODY)
    return token_in(mails()[-1])


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


def test_a_link_of_one_kind_opens_no_other_door(app: Flask, mails: Mails) -> None:
    make_user("ann")
    token = reset_token(mails)
    assert links.kind_of(token) is None
    with pytest.raises(Invalid):
        open_link(token)
    signups.sign_up(form(email="b@example.org", username="ben"), caller=NOBODY)
    with pytest.raises(Invalid):
        recovery.reset(token_in(mails()[-1]), NEW_PASSWORD, caller=NOBODY)


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


# -- changes -----------------------------------------------------------------------------------


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


# -- withdrawal --------------------------------------------------------------------------------


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
