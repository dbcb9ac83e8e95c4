"""Log-in and sign-up with OpenID Connect; the identity is (issuer, subject), never the address.

An address that belongs to an account already is not linked: who holds it must log in there first.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from pigeon.domain.clock import utc_now
from pigeon.domain.errors import Forbidden, Invalid
from pigeon.domain.sessions import Caller
from pigeon.domain.users import ACTIVE, SUSPENDED
from pigeon.extensions import db
from pigeon.models import IdentityModel, UserModel
from pigeon.services.accounts import checks, invites, security_log, sessions, tokens
from pigeon.services.accounts.checks import Faults, Person
from pigeon.services.users import users
from pigeon.unit_of_work import retried, unit_of_work


@dataclass(frozen=True, kw_only=True)
class Identity:
    """What the provider vouches for; `email` is "" unless the provider verified it."""

    issuer: str
    subject: str
    email: str
    name: str


def find_user(identity: Identity) -> int | None:
    """Who signed up with this identity and did not leave; Forbidden `suspended` while shut out."""
    found = db.session.execute(
        select(IdentityModel.user_id, UserModel.state)
        .join(UserModel, UserModel.id == IdentityModel.user_id)
        .where(
            IdentityModel.issuer == identity.issuer,
            IdentityModel.subject == identity.subject,
            UserModel.state.in_((ACTIVE, SUSPENDED)),
        )
    ).one_or_none()
    if found is not None and found.state == SUSPENDED:
        raise Forbidden("suspended")
    return found.user_id if found else None


def log_in(user_id: int, *, caller: Caller) -> str:
    """The secret of a new session for somebody whom the provider has just authenticated."""
    return sessions.start(user_id, caller=caller)


def find_problem(identity: Identity) -> str | None:
    """Why the identity's address cannot sign up, as a field code: `taken`, `bad_format`, …"""
    try:
        key = checks.checked_email(identity.email)[1]
    except Invalid as error:
        return error.fields["email"].code
    return "taken" if checks.find_owner(key) else None


@retried
def sign_up(
    identity: Identity,
    *,
    username: str,
    display_name: str,
    invite: str | None,
    language: str,
    caller: Caller,
) -> int:
    """Make the account; the address is the provider's, and no mail is needed.

    Invalid `username` or `display_name`; `email`: `taken` when it belongs to an account by now.
    """
    invite_id = invites.check(invite)
    person = _checked(identity, username, display_name, language)
    try:
        with unit_of_work() as uow:
            invites.use(invite_id)
            user_id = checks.add(person)
            tokens.revoke("signup", email_key=person.email_key)
            _bind(identity, user_id)
            security_log.note("signed_up_by_oidc", user_id, caller)
            uow.after_commit(lambda: users.evict(user_id, person.username))
    except IntegrityError as error:  # the same identity in another window
        raise checks.fault("email", "taken") from error
    return user_id


def _checked(identity: Identity, username: str, display_name: str, language: str) -> Person:
    faults = Faults()
    email, key = faults.collect(lambda: checks.checked_email(identity.email), ("", ""))
    name = faults.collect(lambda: checks.checked_username(username), "")
    shown = faults.collect(lambda: checks.checked_name(display_name), "")
    faults.refuse()
    return Person(email=email, email_key=key, username=name, display_name=shown, language=language)


def _bind(identity: Identity, user_id: int) -> None:
    db.session.add(
        IdentityModel(
            user_id=user_id,
            issuer=identity.issuer,
            subject=identity.subject,
            created_at=utc_now(),
        )
    )
    db.session.flush()
