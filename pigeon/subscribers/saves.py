"""Events of saves: nobody is told; what the cache says of them is evicted once more."""

from __future__ import annotations

from pigeon.domain import events
from pigeon.jobs import saves
from pigeon.subscribers.reactions import Reaction, Table
from pigeon.unit_of_work import JobSpec


def _evict(event: events.SavesChanged) -> list[JobSpec]:
    return [saves.refresh_saved.spec(user_id=event.user_id)]


REACTIONS: Table = {events.SavesChanged: Reaction(jobs=_evict)}
