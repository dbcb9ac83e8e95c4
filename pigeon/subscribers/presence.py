"""Events of presence: who may know of whom is asked again, and what they know is told."""

from __future__ import annotations

from pigeon.domain import events
from pigeon.jobs import presence
from pigeon.realtime import push
from pigeon.subscribers.reactions import Reaction, Table
from pigeon.unit_of_work import JobSpec


def _refresh(event: events.StatusChosen | events.ActivityShown) -> list[JobSpec]:
    return [presence.refresh.spec(user_id=event.user_id)]


def _tell(event: events.StatusChosen) -> None:
    push.presence_changed([event.user_id])


def _recheck(event: events.ActivityShown) -> None:
    push.recheck_rooms(user_ids=[event.user_id])


def _recheck_members(event: events.AcquaintanceChanged) -> None:
    push.recheck_rooms(pair=event.member_ids)


REACTIONS: Table = {
    events.StatusChosen: Reaction(jobs=_refresh, send=_tell),
    events.ActivityShown: Reaction(jobs=_refresh, send=_recheck),
    events.AcquaintanceChanged: Reaction(send=_recheck_members),
}
