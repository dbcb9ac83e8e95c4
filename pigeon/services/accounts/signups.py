"""Accounts come into being: sign-up and the operator's way; `links` opens the link.

Nothing is reserved and nobody exists before the link is opened. To a stranger a known address and a
new one look the same; only the owner of the mailbox learns which it is.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from pigeon.domain import limits
from pigeon.domain.errors import FieldError, Invalid
from pigeon.domain.events import LinkRequested, MailRequested
from pigeon.domain.names import canonical_email, canonical_username
from pigeon.domain.sessions import Caller
from pigeon.extensions import db
from pigeon.models import MailedToken
from pigeon.services import rates
from pigeon.services.accounts import checks, invites, passwords, sessions, tokens
from pigeon.services.accounts.checks import Faults, Person
from pigeon.services.accounts.logins import network_of
from pigeon.services.users import users
from pigeon.unit_of_work import UnitOfWork, retried, unit_of_work

SIGN_UPS = (100, 300)
"""(times, seconds) per network."""


@dataclass(frozen=True, kw_only=True)
class SignUp:
    """What a stranger typed."""

    email: str
    username: str
    display_name: str
    password: str
    invite: str | None = None
    language: str = "en"


@retried
def sign_up(form: SignUp, *, caller: Caller) -> str:
    """Mail a link that makes the account; the answer is the address, for a known one too.

    The link asks for the password again, except in the browser that holds `caller.sign_up`.
    Forbidden `registration_closed`; Invalid naming every field at fault, a taken username included.
    """
    rates.hit("signup", network_of(caller.address), *SIGN_UPS)
    invite_id = invites.check(form.invite)
    person = _checked(form)
    if checks.may_mail(person.email_key):
        with unit_of_work() as uow:
            _mail_sign_up(uow, person, invite_id, caller)
    return person.email


@retried
def resend(email: str, *, caller: Caller) -> None:
    """Ask for a new link for a sign-up; nothing here depends on whether one waits."""
    rates.hit("signup", network_of(caller.address), *SIGN_UPS)
    email_key = checks.checked_email(email)[1]
    if checks.may_mail(email_key):
        with unit_of_work() as uow:
            uow.record(LinkRequested(email_key=email_key))


@retried
def issue_link(email_key: str) -> None:
    """Mail a new link for the newest sign-up of an address, if one waits; run by a job."""
    with unit_of_work() as uow:
        pending = _newest_sign_up(email_key)
        if pending:
            _issue(uow, json.loads(pending.payload))
        uow.finish_job()


@retried
def create(
    *,
    email: str,
    username: str,
    password: str | None,
    display_name: str = "",
    role: str = "user",
    language: str = "en",
) -> int:
    """Make a confirmed account at once, for the operator and the demo; Invalid as in sign-up."""
    faults = Faults()
    if password is not None and not limits.PASSWORD_MIN <= len(password) <= limits.PASSWORD_MAX:
        faults["password"] = FieldError("too_short", limits.PASSWORD_MIN)
    person = _person(
        faults, email, username, display_name or username, language=language, role=role
    )
    hashed = None if password is None else passwords.hash_password(password)
    with unit_of_work() as uow:
        user_id = checks.add(_with(person, password_hash=hashed))
        uow.after_commit(lambda: users.evict(user_id, person.username))
    return user_id


def find_username_problem(username: str) -> str | None:
    """Why a username cannot be had now, as a field code; None when it can."""
    try:
        checks.checked_username(username)
    except Invalid as error:
        return error.fields["username"].code
    return None


def _checked(form: SignUp) -> Person:
    faults = Faults()
    context = passwords.names_of(
        canonical_username(form.username[:99]), canonical_email(form.email[:99])
    )
    if problem := passwords.find_problem(form.password, context):
        faults["password"] = problem
    person = _person(faults, form.email, form.username, form.display_name, language=form.language)
    return _with(person, password_hash=passwords.hash_password(form.password))


def _person(faults: Faults, email: str, username: str, display_name: str, **more: str) -> Person:
    """A checked person; Invalid naming these faults and those found before."""
    address, key = faults.collect(lambda: checks.checked_email(email), ("", ""))
    name = faults.collect(lambda: checks.checked_username(username), "")
    shown = faults.collect(lambda: checks.checked_name(display_name), "")
    faults.refuse()
    return Person(email=address, email_key=key, username=name, display_name=shown, **more)


def _with(person: Person, **changes: Any) -> Person:
    return Person(**vars(person) | changes)


def _mail_sign_up(uow: UnitOfWork, person: Person, invite_id: int | None, caller: Caller) -> None:
    owner = checks.find_owner(person.email_key)
    if owner:
        checks.notify_owner(uow, owner)
        return
    browser = sessions.hash_token(caller.sign_up) if caller.sign_up else None
    _issue(uow, {**vars(person), "invite_id": invite_id, "browser": browser})


def _issue(uow: UnitOfWork, payload: dict[str, Any]) -> None:
    row = tokens.issue("signup", payload["email_key"], payload)
    values = {
        "display_name": payload["display_name"],
        "username": payload["username"],
        "token_id": str(row.id),
        "hours": "24",
    }
    uow.record(
        MailRequested(
            template="confirm", to=payload["email"], language=payload["language"], values=values
        )
    )


def _newest_sign_up(email_key: str) -> MailedToken | None:
    return db.session.scalars(
        select(MailedToken)
        .where(MailedToken.kind == "signup", MailedToken.email_key == email_key)
        .order_by(MailedToken.id.desc())
        .limit(1)
    ).one_or_none()
