"""Events of pictures: they are processed, their author sees the progress, orphans are deleted."""

from __future__ import annotations

from pigeon.domain import events
from pigeon.jobs import media
from pigeon.realtime import push
from pigeon.subscribers.reactions import Reaction, Table
from pigeon.unit_of_work import JobSpec


def _process(event: events.ImagesAccepted) -> list[JobSpec]:
    return [media.to_process(number) for number in event.media_ids]


def _push_progress(event: events.ImageProcessed) -> None:
    payload = {"post_id": str(event.post_id), "done": event.done, "total": event.total}
    push.to_user("post.progress", payload, event.author_id)


def _delete(event: events.MediaOrphaned) -> list[JobSpec]:
    return [media.delete.spec(names=event.names, incoming=event.incoming)]


REACTIONS: Table = {
    events.ImagesAccepted: Reaction(jobs=_process),
    events.ImageProcessed: Reaction(send=_push_progress),
    events.MediaOrphaned: Reaction(jobs=_delete),
}
