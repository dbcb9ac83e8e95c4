"""A forgotten password: the request is answered at once, everything else happens in a job."""

from __future__ import annotations

import json

from sqlalchemy import select

from pigeon.domain.events import MailRequested, ResetRequested
from pigeon.domain.sessions import Caller
from pigeon.extensions import db, settings
from pigeon.models import UserModel
from pigeon.services import access, rates
from pigeon.services.accounts import checks, passwords, security_log, sessions, tokens
from pigeon.services.accounts.logins import network_of
from pigeon.unit_of_work import UnitOfWork, retried, unit_of_work

FORGOTTEN = (100, 300)
"""(times, seconds) per network."""


@retried
def forgot(email: str, *, caller: Caller) -> None:
    """Ask for a link to a new password; nothing here depends on whether the address is known."""
    rates.hit("forgot", network_of(caller.address), *FORGOTTEN)
    email_key = checks.checked_email(email)[1]
    if checks.may_mail(email_key):
        with unit_of_work() as uow:
            uow.record(ResetRequested(email_key=email_key))


@retried
def issue_reset(email_key: str) -> None:
    """Mail the link to the address on record, if there is one; run by a job."""
    with unit_of_work() as uow:
        user_id = db.session.scalars(
            select(UserModel.id).where(UserModel.email_key == email_key)
        ).one_or_none()
        user = sessions.lock_user(user_id) if user_id is not None else None
        if user and access.users.is_active_state(user.state):
            _issue(uow, user)
        uow.finish_job()


@retried
def reset(token: str, password: str, *, caller: Caller) -> None:
    """Set a new password by a mailed link: every session, socket and other link ends.

    Invalid `token`: `expired`, also for a link from before another change of the password.
    """
    row = tokens.get(token, "reset")
    row_id, user_id, version = row.id, row.user_id, json.loads(row.payload)["auth_version"]
    user = db.session.get(UserModel, user_id)
    if user is None:
        raise tokens.expired()
    passwords.check(password, *passwords.names_of(user.username, user.email_key))
    hashed = passwords.hash_password(password)
    with unit_of_work() as uow:
        tokens.take(row_id)
        _store(uow, user_id, version, hashed, caller)


def find_names(token: str) -> tuple[str, str] | None:
    """What guessers would try of the account behind a link; None when the link does not work.

    Looking does not use it up.
    """
    row = tokens.find(token, "reset")
    user = db.session.get(UserModel, row.user_id) if row else None
    if user is None or not access.users.is_active_state(user.state):
        return None
    return passwords.names_of(user.username, user.email_key)


def set_password(uow: UnitOfWork, user: UserModel, hashed: str) -> None:
    """What every new password means inside its unit: all that was open before it is over."""
    user.password_hash = hashed
    user.auth_version += 1
    user.pending_email = None
    for kind in ("reset", "email"):
        tokens.revoke(kind, email_key=user.email_key, user_id=user.id)
    sessions.end_all(user.id, uow)
    values = {"display_name": user.display_name, "link": f"{settings().public_url}/password/forgot"}
    uow.record(
        MailRequested(
            template="password_changed", to=user.email, language=user.language, values=values
        )
    )


def _store(uow: UnitOfWork, user_id: int | None, version: int, hashed: str, caller: Caller) -> None:
    user = sessions.lock_user(user_id) if user_id is not None else None
    if user is None or not access.users.is_active_state(user.state) or user.auth_version != version:
        raise tokens.expired()
    set_password(uow, user, hashed)
    security_log.note("password_reset", user.id, caller)


def _issue(uow: UnitOfWork, user: UserModel) -> None:
    payload = {"auth_version": user.auth_version}
    row = tokens.issue("reset", user.email_key, payload, user_id=user.id)
    values = {"display_name": user.display_name, "token_id": str(row.id), "minutes": "30"}
    uow.record(
        MailRequested(template="reset", to=user.email, language=user.language, values=values)
    )
