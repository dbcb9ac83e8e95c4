"""Events of saves."""

from __future__ import annotations

from dataclasses import dataclass

from pigeon.domain.events.base import Event


@dataclass(frozen=True, kw_only=True)
class SavesChanged(Event):
    """A person keeps a post, or no longer."""

    user_id: int
