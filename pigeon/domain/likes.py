"""What a like call answers."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class LikeViewer:
    liked: bool


@dataclass(frozen=True, kw_only=True)
class Liked:
    """`like_count` includes what was just acknowledged."""

    id: str
    like_count: int
    viewer: LikeViewer
