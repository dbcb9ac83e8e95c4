"""What follows when a story is shown or withdrawn."""

from __future__ import annotations

from collections.abc import Sequence

from pigeon.jobs.registry import Again, job
from pigeon.realtime import push as realtime
from pigeon.services import presence
from pigeon.services.follows import followers
from pigeon.services.relations import apart
from pigeon.services.stories import cards, ending, views

BATCHES = 20
"""So many in one turn; then other jobs go first."""


@job("default")
def tell_followers(author_id: int, username: str) -> None:
    """Hint at those who are looking that somebody's ring changed; once in five seconds each."""
    cards.evict(author_id)
    _hint(followers.ids_of(author_id), author_id, username)


def _hint(readers: Sequence[int], author_id: int, username: str) -> None:
    there = presence.online_among([reader for reader in readers if reader != author_id])
    wanting = apart.wanting_stories_of(author_id, there)
    told = presence.may_hint_stories(wanting)
    realtime.to_users("story.changed", {"username": username}, told)
    realtime.to_user("story.changed", {"username": username}, author_id)


@job("default")
def erase(story_id: int, author_id: int) -> Again | None:
    """Remove what hangs on a withdrawn story, and the story, a piece at a time."""
    cards.evict(author_id)
    is_left = all(ending.erase_some(story_id) for _ in range(BATCHES))
    return Again(progress="") if is_left else None


@job("default")
def evict_views(story_ids: list[int], user_id: int) -> None:
    """Once more, should the process that erased them have died before it told the caches."""
    views.VIEWS.drop(story_ids, [user_id])
