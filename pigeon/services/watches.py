"""Which posts are on somebody's screen: a lease per post that the processes holding sockets renew.

Counts of a post are told at most once a second; what came in between is told a second later.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterable, Sequence
from typing import Any

from redis.exceptions import RedisError

from pigeon.cache import keys
from pigeon.domain.posts import PostCounts
from pigeon.extensions import state
from pigeon.services import counts, policy
from pigeon.services.posts import cards as post_cards

LEASE_S = 45
TOLD_AT_ONCE = 200


def check_may_watch(post_id: int, viewer_id: int) -> None:
    """NotFound for a post that the viewer may not see."""
    policy.check_sees_post(viewer_id, post_cards.find(post_id, viewer_id))


def begin(post_id: int) -> PostCounts:
    """The lease first, then the counts: a change that they do not hold is told."""
    with contextlib.suppress(RedisError):  # the loop that renews leases does it a little later
        renew([post_id])
    return counts.of_posts([post_id]).get(post_id, PostCounts())


def renew(post_ids: Iterable[int]) -> None:
    """These posts are shown somewhere; forgets those whose lease ended."""
    until = time.time() + LEASE_S
    members = {str(post_id): until for post_id in post_ids}
    pipe = state.client.pipeline(transaction=False)
    if members:
        pipe.zadd(keys.WATCHED.key(), members)
    pipe.zremrangebyscore(keys.WATCHED.key(), 0, time.time())
    pipe.execute()


def watched_among(post_ids: Sequence[int]) -> list[int]:
    """Those of `post_ids` that somebody has on the screen."""
    if not post_ids:
        return []
    leases: Any = state.client.zmscore(keys.WATCHED.key(), [str(post_id) for post_id in post_ids])
    now = time.time()
    return [post_id for post_id, until in zip(post_ids, leases, strict=True) if (until or 0) > now]


def take_turn(post_ids: Sequence[int]) -> list[int]:
    """Those whose counts may be told now; the others are kept for `take_waiting`."""
    if not post_ids:
        return []
    pipe = state.client.pipeline(transaction=False)
    for post_id in post_ids:
        pipe.set(keys.TOLD.key(post_id), 1, nx=True, ex=keys.TOLD.ttl_s)
    turns = dict(zip(post_ids, pipe.execute(), strict=True))
    _wait([post_id for post_id, is_free in turns.items() if not is_free])
    return [post_id for post_id, is_free in turns.items() if is_free]


def _wait(post_ids: list[int]) -> None:
    if post_ids:
        state.client.sadd(keys.UNTOLD.key(), *map(str, post_ids))


def take_waiting() -> list[int]:
    """Posts whose counts changed within a second of being told; each goes to one caller."""
    waiting: Any = state.client.spop(keys.UNTOLD.key(), TOLD_AT_ONCE)
    return sorted(map(int, waiting))
