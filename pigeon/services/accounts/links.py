"""Mailed links that make an account or move it: what they would do, and doing it.

Who opens a link reads the mailbox; that they also signed up is shown by the browser they did it in,
or by the password they chose. Otherwise a stranger who signs up with somebody's address would leave
them an account that the stranger's password opens.
"""

from __future__ import annotations

import hmac
import json
from dataclasses import dataclass, fields
from typing import Any

from sqlalchemy import select

from pigeon.domain import limits
from pigeon.domain.errors import FieldError, Invalid, NotFound
from pigeon.domain.names import canonical_username, email_keys, stored_email
from pigeon.domain.sessions import Caller
from pigeon.extensions import db
from pigeon.models import MailedToken, UserModel
from pigeon.services import access
from pigeon.services.accounts import (
    changes,
    checks,
    invites,
    passwords,
    security_log,
    sessions,
    tokens,
)
from pigeon.services.accounts.checks import Faults, Person
from pigeon.services.accounts.logins import counted_guess
from pigeon.services.users import users
from pigeon.unit_of_work import retried, unit_of_work

KINDS = ("signup", "email")


@dataclass(frozen=True, kw_only=True)
class Link:
    """What a link that works would do: make an account (`signup`), or give it an address."""

    kind: str
    username: str
    display_name: str
    asks_password: bool = False
    asks_username: bool = False


def find(token: str, *, caller: Caller) -> Link | None:
    """The link, as its page names it; looking does not use it up."""
    row = tokens.find(token, *KINDS)
    if row is None:
        return None
    return _sign_up_link(row, caller) if row.kind == "signup" else _email_link(row)


def kind_of(token: str) -> str | None:
    """`signup` or `email` for a link that still works; looking does not use it up."""
    row = tokens.find(token, *KINDS)
    return row.kind if row else None


def confirm(token: str, *, password: str = "", username: str | None = None, caller: Caller) -> int:
    """Open a link: make the account, or give it its new address. The person's id.

    Invalid `token`: `expired`. Of a sign-up also `password`: `required` or `wrong`, unless
    `caller.sign_up` is its own; and `username`: `taken` when somebody was faster: the link still
    works, with another `username`.
    """
    row = tokens.get(token, *KINDS)
    if row.kind == "signup":
        _check(row, password, username, caller)
    return _open(token, username, caller)


def confirm_pending(login: str) -> int:
    """Make the account of a waiting sign-up without its link, for the operator; NotFound."""
    wanted = {*email_keys(login), canonical_username(login)}
    waiting = db.session.scalars(
        select(MailedToken).where(MailedToken.kind == "signup").order_by(MailedToken.id.desc())
    )
    for row in waiting:
        if wanted & {row.email_key, json.loads(row.payload)["username"]}:
            return _make_account(row, None, Caller())
    raise NotFound


def _sign_up_link(row: MailedToken, caller: Caller) -> Link:
    payload = json.loads(row.payload)
    faults = Faults()
    faults.collect(lambda: checks.checked_username(payload["username"]), "")
    return Link(
        kind=row.kind,
        username=payload["username"],
        display_name=payload["display_name"],
        asks_password=not _is_from_here(payload, caller),
        asks_username=bool(faults),
    )


def _email_link(row: MailedToken) -> Link | None:
    user = db.session.get(UserModel, row.user_id)
    if user is None or not access.users.is_active_state(user.state):
        return None
    return Link(kind=row.kind, username=user.username, display_name=user.display_name)


def _check(row: MailedToken, password: str, username: str | None, caller: Caller) -> None:
    """Invalid naming all that is wrong; a name that is free now may be taken when it is stored."""
    payload = json.loads(row.payload)
    name = payload["username"] if username is None else username
    faults = Faults()
    if not _is_from_here(payload, caller):
        faults.collect(lambda: _prove(row.email_key, payload, password, caller), None)
    faults.collect(lambda: checks.checked_username(name), "")
    faults.refuse()


def _is_from_here(payload: dict[str, Any], caller: Caller) -> bool:
    """Whether this very sign-up was made in the caller's browser."""
    kept: str | None = payload.get("browser")
    return kept is not None and hmac.compare_digest(kept, sessions.hash_token(caller.sign_up))


def _prove(email_key: str, payload: dict[str, Any], password: str, caller: Caller) -> None:
    """Counted like a guess at a log-in, per sign-up however often its link is sent again."""
    if not password:
        raise Invalid({"password": FieldError("required")})
    name = f"link:{email_key}:{payload['username']}:{payload.get('browser')}"
    with counted_guess(sessions.hash_token(name)[:32], caller):
        if not passwords.verify(payload["password_hash"], password[: limits.PASSWORD_MAX + 1]):
            raise Invalid({"password": FieldError("wrong")})


@retried
def _open(token: str, username: str | None, caller: Caller) -> int:
    row = tokens.get(token, *KINDS)
    if row.kind == "email":
        return changes.confirm_email(row, caller=caller)
    return _make_account(row, username, caller)


def _make_account(row: MailedToken, username: str | None, caller: Caller) -> int:
    row_id, email_key, payload = row.id, row.email_key, json.loads(row.payload)
    values = {column.name: payload[column.name] for column in fields(Person)}
    values["email"], values["email_key"] = stored_email(payload["email"])
    if username is not None:
        values["username"] = checks.checked_username(username)
    person = Person(**values)
    try:
        with unit_of_work() as uow:
            tokens.take(row_id)
            tokens.revoke("signup", email_key=email_key)
            invites.use(payload["invite_id"])
            user_id = checks.add(person)
            security_log.note("signed_up", user_id, caller)
            uow.after_commit(lambda: users.evict(user_id, person.username))
    except Invalid as error:
        if "email" in error.fields:  # the address became somebody's by another way meanwhile
            raise tokens.expired() from error
        raise
    return user_id
