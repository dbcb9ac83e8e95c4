"""Invitations: links made by the command line, for a number of accounts and a number of days."""

from __future__ import annotations

import secrets
from datetime import timedelta
from typing import Any

from sqlalchemy import select, update

from pigeon.domain.clock import utc_now
from pigeon.domain.errors import Forbidden
from pigeon.extensions import db, settings
from pigeon.models import InviteModel
from pigeon.services.accounts.sessions import hash_token
from pigeon.unit_of_work import retried, unit_of_work


@retried
def create(*, uses: int, days: int) -> str:
    """A new invitation; its token goes into `/signup?invite=`."""
    token = secrets.token_urlsafe(16)
    with unit_of_work():
        db.session.add(
            InviteModel(
                token_hash=hash_token(token),
                uses_left=uses,
                expires_at=utc_now() + timedelta(days=days),
            )
        )
    return token


def check(token: str | None) -> int | None:
    """The id of the invitation that a sign-up will use; None where everybody may sign up.

    Forbidden `registration_closed` when nobody may, or not with this token.
    """
    if settings().registration == "open":
        return None
    found = _find(token or "") if settings().registration == "invite" else None
    if found is None:
        raise Forbidden("registration_closed")
    return found


def use(invite_id: int | None) -> None:
    """Take one use inside the unit of work that makes the account; Forbidden when none is left."""
    if invite_id is None:
        return
    result: Any = db.session.execute(
        update(InviteModel)
        .where(
            InviteModel.id == invite_id,
            InviteModel.uses_left > 0,
            InviteModel.expires_at > utc_now(),
        )
        .values(uses_left=InviteModel.uses_left - 1)
    )
    if result.rowcount != 1:
        raise Forbidden("registration_closed")


def _find(token: str) -> int | None:
    return db.session.scalars(
        select(InviteModel.id).where(
            InviteModel.token_hash == hash_token(token),
            InviteModel.uses_left > 0,
            InviteModel.expires_at > utc_now(),
        )
    ).one_or_none()
