"""Which posts a person keeps, as a Redis set: a page asks in one command, SQL fills a miss."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import partial
from itertools import compress
from typing import Any

from sqlalchemy import select

from pigeon.cache import keys, leases, resp, trips
from pigeon.cache.breaker import cache_breaker
from pigeon.cache.trips import Read
from pigeon.extensions import db
from pigeon.models import PostSave


def read(user_id: int, ids: Sequence[int], *, may_load: bool = True) -> Read[set[int]]:
    """Those of the posts that the person keeps; the member 0 says whether the set is loaded."""
    key = keys.SAVED.key(user_id).encode()
    command = resp.encode([b"SMISMEMBER", key, b"0", *(b"%d" % post_id for post_id in ids)])
    return Read(
        [command] if ids else [],
        partial(_complete, user_id, ids, may_load),
        partial(_in_sql, user_id, ids),
    )


def _complete(user_id: int, ids: Sequence[int], may_load: bool, replies: Sequence[Any]) -> set[int]:
    """A set that is not there is loaded once, then SQL is asked."""
    if not ids:
        return set()
    (flags,) = replies
    if flags is not None and flags[0]:
        return set(compress(ids, flags[1:]))
    if flags is None or not may_load:
        return _in_sql(user_id, ids)
    cache_breaker.attempt(lambda: _load(user_id), None)
    return trips.one(read(user_id, ids, may_load=False))


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
