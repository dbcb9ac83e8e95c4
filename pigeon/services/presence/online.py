"""Who has a live socket: a lease per person that the processes holding sockets keep."""

from __future__ import annotations

from collections.abc import Sequence

from pigeon.cache import keys
from pigeon.extensions import state
from pigeon.stores.leases import Leases

people = Leases(keys.ONLINE, keys.ONLINE_BY)


def online_among(user_ids: Sequence[int]) -> list[int]:
    """Those of `user_ids` who have a live socket."""
    return people.live_among(user_ids)


def may_hint(user_ids: Sequence[int]) -> list[int]:
    """Those of them to whom a hint of something new may be pushed: once per 5 seconds each."""
    pipe = state.client.pipeline(transaction=False)
    for user_id in user_ids:
        pipe.set(keys.HINTED.key(user_id), 1, nx=True, ex=keys.HINTED.ttl_s)
    return [user_id for user_id, fresh in zip(user_ids, pipe.execute(), strict=True) if fresh]
