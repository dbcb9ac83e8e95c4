"""Who has a live socket: a lease per person that the process holding the socket renews."""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from typing import Any

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
    """Those of `user_ids` who have a live socket: the fewer are online, the cheaper."""
    if not user_ids:
        return []
    live: list[Any] = state.client.zrangebyscore(keys.ONLINE.key(), f"({time.time()}", "+inf")
    online = set(map(int, live))
    return [user_id for user_id in user_ids if user_id in online]


def may_hint(user_ids: Sequence[int]) -> list[int]:
    """To whom of them "something new" may be said again: once per 5 seconds each."""
    pipe = state.client.pipeline(transaction=False)
    for user_id in user_ids:
        pipe.set(keys.HINTED.key(user_id), 1, nx=True, ex=keys.HINTED.ttl_s)
    return [user_id for user_id, fresh in zip(user_ids, pipe.execute(), strict=True) if fresh]
