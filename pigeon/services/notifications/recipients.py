"""Who is told: never oneself, nobody who is gone, nobody who does not want to know."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Sequence

from sqlalchemy import select

from pigeon.domain.notifications import KINDS
from pigeon.extensions import db
from pigeon.models import FollowModel, UserModel
from pigeon.services import policy
from pigeon.services.statements import listed, run

Plan = Sequence[tuple[str, Sequence[int]]]
"""Kinds in the order in which they apply, each with the people to whom it does."""


def choose(plan: Plan, *, actor_id: int) -> dict[int, str]:
    """Each person's one kind: the first that applies and that they want; ascending by person."""
    everybody = {person for _, people in plan for person in people}
    settings = _unusual(everybody)
    close = _followers(actor_id, settings) if settings else set()
    chosen: dict[int, str] = {}
    for kind, people in plan:
        for person in may_be_told(people, actor_id=actor_id):
            wish = settings[person].get(kind, "everyone") if person in settings else "everyone"
            if wish == "everyone" or (wish == "following" and person in close):
                chosen.setdefault(person, kind)
    return dict(sorted(chosen.items()))


def choose_actors(actor_ids: Iterable[int], *, kind: str, recipient_id: int) -> list[int]:
    """Of whom a person is told in a group: those whom they want to hear of, in the given order."""
    unusual = _unusual([recipient_id])
    wish = unusual.get(recipient_id, {}).get(kind, "everyone")
    wanted = [actor for actor in actor_ids if may_be_told([recipient_id], actor_id=actor)]
    if not wanted or wish == "off":
        return []
    if wish == "following":
        close = _followees(recipient_id, wanted)
        wanted = [actor for actor in wanted if actor in close]
    active = _active(wanted)
    return [actor for actor in wanted if actor in active]


def may_be_told(people: Sequence[int], *, actor_id: int) -> Sequence[int]:
    """Those of `people` who may hear of what `actor_id` did; blocks and mutes belong here."""
    return [person for person in people if person != actor_id]


def _unusual(people: Collection[int]) -> dict[int, dict[str, str]]:
    """The settings of who changed them; whoever is not active wants nothing."""
    if not people:
        return {}
    rows = run(
        f"SELECT id, state, notify FROM {UserModel.__tablename__} WHERE id IN ({listed(people)})"
        " AND (notify <> '{}' OR state <> 'active')"
    )
    return {row.id: json.loads(row.notify) if row.state == "active" else _NOTHING for row in rows}


_NOTHING = dict.fromkeys(KINDS, "off")


def _followers(actor_id: int, people: Iterable[int]) -> set[int]:
    return set(
        db.session.scalars(
            select(FollowModel.follower_id).where(
                FollowModel.followee_id == actor_id, FollowModel.follower_id.in_(list(people))
            )
        )
    )


def _followees(reader_id: int, people: list[int]) -> set[int]:
    return set(
        db.session.scalars(
            select(FollowModel.followee_id).where(
                FollowModel.follower_id == reader_id, FollowModel.followee_id.in_(people)
            )
        )
    )


def _active(people: list[int]) -> set[int]:
    return set(
        db.session.scalars(
            select(UserModel.id).where(UserModel.id.in_(people), policy.visible_users(None))
        )
    )
