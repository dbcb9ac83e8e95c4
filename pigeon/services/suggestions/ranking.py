"""Whom to suggest to a person, in order: counted by a job after what changes it, and kept.

By how many of the people that a person follows follow them too; of equals comes first whom the
choosier follow, as Adamic and Adar weigh friends ("Friends and neighbors on the Web", 2003). Who
follows nobody gets popular accounts, which are looked up once a minute for everybody.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import log
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import aliased

from pigeon.cache import keys
from pigeon.cache.look_aside import cached
from pigeon.domain.clock import utc_now
from pigeon.extensions import db, settings
from pigeon.models import FollowModel, FollowRequest, SuggestionDismissal, UserModel
from pigeon.services import access
from pigeon.services.timelines import sidebar

KEPT = 50
WEIGHED = 200
NAMED = 2
POPULAR = 500
QUICK = 100
"""Who follows so few has a ranking that is counted in some milliseconds."""
NEAR = 1_000
MARGIN = timedelta(seconds=1)
"""So far clocks of two processes may be apart."""


@dataclass(frozen=True, kw_only=True)
class Ranked:
    """A place in a ranking: whom, and how many of the person's people follow them."""

    user_id: int
    common: int
    friends: list[int]


@dataclass(frozen=True, kw_only=True)
class Ranking:
    """The best `KEPT`, as they stood at `counted_at`, for who followed so many then."""

    counted_at: datetime
    followed: int
    places: list[Ranked]


@cached(keys.SUGGESTIONS, Ranking, remembered=64)
def rankings(user_ids: list[int]) -> dict[int, Ranking]:
    """A person's ranking; one that nobody asked for lately is counted when it is read."""
    return {user_id: count(user_id) for user_id in user_ids}


@cached(keys.POPULAR, list[int], remembered=2)
def popular(_names: list[str]) -> dict[str, list[int]]:
    """The most followed people, for everybody; a minute old at most."""
    return {"": list(db.session.scalars(_by_popularity(access.stranger()).limit(POPULAR)))}


def refresh(user_id: int, since: datetime) -> bool:
    """Count anew after what happened `since`; False when that was done meanwhile.

    The old one is read until then. Of several counts at once the last to begin stays.
    """
    if not settings().cache:
        return False
    asked = utc_now()
    kept = rankings.one(user_id)
    is_old = kept is None or kept.counted_at < min(asked, since + MARGIN)
    if is_old:
        rankings.renew(user_id)
    sidebar.evict(user_id)
    return is_old


def refresh_follow(user_id: int, since: datetime) -> None:
    """After somebody followed or unfollowed: it changes what their followers are suggested, too.

    Those of them whose ranking is counted in no time have it counted when they read it next;
    theirs who follow many stay for their hour, and nobody waits.
    """
    refresh(user_id, since)
    near = (
        select(FollowModel.follower_id)
        .join(UserModel, UserModel.id == FollowModel.follower_id)
        .where(FollowModel.followee_id == user_id, UserModel.following_count <= QUICK)
        .order_by(FollowModel.id.desc())
        .limit(NEAR)
    )
    rankings.evict(*db.session.scalars(near))


def count(user_id: int) -> Ranking:
    now, followed = utc_now(), db.session.scalar(_followed(user_id)) or 0
    common = {row[0]: row[1] for row in db.session.execute(_by_common(user_id))}
    places = _weighed(user_id, common) if common else []
    chosen = places or [_alone(one) for one in _well_known(user_id)]
    return Ranking(counted_at=now, followed=followed, places=chosen[:KEPT])


def _followed(user_id: int) -> Any:
    return select(UserModel.following_count).where(UserModel.id == user_id)


def _alone(user_id: int) -> Ranked:
    return Ranked(user_id=user_id, common=0, friends=[])


def _known(user_id: int) -> tuple[Any, ...]:
    """Whom a person follows, asks to follow, or does not want suggested."""
    return (
        select(FollowModel.followee_id).where(FollowModel.follower_id == user_id),
        select(FollowRequest.requested_id).where(FollowRequest.requester_id == user_id),
        select(SuggestionDismissal.dismissed_id).where(SuggestionDismissal.user_id == user_id),
    )


def _is_strange(user_id: int, candidate: Any) -> list[Any]:
    return [*(candidate.not_in(known) for known in _known(user_id)), candidate != user_id]


# -- by people in common ---------------------------------------------------------------------------


def _by_common(user_id: int) -> Any:
    """Candidates and how many in common: counted first, looked at as people afterwards."""
    theirs = aliased(FollowModel)
    counted = (
        select(theirs.followee_id.label("id"), func.count().label("common"))
        .select_from(FollowModel)
        .join(theirs, theirs.follower_id == FollowModel.followee_id)
        .where(FollowModel.follower_id == user_id, *_is_strange(user_id, theirs.followee_id))
        .group_by(theirs.followee_id)
        .subquery()
    )
    return (
        select(counted.c.id, counted.c.common)
        .join(UserModel, UserModel.id == counted.c.id)
        .where(access.users.where(access.viewer(user_id)), UserModel.is_discoverable.is_(True))
        .order_by(counted.c.common.desc(), counted.c.id)
        .limit(WEIGHED)
    )


def _weighed(user_id: int, candidates: Iterable[int]) -> list[Ranked]:
    """In order; each names the newest of the people in common, of those who are there."""
    friends: dict[int, list[int]] = defaultdict(list)
    weights: dict[int, float] = defaultdict(float)
    for candidate, friend, followed in db.session.execute(_pairs(user_id, candidates)):
        friends[candidate].append(friend)
        weights[candidate] += 1 / log(max(followed, 2))
    order = sorted(friends, key=lambda one: (-len(friends[one]), -weights[one], one))
    return [
        Ranked(user_id=one, common=len(friends[one]), friends=friends[one][:NAMED]) for one in order
    ]


def _pairs(user_id: int, candidates: Iterable[int]) -> Any:
    """A candidate, who follows them in common, and how many that one follows; newest first."""
    theirs = aliased(FollowModel)
    return (
        select(theirs.followee_id, FollowModel.followee_id, UserModel.following_count)
        .select_from(FollowModel)
        .join(theirs, theirs.follower_id == FollowModel.followee_id)
        .join(UserModel, UserModel.id == FollowModel.followee_id)
        .where(
            FollowModel.follower_id == user_id,
            theirs.followee_id.in_(candidates),
            access.users.is_active(),
        )
        .order_by(theirs.id.desc())
    )


# -- by followers ----------------------------------------------------------------------------------


def _well_known(user_id: int) -> list[int]:
    """Popular people whom a person does not know yet; beyond the common list SQL is asked."""
    found = popular.one("") or []
    known = {user_id}
    for query in _known(user_id):
        known.update(db.session.scalars(query))
    hidden = access.users.hidden_among(access.viewer(user_id), found)
    strange = [one for one in found if one not in known and one not in hidden]
    if strange or len(found) < POPULAR:
        return strange
    beyond = _by_popularity(access.viewer(user_id)).where(*_is_strange(user_id, UserModel.id))
    return list(db.session.scalars(beyond.limit(KEPT)))


def _by_popularity(viewer: access.viewers.Viewer) -> Any:
    return (
        select(UserModel.id)
        .where(
            access.users.where(viewer),
            UserModel.is_discoverable.is_(True),
            UserModel.is_private.is_(False),
        )
        .order_by(UserModel.follower_count.desc(), UserModel.id)
    )
