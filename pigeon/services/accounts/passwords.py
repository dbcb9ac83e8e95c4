"""Passwords: Argon2id hashes, and which words are no passwords."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from pigeon.domain import limits
from pigeon.domain.errors import FieldError, Invalid
from pigeon.domain.names import fold
from pigeon.extensions import settings

# The most used ones of every published list that are long enough to get this far.
_COMMON = """
    password password1 password12 password123 password1234 passw0rd p@ssw0rd p@ssword 12345678
    123456789 1234567890 0123456789 0987654321 987654321 87654321 123123123 12341234 11223344
    112233445566 123321123 147258369 1q2w3e4r 1q2w3e4r5t 1qaz2wsx 1qazxsw2 zaq12wsx qwertyui
    qwertyuiop qwerty12 qwerty123 qwerty1234 asdfghjk asdfghjkl asdf1234 zxcvbnm1 zxcvbnm123
    abcdefgh abcd1234 abc12345 abc123456 a1b2c3d4 aa123456 iloveyou iloveyou1 sunshine princess
    football baseball basketball superman starwars whatever trustno1 letmein1 welcome1 welcome123
    changeme changeme1 admin123 admin1234 administrator computer internet dkssudgktpdy
"""
COMMON = frozenset(_COMMON.split())
_TRIMMED = "0123456789!?.,-_*#@$%&+ "


def hash_password(password: str) -> str:
    """The Argon2id hash that is stored; exact code points count."""
    return _hasher(settings().password_cost).hash(password)


def verify(hashed: str | None, password: str) -> bool:
    """Whether the password is right; takes the same time where there is no hash to compare with."""
    cost = settings().password_cost
    try:
        matches = _hasher(cost).verify(hashed or _dummy(cost), password)
    except (VerificationError, InvalidHashError, UnicodeEncodeError):
        return False
    return matches and hashed is not None


def is_outdated(hashed: str) -> bool:
    """Whether the hash was made with other costs than those of today."""
    return _hasher(settings().password_cost).check_needs_rehash(hashed)


def check(password: str, *context: str, field: str = "password") -> None:
    """Invalid naming `field` unless the password may be used; `context` is what guessers try."""
    error = find_problem(password, context)
    if error:
        raise Invalid({field: error})


def names_of(username: str, email: str) -> tuple[str, str]:
    """What of an account guessers would try: its two names.

    `js/accounts/guessable.js` asks for the same.
    """
    return username, email.partition("@")[0]


def find_problem(password: str, context: Iterable[str] = ()) -> FieldError | None:
    """What is wrong with a new password; `bad_format` stands for one that is easy to guess."""
    if not password:
        return FieldError("required")
    if len(password) < limits.PASSWORD_MIN:
        return FieldError("too_short", limits.PASSWORD_MIN)
    if len(password) > limits.PASSWORD_MAX:
        return FieldError("too_long", limits.PASSWORD_MAX)
    return FieldError("bad_format") if _is_guessable(fold(password), context) else None


def _is_guessable(folded: str, context: Iterable[str]) -> bool:
    words = {fold(word) for word in (*context, settings().site_name) if len(word) >= 3}
    return folded in COMMON or len(set(folded)) == 1 or folded.strip(_TRIMMED) in words


@cache
def _hasher(cost: str) -> PasswordHasher:
    if cost == "test":
        return PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    return PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)


@cache
def _dummy(cost: str) -> str:
    return _hasher(cost).hash(secrets.token_urlsafe(16))
