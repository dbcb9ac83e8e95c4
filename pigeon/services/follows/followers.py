"""An author's follower ids as one packed blob: fetching rows costs as much as pushing."""

from __future__ import annotations

from array import array
from typing import Any

from sqlalchemy import select

from pigeon.cache import keys
from pigeon.cache.breaker import cache_breaker
from pigeon.extensions import cache, db, settings
from pigeon.models import FollowModel, UserModel

TYPECODE = "Q"
VERSION_BYTES = 8


def ids_of(author_id: int) -> array[int]:
    """Everybody who follows the author now, ascending.

    The blob carries the author's `followers_version`, which moves with every follow in the same
    transaction, so a stale blob is never believed.
    """
    version = db.session.scalar(
        select(UserModel.followers_version).where(UserModel.id == author_id)
    )
    if version is None:
        return array(TYPECODE)
    key = keys.FOLLOWERS_PACKED.key(author_id)
    packed: Any = (
        cache_breaker.attempt(lambda: cache.client.get(key), None) if settings().cache else None
    )
    mark = version.to_bytes(VERSION_BYTES, "big")
    if packed and packed[:VERSION_BYTES] == mark:
        return array(TYPECODE, packed[VERSION_BYTES:])
    ids = _load(author_id)
    data = mark + ids.tobytes()
    if settings().cache:
        ttl_s = keys.FOLLOWERS_PACKED.ttl_s
        cache_breaker.attempt(lambda: cache.client.set(key, data, ex=ttl_s), None)
    return ids


def _load(author_id: int) -> array[int]:
    """Read after the version, in the same snapshot or a later one: it can only know more."""
    return array(
        TYPECODE,
        sorted(
            db.session.scalars(
                select(FollowModel.follower_id).where(FollowModel.followee_id == author_id)
            )
        ),
    )
