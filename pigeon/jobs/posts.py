"""What caches must forget after a post changed, should the process have died before."""

from __future__ import annotations

from pigeon.jobs.registry import job
from pigeon.services import counts, post_cards


@job("default")
def refresh(post_id: int, publication_id: int | None, author_id: int) -> None:
    post_cards.evict(post_id, publication_id, author_id)
    counts.posts.evict(post_id)
    counts.users.evict(author_id)
