"""Evict once more what the process that changed a history may have died before evicting."""

from __future__ import annotations

from pigeon.jobs.registry import job
from pigeon.services.searches import entries


@job("default")
def refresh_searches(user_id: int) -> None:
    entries.evict(user_id)
