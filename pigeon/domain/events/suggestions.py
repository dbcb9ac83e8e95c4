"""Events of suggestions."""

from __future__ import annotations

from dataclasses import dataclass

from pigeon.domain.events.base import Event


@dataclass(frozen=True, kw_only=True)
class SuggestionDismissed(Event):
    """A person does not want somebody suggested again."""

    user_id: int
