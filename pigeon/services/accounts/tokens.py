"""Links that are mailed: each works once, the newest counts, and its secret is stored nowhere.

The secret is an HMAC of a random nonce in the row under the site's key. So the mail job computes
it from the row, the queue carries only the row's id, and a repeated mail holds the same link.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import secrets
from datetime import timedelta
from typing import Any

from sqlalchemy import delete, or_, select

from pigeon.domain.clock import utc_now
from pigeon.domain.errors import FieldError, Invalid
from pigeon.extensions import db, settings
from pigeon.models import MailedToken
from pigeon.services.accounts.sessions import hash_token

LIFETIMES = {
    "signup": timedelta(hours=24),
    "email": timedelta(hours=24),
    "reset": timedelta(minutes=30),
}
PATHS = {"signup": "/confirm/", "email": "/confirm/", "reset": "/password/reset/"}


def issue(
    kind: str, email_key: str, payload: dict[str, Any], *, user_id: int | None = None
) -> MailedToken:
    """A new link inside a unit of work; older ones of its kind, for the address or person, end."""
    revoke(kind, email_key=email_key, user_id=user_id)
    nonce = secrets.token_urlsafe(16)
    row = MailedToken(
        kind=kind,
        token_hash=hash_token(_secret(kind, nonce)),
        email_key=email_key,
        user_id=user_id,
        payload=json.dumps({**payload, "nonce": nonce}),
        expires_at=utc_now() + LIFETIMES[kind],
    )
    db.session.add(row)
    db.session.flush()
    return row


def revoke(kind: str, *, email_key: str | None = None, user_id: int | None = None) -> None:
    """End the links of a kind that belong to this address or person."""
    owner = or_(MailedToken.email_key == email_key, MailedToken.user_id == user_id)
    if user_id is None:
        owner = MailedToken.email_key == email_key
    db.session.execute(delete(MailedToken).where(MailedToken.kind == kind, owner))


def find(token: str, *kinds: str) -> MailedToken | None:
    """The link of that secret while it works; looking does not use it up."""
    return db.session.scalars(
        select(MailedToken).where(
            MailedToken.token_hash == hash_token(token),
            MailedToken.kind.in_(kinds),
            MailedToken.expires_at > utc_now(),
        )
    ).one_or_none()


def get(token: str, *kinds: str) -> MailedToken:
    """Like find; Invalid `token`: `expired` for one that never was, was used, or was replaced."""
    row = find(token, *kinds)
    if row is None:
        raise expired()
    return row


def take(row_id: int) -> None:
    """Use a link up inside a unit of work; of many takers at once only one does not get Invalid."""
    result: Any = db.session.execute(
        delete(MailedToken).where(MailedToken.id == row_id, MailedToken.expires_at > utc_now())
    )
    if result.rowcount != 1:
        raise expired()


def expired() -> Invalid:
    return Invalid({"token": FieldError("expired")})


def find_link(row_id: int) -> str | None:
    """The absolute address to be mailed; None when the link was used, replaced or is over."""
    row = db.session.get(MailedToken, row_id)
    return None if row is None or row.expires_at <= utc_now() else _link(row)


def _link(row: MailedToken) -> str:
    secret = _secret(row.kind, json.loads(row.payload)["nonce"])
    return f"{settings().public_url}{PATHS[row.kind]}{secret}"


def _secret(kind: str, nonce: str) -> str:
    key = settings().secret_key.encode()
    digest = hmac.digest(key, f"mailed-link:{kind}:{nonce}".encode(), hashlib.sha256)
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")
