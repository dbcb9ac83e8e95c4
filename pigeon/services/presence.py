"""Who has a live socket: a lease per person that the process holding the socket renews."""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence

from pigeon.cache import keys
from pigeon.extensions import state

LEASE_S = 45
RENEW_S = 15


def renew(user_ids: Iterable[int]) -> None:
    """These people are here; forgets those whose lease ended."""
    until = time.time() + LEASE_S
    members = {str(user_id): until for user_id in user_ids}
    pipe = state.client.pipeline(transaction=False)
    if members:
        pipe.zadd(keys.ONLINE.key(), members)
    pipe.zremrangebyscore(keys.ONLINE.key(), 0, time.time())
    pipe.execute()


def online_among(user_ids: Sequence[int]) -> list[int]:
    """Those of `user_ids` who have a live socket."""
    if not user_ids:
        return []
    now = time.time()
    scores = state.client.zmscore(keys.ONLINE.key(), [str(user_id) for user_id in user_ids])
    return [u for u, score in zip(user_ids, scores, strict=True) if score and score > now]


def may_hint(user_id: int) -> bool:
    """Whether "something new" may be said to a person again: once per 5 seconds."""
    name = keys.HINTED.key(user_id)
    return bool(state.client.set(name, 1, nx=True, ex=keys.HINTED.ttl_s))
