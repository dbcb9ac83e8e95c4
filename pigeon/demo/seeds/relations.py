"""How the demo's people stand to each other beside follows: as rows, with times in the past."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from sqlalchemy import update

from pigeon.demo import people as cast
from pigeon.domain.clock import utc_now
from pigeon.extensions import db
from pigeon.models import BlockModel, FollowRequest, MuteModel, UserModel
from pigeon.services.relations.apart import evict as evict_apart
from pigeon.services.users import users
from pigeon.unit_of_work import UnitOfWork


def fill(uow: UnitOfWork, people: Mapping[str, int]) -> None:
    """Make some private, let others ask them, and part a few; `people` are ids by username."""
    private = {name: people[name] for name in cast.PRIVATE}
    db.session.execute(
        update(UserModel).where(UserModel.id.in_(private.values())).values(is_private=True)
    )
    for (one, other), at in _dated(cast.REQUESTS):
        pair = {"requester_id": people[one], "requested_id": people[other]}
        db.session.add(FollowRequest(**pair, created_at=at))
    everything: dict[str, Any] = {"posts": True, "stories": True, "chat": True}
    for (one, other), at in _dated(cast.MUTES):
        pair = {"muter_id": people[one], "muted_id": people[other]}
        db.session.add(MuteModel(**pair, **everything, created_at=at))
    for (one, other), at in _dated(cast.BLOCKS):
        pair = {"blocker_id": people[one], "blocked_id": people[other]}
        db.session.add(BlockModel(**pair, created_at=at))
    db.session.flush()
    uow.after_commit(lambda: evict_apart(*people.values()))
    for name, user_id in private.items():
        uow.after_commit(partial(users.evict, user_id, name))


def _dated(
    pairs: Mapping[tuple[str, str], float],
) -> list[tuple[tuple[str, str], datetime]]:
    """The oldest first, so that ids are in the order of time."""
    now = utc_now()
    ordered = sorted(pairs.items(), key=lambda item: -item[1])
    return [(pair, now - timedelta(hours=hours_ago)) for pair, hours_ago in ordered]
