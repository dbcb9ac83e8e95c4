"""What every event is."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Event:
    """Base: raised inside a unit of work, published after its commit."""
