"""What follows from saves."""

from __future__ import annotations

from pigeon.jobs.registry import job
from pigeon.services.saves import saved


@job("default")
def refresh_saved(user_id: int) -> None:
    """Once more, should the process have died between its commit and the cache."""
    saved.evict(user_id)
