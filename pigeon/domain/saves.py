"""What a call answers that saves a post."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class SaveViewer:
    saved: bool


@dataclass(frozen=True, kw_only=True)
class Saved:
    id: str
    viewer: SaveViewer
