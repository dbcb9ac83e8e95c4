"""The security log of an account: what happened, when, from where; never a secret."""

from __future__ import annotations

from pigeon.domain.clock import utc_now
from pigeon.domain.sessions import Caller
from pigeon.extensions import db
from pigeon.models import SecurityEvent


def note(kind: str, user_id: int | None, caller: Caller) -> None:
    """Add a line inside the unit of work of what it tells."""
    db.session.add(
        SecurityEvent(
            user_id=user_id,
            kind=kind,
            address=caller.address[:45],
            user_agent=caller.user_agent[:200],
            request_id=caller.request_id[:32],
            created_at=utc_now(),
        )
    )
