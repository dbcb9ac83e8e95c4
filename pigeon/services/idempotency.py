"""Repeated requests: the same key and body make one thing, for 24 hours, per person."""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta

from sqlalchemy import delete, insert

from pigeon.domain.clock import utc_now
from pigeon.domain.errors import Conflict
from pigeon.extensions import db
from pigeon.models import IdempotencyKey

KEY_LIFE = timedelta(hours=24)


def is_used(user_id: int, key: str) -> bool:
    """Whether this key made something already; the answer to it will be that, or a Conflict."""
    return _find(user_id, key) is not None


def find_made(user_id: int, key: str, mark: str, made: str) -> int | None:
    """The id of the `made` (`post`, `comment`) of this key; Conflict if for another request."""
    row = _find(user_id, key)
    if row is None:
        return None
    if row.fingerprint != mark or row.made != made:
        raise Conflict("idempotency_conflict")
    return row.made_id


def find_any(user_id: int, key: str, made: str) -> int | None:
    """The id of the `made` of this key, whatever the request was."""
    row = _find(user_id, key)
    return row.made_id if row is not None and row.made == made else None


def take(user_id: int, key: str, mark: str, made: str, made_id: int) -> None:
    """Take the key in the unit that makes the thing; IntegrityError when another request has it."""
    db.session.execute(
        delete(IdempotencyKey).where(
            IdempotencyKey.user_id == user_id,
            IdempotencyKey.key == key,
            IdempotencyKey.created_at < _oldest(),
        )
    )
    values = {"fingerprint": mark, "made": made, "made_id": made_id, "created_at": utc_now()}
    db.session.execute(insert(IdempotencyKey).values(user_id=user_id, key=key, **values))


def fingerprint(*parts: str) -> str:
    """What makes two requests the same request."""
    sha = hashlib.sha256()
    for part in parts:
        data = part.encode()
        sha.update(len(data).to_bytes(8, "big") + data)
    return sha.hexdigest()


def _find(user_id: int, key: str) -> IdempotencyKey | None:
    row = db.session.get(IdempotencyKey, (user_id, key)) if key else None
    return row if row is not None and row.created_at >= _oldest() else None


def _oldest() -> datetime:
    return utc_now() - KEY_LIFE
