"""Changes to an account behind proof of who asks: password, address, withdrawal."""

from __future__ import annotations

import json
from datetime import timedelta

from sqlalchemy import delete
from sqlalchemy.exc import IntegrityError

from pigeon.domain.clock import utc_now
from pigeon.domain.errors import Forbidden, NotFound
from pigeon.domain.events import MailRequested, UserWithdrew
from pigeon.domain.names import stored_email
from pigeon.domain.sessions import Caller
from pigeon.domain.users import WITHDRAWN
from pigeon.extensions import db, settings
from pigeon.models import HeldUsername, IdentityModel, MailedToken, UserModel
from pigeon.services import access
from pigeon.services.accounts import checks, passwords, recovery, security_log, sessions, tokens
from pigeon.services.accounts.logins import check_password
from pigeon.services.searches import keying
from pigeon.services.users import withdrawals
from pigeon.unit_of_work import UnitOfWork, retried, unit_of_work

HOLD = timedelta(days=30)


@retried
def change_password(user_id: int, *, current: str, password: str, caller: Caller) -> str:
    """Set a new password and answer the secret of the one session that goes on.

    Every session ends, the asking one too: a copy of its cookie must not outlive the change.
    """
    user = _get(user_id)
    context = passwords.names_of(user.username, user.email_key)
    faults = checks.Faults()
    faults.collect(lambda: _prove(user, current, caller=caller, field="current_password"), None)
    faults.collect(lambda: passwords.check(password, *context), None)
    faults.refuse()
    hashed, version = passwords.hash_password(password), user.auth_version
    with unit_of_work() as uow:
        locked = _get_locked(user_id, version)
        recovery.set_password(uow, locked, hashed)
        security_log.note("password_changed", user_id, caller)
    return sessions.start(user_id, caller=caller, auth_version=version + 1)


@retried
def change_email(user_id: int, *, email: str, password: str, caller: Caller) -> None:
    """Mail a link to the new address, which counts once it is opened.

    An address of somebody else looks just the same, and its owner is told.
    """
    user = _get(user_id)
    faults = checks.Faults()
    address, key = faults.collect(lambda: checks.checked_email(email), ("", ""))
    faults.collect(lambda: _prove(user, password, caller=caller), None)
    faults.refuse()
    if key != user.email_key:
        _request_email(user_id, user.auth_version, address, key, caller)


def confirm_email(row: MailedToken, *, caller: Caller) -> int:
    """Give an account the address whose link was opened, and tell the old one."""
    row_id, user_id, payload = row.id, row.user_id, json.loads(row.payload)
    try:
        with unit_of_work() as uow:
            tokens.take(row_id)
            user = sessions.lock_user(user_id) if user_id is not None else None
            if user is None or not access.users.is_active_state(user.state):
                raise tokens.expired()
            _move(uow, user, *stored_email(payload["email"]))
            security_log.note("email_changed", user.id, caller)
            db.session.flush()
            return user.id
    except IntegrityError as error:  # the address became somebody else's meanwhile
        raise tokens.expired() from error


@retried
def withdraw(user_id: int, *, password: str, fresh_identity: bool, caller: Caller) -> None:
    """Gone for everybody at once; a job removes what is left. The username is held for 30 days.

    Invalid `password`: `wrong`; Forbidden `reauth_required` without password and fresh log-in.
    """
    user = _get(user_id)
    version = user.auth_version
    if password or not fresh_identity:
        _prove(user, password, caller=caller)
    with unit_of_work() as uow:
        locked = _get_locked(user_id, version)
        username = locked.username
        sessions.end_all(user_id, uow)
        _hold(username)
        _erase(locked)
        db.session.flush()
        keying.key(user_id)
        withdrawals.hide(uow, user_id, username)
        security_log.note("withdrew", user_id, caller)
        uow.record(UserWithdrew(user_id=user_id, username=username))


def _prove(user: UserModel, password: str, *, caller: Caller, field: str = "password") -> None:
    """Forbidden `reauth_required` for somebody who has no password to give."""
    if user.password_hash is None:
        raise Forbidden("reauth_required")
    check_password(user, password, caller=caller, field=field)


def _request_email(user_id: int, version: int, address: str, key: str, caller: Caller) -> None:
    may_mail = checks.may_mail(key)
    with unit_of_work() as uow:
        user = _get_locked(user_id, version)
        user.pending_email = address
        tokens.revoke("email", email_key=key, user_id=user_id)
        security_log.note("email_requested", user_id, caller)
        if may_mail:
            _mail_new_address(uow, user, address, key)


def _mail_new_address(uow: UnitOfWork, user: UserModel, address: str, key: str) -> None:
    owner = checks.find_owner(key)
    if owner:
        checks.notify_owner(uow, owner)
        return
    payload = {"email": address, "email_key": key}
    row = tokens.issue("email", key, payload, user_id=user.id)
    values = {
        "display_name": user.display_name,
        "account": user.username,
        "token_id": str(row.id),
        "hours": "24",
    }
    uow.record(MailRequested(template="confirm", to=address, language=user.language, values=values))


def _move(uow: UnitOfWork, user: UserModel, email: str, email_key: str) -> None:
    values = {
        "display_name": user.display_name,
        "email": _masked(email),
        "link": f"{settings().public_url}/password/forgot",
    }
    uow.record(
        MailRequested(
            template="email_changed", to=user.email, language=user.language, values=values
        )
    )
    tokens.revoke("reset", email_key=user.email_key, user_id=user.id)
    user.email, user.email_key, user.pending_email = email, email_key, None


def _masked(email: str) -> str:
    """Enough for its owner to know it: who reads the old mailbox need not learn the new one."""
    local, _, domain = email.rpartition("@")
    return f"{local[0]}…@{domain}"


def _hold(username: str) -> None:
    db.session.execute(delete(HeldUsername).where(HeldUsername.username == username))
    db.session.add(HeldUsername(username=username, held_until=utc_now() + HOLD))


def _erase(user: UserModel) -> None:
    """Free the unique names and forget what others could read; the rest is the job's."""
    db.session.execute(delete(IdentityModel).where(IdentityModel.user_id == user.id))
    db.session.execute(delete(MailedToken).where(MailedToken.user_id == user.id))
    user.state = WITHDRAWN
    user.auth_version += 1
    user.username = f"deleted-{user.id}"
    user.email = user.email_key = f"deleted-{user.id}@deleted.invalid"
    user.pending_email = user.password_hash = user.link = None
    user.display_name = user.name_jamo = user.name_initials = user.bio = user.pronouns = ""


def _get(user_id: int) -> UserModel:
    user = db.session.get(UserModel, user_id)
    if user is None or not access.users.is_active_state(user.state):
        raise NotFound
    return user


def _get_locked(user_id: int, version: int) -> UserModel:
    """The row for a change that was proved against `version` of the account."""
    user = sessions.lock_user(user_id)
    if user is None or not access.users.is_active_state(user.state) or user.auth_version != version:
        raise Forbidden("reauth_required")
    return user
