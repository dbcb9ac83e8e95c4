"""Whom a person follows, as a Redis set: membership in one command, filled by hand on a miss."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import partial
from typing import Any

from sqlalchemy import select

from pigeon.cache import keys, leases, resp, trips
from pigeon.cache.member_sets import MemberSet
from pigeon.cache.trips import Read
from pigeon.extensions import db
from pigeon.models import FollowModel


def among(viewer_id: int, ids: Sequence[int]) -> set[int]:
    """Those of `ids` whom the viewer follows."""
    return trips.one(read(viewer_id, ids))


def read(viewer_id: int, ids: Sequence[int]) -> Read[set[int]]:
    """As `among`, in a trip with others."""
    return _SETS.read(viewer_id, ids)


def read_back(user_id: int, ids: Sequence[int]) -> Read[set[int]]:
    """Those of `ids` who follow the person, by their own sets where these are loaded.

    The others are asked for in SQL, and not loaded: a list of people would load them all.
    """
    member = b"%d" % user_id
    names = [keys.FOLLOWING.key(one).encode() for one in ids]
    return Read(
        [resp.encode([b"SMISMEMBER", name, b"0", member]) for name in names],
        partial(_complete_back, user_id, ids),
        partial(followers_in_sql, user_id, ids),
    )


def _complete_back(user_id: int, ids: Sequence[int], replies: Sequence[Any]) -> set[int]:
    known = {one: flags[1] for one, flags in zip(ids, replies, strict=True) if flags and flags[0]}
    unknown = [one for one in ids if one not in known]
    found = {one for one, follows in known.items() if follows}
    return found | followers_in_sql(user_id, unknown) if unknown else found


def followers_in_sql(user_id: int, ids: Iterable[int]) -> set[int]:
    return set(
        db.session.scalars(
            select(FollowModel.follower_id).where(
                FollowModel.followee_id == user_id, FollowModel.follower_id.in_(ids)
            )
        )
    )


def in_sql(viewer_id: int, ids: Iterable[int]) -> set[int]:
    return set(
        db.session.scalars(
            select(FollowModel.followee_id).where(
                FollowModel.follower_id == viewer_id, FollowModel.followee_id.in_(ids)
            )
        )
    )


def load(viewer_id: int) -> None:
    """Fill the set of whom the viewer follows, under a lease; nothing when another one is at it."""
    key = keys.FOLLOWING.key(viewer_id)
    token = leases.take(key)
    if token is None:
        return
    db.session.rollback()  # a fresh snapshot, taken after the lease
    followees = db.session.scalars(
        select(FollowModel.followee_id).where(FollowModel.follower_id == viewer_id)
    ).all()
    leases.fill_set(key, token, followees, keys.FOLLOWING.ttl_s)


_SETS = MemberSet(family=keys.FOLLOWING, in_sql=in_sql, load=load)
