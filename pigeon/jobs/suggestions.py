"""Whom to suggest is counted again after what changes it."""

from __future__ import annotations

from datetime import datetime

from pigeon.domain.clock import utc_now
from pigeon.jobs.registry import job
from pigeon.services.suggestions import ranking
from pigeon.unit_of_work import JobSpec


@job("default")
def refresh(user_id: int, since: str) -> None:
    """Where a job for something later came first, this one has nothing left to do."""
    ranking.refresh(user_id, datetime.fromisoformat(since))


@job("default")
def refresh_follow(user_id: int, since: str) -> None:
    """The same for who followed, and what it means for those who follow them."""
    ranking.refresh_follow(user_id, datetime.fromisoformat(since))


def after(*user_ids: int) -> list[JobSpec]:
    """What follows for these people from what happens now."""
    since = utc_now().isoformat()
    return [refresh.spec(user_id=user_id, since=since) for user_id in user_ids]


def after_follow(follower_id: int) -> JobSpec:
    """The same for a follow that began or ended now."""
    return refresh_follow.spec(user_id=follower_id, since=utc_now().isoformat())
