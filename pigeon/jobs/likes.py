"""What follows from likes that were stored or erased in one go."""

from __future__ import annotations

from pigeon.jobs.registry import job
from pigeon.services.likes import likes


@job("default", name="likes.forget")
def evict(subject: str, ids: list[int], people: list[int]) -> None:
    """Once more, should the process have died between its commit and the caches."""
    likes.evict(subject, ids, people)
