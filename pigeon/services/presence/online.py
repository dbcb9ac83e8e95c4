"""Who has a live socket: asked by whoever makes frames, so that none is made for nobody."""

from __future__ import annotations

from collections.abc import Sequence

from pigeon.cache import keys
from pigeon.extensions import state
from pigeon.stores import presence as store
from pigeon.stores.leases import LEASE_S, Leases

DAY_S = 86_400

people = Leases(keys.ONLINE, keys.ONLINE_BY, lasts_s=DAY_S)
"""For processes of the release before, which know nothing else; it goes with the next release.

They renew their own people every 15 s, for 45 s; ours stay for a day, and are no renewing's work.
That is how the two are told apart here. The hashes beside it also count somebody's sockets on
processes of both releases.
"""


def online_among(user_ids: Sequence[int]) -> list[int]:
    """Those of `user_ids` who have a live socket, or left a moment ago."""
    there = set(store.online_among(user_ids))
    before = set(people.live_among(user_ids, within_s=LEASE_S + 1))
    return [one for one in user_ids if one in there or one in before]


def may_hint(user_ids: Sequence[int]) -> list[int]:
    """Those of them to whom a hint of something new may be pushed: once per 5 seconds each."""
    return _once(user_ids, keys.HINTED)


def may_hint_stories(user_ids: Sequence[int]) -> list[int]:
    """The same for hints of stories."""
    return _once(user_ids, keys.STORY_HINTED)


def _once(user_ids: Sequence[int], family: keys.Family) -> list[int]:
    pipe = state.client.pipeline(transaction=False)
    for user_id in user_ids:
        pipe.set(family.key(user_id), 1, nx=True, ex=family.ttl_s)
    return [user_id for user_id, fresh in zip(user_ids, pipe.execute(), strict=True) if fresh]
