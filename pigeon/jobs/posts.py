"""What caches must forget after a post changed, and what is left to do after it was deleted."""

from __future__ import annotations

from pigeon.jobs.registry import Again, job
from pigeon.services import counts
from pigeon.services.posts import cards, erasing


@job("default")
def refresh(post_id: int, publication_id: int | None, author_id: int) -> None:
    """Once more, should the process that changed it have died before it told the caches."""
    cards.evict(post_id, publication_id, author_id)
    counts.posts.evict(post_id)
    counts.users.evict(author_id)


@job("default")
def erase(post_id: int) -> Again | None:
    """Remove what hangs on a deleted post, and the post, a piece at a time."""
    return Again(progress="") if erasing.erase_some(post_id) else None
