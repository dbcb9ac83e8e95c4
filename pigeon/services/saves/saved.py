"""Which posts a person keeps, as a Redis set: a page asks in one command, SQL fills a miss."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlalchemy import select

from pigeon.cache import keys, leases
from pigeon.cache.member_sets import MemberSet
from pigeon.cache.trips import Read
from pigeon.extensions import db
from pigeon.models import PostSave


def read(user_id: int, ids: Sequence[int]) -> Read[set[int]]:
    """Those of the posts that the person keeps."""
    return _SETS.read(user_id, ids)


def _in_sql(user_id: int, ids: Iterable[int]) -> set[int]:
    kept = select(PostSave.post_id).where(PostSave.user_id == user_id, PostSave.post_id.in_(ids))
    return set(db.session.scalars(kept)) if ids else set()


def _load(user_id: int) -> None:
    """Fill the set under a lease; nothing when another one is at it, or in the midst of a unit."""
    if not leases.begin_fresh_read():
        return
    key = keys.SAVED.key(user_id)
    token = leases.take(key)
    if token is None:
        return
    kept = db.session.scalars(select(PostSave.post_id).where(PostSave.user_id == user_id)).all()
    leases.fill_set(key, token, kept, keys.SAVED.ttl_s)


def evict(user_id: int) -> None:
    leases.evict(keys.SAVED.key(user_id))


_SETS = MemberSet(family=keys.SAVED, in_sql=_in_sql, load=_load)
