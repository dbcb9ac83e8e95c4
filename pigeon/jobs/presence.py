"""Evict once more what the process that changed it may have died before evicting."""

from __future__ import annotations

from pigeon.jobs.registry import job
from pigeon.services.relations.showings import showings


@job("default")
def refresh(user_id: int) -> None:
    showings.evict(user_id)
