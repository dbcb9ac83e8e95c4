"""What caches must forget after a comment changed, should the process have died before."""

from __future__ import annotations

from pigeon.jobs.registry import job
from pigeon.services.comments import changes


@job("default")
def refresh(post_id: int, comment_ids: list[int], parent_id: int | None) -> None:
    changes.refresh(post_id, comment_ids, parent_id)
