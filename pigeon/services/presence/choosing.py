"""What somebody chose to be shown as while they are there."""

from __future__ import annotations

from pigeon.domain.errors import FieldError, Invalid
from pigeon.domain.presence import Presence
from pigeon.services import access
from pigeon.services.presence.reading import of

STATUSES = ("available", "busy", "invisible")


def choose(status: str, *, by: int) -> Presence:
    """What others see of oneself from now on; Invalid names `status` when it is none of them."""
    if status not in STATUSES:
        raise Invalid({"status": FieldError("invalid")})
    return of([by], access.viewer(by))[by]
