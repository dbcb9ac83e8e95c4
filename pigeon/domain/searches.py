"""What a search finds beside people (`domain.users`) and posts."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class TagHit:
    """A folded hashtag, and how many posts everybody may see under it."""

    tag: str
    post_count: int
    kind: str = "tag"
