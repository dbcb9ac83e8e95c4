"""Evict once more what the process that changed relations may have died before evicting."""

from __future__ import annotations

from pigeon.jobs.registry import job
from pigeon.services import landing
from pigeon.services.relations import blocks, mutes
from pigeon.services.relations.standings import standings
from pigeon.services.users import users


@job("default")
def refresh(user_id: int, other_id: int) -> None:
    blocks.evict(user_id, other_id)


@job("default")
def refresh_mutes(user_id: int) -> None:
    mutes.evict(user_id)


@job("default")
def refresh_standing(user_id: int) -> None:
    standings.evict(user_id)
    users.cards.evict(user_id)
    landing.mosaics.evict("")
