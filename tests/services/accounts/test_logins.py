"""Log-in by password; guesses are counted before they are checked."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from pigeon.domain.errors import TooMany, Unauthenticated
from pigeon.domain.sessions import Caller
from pigeon.extensions import db
from pigeon.models import SecurityEvent, UserModel
from pigeon.services.accounts import logins, passwords, sessions
from tests.factories import make_user
from tests.harness.context import concurrently
from tests.harness.mailed import NOBODY


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
