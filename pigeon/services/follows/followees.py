"""Whom a person follows, as a Redis set: membership in one command, filled by hand on a miss."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import select

from pigeon.cache import keys, leases, resp
from pigeon.cache.breaker import cache_breaker
from pigeon.extensions import cache, db, settings
from pigeon.models import FollowModel


def among(viewer_id: int, ids: list[int]) -> set[int]:
    """Those of `ids` whom the viewer follows: one SMISMEMBER on a set filled when missing."""
    if not ids:
        return set()
    if not settings().cache:
        return in_sql(viewer_id, ids)
    return understand(viewer_id, ids, _membership(viewer_id, ids))


def read_command(viewer_id: int, ids: Iterable[int]) -> list[bytes]:
    """The command whose reply `understand` reads; the member 0 says whether the set is loaded."""
    key = keys.FOLLOWING.key(viewer_id).encode()
    return [b"SMISMEMBER", key, b"0", *(b"%d" % user_id for user_id in ids)]


def understand(viewer_id: int, ids: list[int], flags: list[int]) -> set[int]:
    """Those who are followed, by a reply to `read_command`, [] where there is none."""
    if flags and not flags[0]:
        cache_breaker.attempt(lambda: load(viewer_id), None)
        flags = _membership(viewer_id, ids)
    if not flags or not flags[0]:
        return in_sql(viewer_id, ids)
    return {user_id for user_id, flag in zip(ids, flags[1:], strict=True) if flag}


def _membership(viewer_id: int, ids: list[int]) -> list[int]:
    nothing: list[list[int]] = [[]]
    command = read_command(viewer_id, ids)
    return cache_breaker.attempt(lambda: resp.pool(cache.url).pipeline([command]), nothing)[0]


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
