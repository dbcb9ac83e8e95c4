"""Events of suggestions: whom else to suggest is counted."""

from __future__ import annotations

from pigeon.domain import events
from pigeon.jobs import suggestions
from pigeon.subscribers.reactions import Reaction, Table
from pigeon.unit_of_work import JobSpec


def _refresh(event: events.SuggestionDismissed) -> list[JobSpec]:
    return suggestions.after(event.user_id)


REACTIONS: Table = {events.SuggestionDismissed: Reaction(jobs=_refresh)}
