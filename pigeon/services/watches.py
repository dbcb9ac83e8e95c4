"""Which posts are on somebody's screen, who may have them there, and when their counts are pushed.

The counts of a post are pushed at most once a second; what changes within that second is pushed a
second later.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from typing import Any

from pigeon.cache import keys
from pigeon.domain.posts import PostCard, PostCounts
from pigeon.extensions import state
from pigeon.services import access, counts
from pigeon.services.posts import cards as post_cards
from pigeon.stores.leases import Leases

PUSHED_AT_ONCE = 200

posts = Leases(keys.WATCHED, keys.WATCHED_BY)


def get_watchable(post_id: int, viewer_id: int) -> PostCard:
    """The post that the viewer wants to watch; NotFound when they may not see it."""
    viewer = access.viewer(viewer_id)
    return access.posts.check_sees(viewer, post_cards.find(post_id, viewer))


def watchable_among(pairs: Collection[tuple[int, int]]) -> set[tuple[int, int]]:
    """Those (viewer, post) whose viewer may see the post now; each post is read once."""
    ids = {post_id for _, post_id in pairs}
    cards = post_cards.cards.many(ids)
    cards |= post_cards.load(sorted(ids - cards.keys()))
    wanted: dict[int, list[PostCard]] = defaultdict(list)
    for viewer_id, post_id in pairs:
        if post_id in cards:
            wanted[viewer_id].append(cards[post_id])
    return {
        (viewer_id, card.id)
        for viewer_id, found in wanted.items()
        for card in access.posts.visible(access.viewer(viewer_id), found)
    }


def counts_of(post_id: int) -> PostCounts:
    """To be read once the post has its lease: a change that the counts do not hold is pushed."""
    return counts.of_posts([post_id]).get(post_id, PostCounts())


def watched_among(post_ids: Sequence[int]) -> list[int]:
    """Those of `post_ids` that somebody has on the screen."""
    return posts.live_among(post_ids)


def take_turn(post_ids: Sequence[int]) -> list[int]:
    """Those whose counts may be pushed now; the others are kept for `take_waiting`."""
    if not post_ids:
        return []
    pipe = state.client.pipeline(transaction=False)
    for post_id in post_ids:
        pipe.set(keys.PUSHED.key(post_id), 1, nx=True, ex=keys.PUSHED.ttl_s)
    turns = dict(zip(post_ids, pipe.execute(), strict=True))
    _wait([post_id for post_id, is_free in turns.items() if not is_free])
    return [post_id for post_id, is_free in turns.items() if is_free]


def _wait(post_ids: list[int]) -> None:
    if post_ids:
        state.client.sadd(keys.UNPUSHED.key(), *map(str, post_ids))


def take_waiting() -> list[int]:
    """Posts whose counts changed within a second of being pushed; each goes to one caller."""
    waiting: Any = state.client.spop(keys.UNPUSHED.key(), PUSHED_AT_ONCE)
    return sorted(map(int, waiting))
