"""Fan-out on write, slice by slice; hints to those who are looking; what follows from a follow."""

from __future__ import annotations

from collections.abc import Sequence

from pigeon.jobs import posts
from pigeon.jobs.registry import Again, job
from pigeon.realtime import push as realtime
from pigeon.services import presence
from pigeon.services.follows import edges, followers
from pigeon.services.relations import apart
from pigeon.services.timelines import fanouts, pulls
from pigeon.unit_of_work import current_claim


@job("fanout")
def push(publication_id: int, author_id: int, post_id: int, username: str) -> Again | None:
    claim = current_claim.get()
    if claim is None or not claim.progress:
        posts.refresh.run(post_id=post_id, publication_id=publication_id, author_id=author_id)
    pushed = fanouts.push(publication_id, author_id, claim)
    _hint(pushed.readers, author_id, post_id, username)
    return Again(progress=pushed.progress) if pushed.progress else None


@job("fanout-bulk")
def announce_pull(author_id: int, post_id: int, username: str) -> None:
    """A celebrity posted: readers merge it themselves once their index is refreshed."""
    posts.refresh.run(post_id=post_id, publication_id=None, author_id=author_id)
    pulls.changed()
    _hint(followers.ids_of(author_id), author_id, post_id, username)


@job("default", name="timelines.settle_follow")
def refresh_follow(follower_id: int, followee_id: int) -> None:
    edges.evict(follower_id, followee_id)


def _hint(readers: Sequence[int], author_id: int, post_id: int, username: str) -> None:
    others = [reader for reader in presence.online_among(readers) if reader != author_id]
    online = apart.wanting_posts_of(author_id, others)
    payload = {"post_id": str(post_id), "username": username}
    realtime.to_users("timeline.new", payload, presence.may_hint(online))
