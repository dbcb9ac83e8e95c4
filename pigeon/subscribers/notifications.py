"""Events of notifications: a reader's other tabs follow what one of them changed."""

from __future__ import annotations

from pigeon.domain import events
from pigeon.jobs import notifications
from pigeon.services.notifications import frames
from pigeon.subscribers.reactions import Reaction, Table
from pigeon.unit_of_work import JobSpec


def _refresh_counts(event: events.NotificationsChanged) -> list[JobSpec]:
    return [notifications.refresh_counts.spec(reader_id=event.recipient_id)]


def _push(event: events.NotificationsChanged) -> None:
    notifications.push_frames(frames.of_reader(event.recipient_id, event.deleted))


def _remove_older(event: events.NotificationsCleared) -> list[JobSpec]:
    return [notifications.remove_older.spec(reader_id=event.recipient_id, rank=event.rank)]


REACTIONS: Table = {
    events.NotificationsChanged: Reaction(jobs=_refresh_counts, send=_push),
    events.NotificationsCleared: Reaction(jobs=_remove_older),
}
