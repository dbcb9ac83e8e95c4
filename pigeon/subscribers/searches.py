"""Events of search histories: nobody else is told."""

from __future__ import annotations

from pigeon.domain import events
from pigeon.jobs import searches
from pigeon.subscribers.reactions import Reaction, Table
from pigeon.unit_of_work import JobSpec


def _refresh(event: events.SearchesChanged) -> list[JobSpec]:
    return [searches.refresh_searches.spec(user_id=event.user_id)]


REACTIONS: Table = {events.SearchesChanged: Reaction(jobs=_refresh)}
