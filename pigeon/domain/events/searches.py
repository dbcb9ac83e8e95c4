"""Events of somebody's search history."""

from __future__ import annotations

from dataclasses import dataclass

from pigeon.domain.events.base import Event


@dataclass(frozen=True, kw_only=True)
class SearchesChanged(Event):
    """An entry came or went: a cache may still show the history as it was."""

    user_id: int
