"""Log-in by password, and proving oneself again; guesses are counted before they are checked."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import or_, select, update

from pigeon.domain import limits
from pigeon.domain.errors import FieldError, Forbidden, Invalid, Unauthenticated
from pigeon.domain.names import canonical_email, canonical_username, email_keys
from pigeon.domain.sessions import Caller
from pigeon.domain.users import ACTIVE, SUSPENDED
from pigeon.extensions import db
from pigeon.models import UserModel
from pigeon.services import rates
from pigeon.services.accounts import devices, passwords, security_log, sessions
from pigeon.unit_of_work import retried, unit_of_work

PER_ACCOUNT = (10, 300)
PER_NETWORK = (100, 300)
"""Wider than per account: a whole school may share one address."""
LONGEST = limits.EMAIL


def log_in(login: str, password: str, *, caller: Caller) -> str:
    """The secret of a new session; `login` is a username or an e-mail address.

    Unauthenticated `wrong_credentials`, or TooMany after ten failures, in the same time and words
    for accounts that do not exist or have no password. Forbidden `suspended` after the right one.
    """
    user = _find(login)
    user_id = user.id if user else None
    version = user.auth_version if user else None
    hashed = user.password_hash if user else None
    with counted_guess(_guess_key(user_id, version, login, caller), caller):
        if not passwords.verify(hashed, password[: limits.PASSWORD_MAX + 1]):
            _note_failure(user_id, caller)
            raise Unauthenticated("wrong_credentials")
    if user_id is None or hashed is None:
        raise Unauthenticated("wrong_credentials")
    if passwords.is_outdated(hashed):
        _rehash(user_id, hashed, password)
    if user and user.state == SUSPENDED:
        raise Forbidden("suspended")
    return sessions.start(user_id, caller=caller, auth_version=version)


def check_password(
    user: UserModel, password: str, *, caller: Caller, field: str = "password"
) -> None:
    """Prove oneself again; Invalid `wrong` naming `field`, counted like a log-in."""
    if not password:
        raise Invalid({field: FieldError("required")})
    with counted_guess(_guess_key(user.id, user.auth_version, "", caller), caller):
        if not passwords.verify(user.password_hash, password[: limits.PASSWORD_MAX + 1]):
            raise Invalid({field: FieldError("wrong")})


@contextmanager
def counted_guess(key: str, caller: Caller) -> Iterator[None]:
    """Count a guess before it is checked, and take it back when it was right."""
    network = network_of(caller.address)
    rates.hit("guess", key, *PER_ACCOUNT)
    rates.hit("guesses", network, *PER_NETWORK)
    yield
    rates.give_back("guess", key, *PER_ACCOUNT)
    rates.give_back("guesses", network, *PER_NETWORK)


def network_of(address: str) -> str:
    """What one household or attacker holds: an IPv4 address, or the /64 around an IPv6 one."""
    try:
        parsed = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return address[:45]
    if isinstance(parsed, ipaddress.IPv4Address):
        return str(parsed)
    if parsed.ipv4_mapped:
        return str(parsed.ipv4_mapped)
    return str(ipaddress.ip_network((parsed, 64), strict=False).network_address)


def _find(login: str) -> UserModel | None:
    if len(login) > LONGEST:
        return None
    keys = email_keys(login)
    found = db.session.scalars(
        select(UserModel).where(
            or_(
                UserModel.email_key.in_(keys),
                UserModel.username == canonical_username(login),
            ),
            UserModel.state.in_((ACTIVE, SUSPENDED)),
        )
    ).all()
    # Two when both spellings of a domain were signed up with once (`addresses.py`).
    return min(found, key=lambda user: user.email_key != keys[0], default=None)


def _guess_key(user_id: int | None, version: int | None, login: str, caller: Caller) -> str:
    """One counter per account however its name is spelled, and one per browser it knows.

    Hashed, for people type passwords into the wrong field.
    """
    if user_id is None or version is None:
        name = f"name:{canonical_email(login[:LONGEST])}"
    elif devices.is_known(caller.device, user_id, version):
        name = f"device:{user_id}:{caller.device}"
    else:
        name = f"id:{user_id}"
    return sessions.hash_token(name)[:32]


@retried
def _note_failure(user_id: int | None, caller: Caller) -> None:
    with unit_of_work():
        security_log.note("login_failed", user_id, caller)


@retried
def _rehash(user_id: int, hashed: str, password: str) -> None:
    """Store today's costs, unless the password was changed meanwhile."""
    renewed = passwords.hash_password(password)
    with unit_of_work():
        db.session.execute(
            update(UserModel)
            .where(UserModel.id == user_id, UserModel.password_hash == hashed)
            .values(password_hash=renewed)
        )
