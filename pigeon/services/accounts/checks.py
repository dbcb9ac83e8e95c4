"""What an account may be made of, and the one place that inserts one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from sqlalchemy import insert, select
from sqlalchemy.exc import IntegrityError

from pigeon.domain import bounds, limits
from pigeon.domain.clock import utc_now
from pigeon.domain.errors import FieldError, Invalid, TooMany
from pigeon.domain.events import MailRequested
from pigeon.domain.names import (
    canonical_username,
    email_problem,
    stored_email,
    username_problem,
)
from pigeon.extensions import db, settings
from pigeon.models import HeldUsername, UserModel
from pigeon.services import rates
from pigeon.services.accounts.sessions import hash_token
from pigeon.services.searches import keying
from pigeon.services.users import checks as users_checks
from pigeon.unit_of_work import UnitOfWork

T = TypeVar("T")

MAILS = (5, 1_800)
"""(times, seconds) per mailbox; further ones are dropped silently."""
LIMITS = {
    ("username", "too_short"): limits.USERNAME_MIN,
    ("username", "too_long"): limits.USERNAME_MAX,
    ("email", "too_long"): limits.EMAIL,
}


@dataclass(frozen=True, kw_only=True)
class Person:
    """A checked account that does not exist yet; its fields are columns."""

    email: str
    email_key: str
    username: str
    display_name: str
    language: str
    password_hash: str | None = None
    role: str = "user"


class Faults(dict[str, FieldError]):
    """Collects the faults of several fields, so that all are named at once."""

    def collect(self, check: Callable[[], T], otherwise: T) -> T:
        """What `check` answers; its faults are kept and `otherwise` stands in for it."""
        try:
            return check()
        except Invalid as error:
            self.update(error.fields)
            return otherwise

    def refuse(self) -> None:
        if self:
            raise Invalid(self)


def add(person: Person) -> int:
    """Insert an account inside a unit of work; the unique constraints decide.

    Invalid `username` or `email`: `taken`, which undoes the caller's whole unit.
    """
    if _is_held(person.username):
        raise fault("username", "taken")
    values: dict[str, Any] = vars(person) | users_checks.name_keys(person.display_name)
    try:
        result: Any = db.session.execute(insert(UserModel).values(created_at=utc_now(), **values))
    except IntegrityError as error:
        constraint = str(error.orig).rpartition("for key")[2]
        raise fault("email" if "email_key" in constraint else "username", "taken") from error
    user_id = int(result.inserted_primary_key[0])
    keying.key(user_id)
    return user_id


def checked_username(username: str) -> str:
    """The canonical username; Invalid when it has no right form, is reserved, held or taken."""
    bounds.check("username", username, limits.USERNAME_MAX)
    canonical = canonical_username(username)
    problem = username_problem(canonical)
    if problem is None and _is_taken(canonical):
        problem = "taken"
    if problem:
        raise fault("username", problem)
    return canonical


def checked_email(email: str) -> tuple[str, str]:
    """(the address to write to, its unique key)."""
    bounds.check("email", email, limits.EMAIL)
    address, key = stored_email(email)
    problem = email_problem(key)
    if problem:
        raise fault("email", problem)
    return address, key


def checked_name(display_name: str) -> str:
    line = users_checks.check_line("display_name", display_name, limits.DISPLAY_NAME)
    if not line:
        raise fault("display_name", "required")
    return line


def find_owner(email_key: str) -> UserModel | None:
    """The person whose address this is."""
    return db.session.scalars(
        select(UserModel).where(UserModel.email_key == email_key)
    ).one_or_none()


def may_mail(email_key: str) -> bool:
    """Whether another mail may go to this mailbox now; nobody is told when not."""
    try:
        rates.hit("mail", hash_token(email_key)[:32], *MAILS)
    except TooMany:
        return False
    return True


def notify_owner(uow: UnitOfWork, owner: UserModel) -> None:
    """Tell the owner of an address, and nobody else, that somebody tried to use it again."""
    values = {
        "display_name": owner.display_name,
        "link": f"{settings().public_url}/password/forgot",
    }
    uow.record(
        MailRequested(
            template="known_address", to=owner.email, language=owner.language, values=values
        )
    )


def fault(field: str, code: str) -> Invalid:
    return Invalid({field: FieldError(code, LIMITS.get((field, code)))})


def _is_taken(canonical: str) -> bool:
    found = db.session.scalars(select(UserModel.id).where(UserModel.username == canonical))
    return found.one_or_none() is not None or _is_held(canonical)


def _is_held(canonical: str) -> bool:
    held = db.session.scalars(
        select(HeldUsername.username).where(
            HeldUsername.username == canonical, HeldUsername.held_until > utc_now()
        )
    )
    return held.one_or_none() is not None
