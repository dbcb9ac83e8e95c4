"""Events of posts: what follows from a publication, an edit, a failure, a deletion."""

from __future__ import annotations

from pigeon.domain import events
from pigeon.jobs import notifications, posts, timelines
from pigeon.realtime import push
from pigeon.services.timelines.fanouts import BULK_AUDIENCE
from pigeon.subscribers.reactions import Reaction, Table
from pigeon.unit_of_work import JobSpec


def _publish(event: events.PostPublished) -> list[JobSpec]:
    return [*_fan_out(event), notifications.announce_post.spec(post_id=event.post_id)]


def _fan_out(event: events.PostPublished) -> list[JobSpec]:
    known = {"author_id": event.author_id, "post_id": event.post_id, "username": event.username}
    if event.delivery == "pull":
        return [timelines.announce_pull.spec(**known)]
    queue = "fanout-bulk" if event.audience > BULK_AUDIENCE else timelines.push.queue
    return [timelines.push.on(queue, publication_id=event.publication_id, **known)]


def _edit(event: events.PostEdited) -> list[JobSpec]:
    if event.publication_id is None or not event.named:
        return _refresh(event)
    named = notifications.announce_mentions.spec(post_id=event.post_id, people=event.named)
    return [*_refresh(event), named]


def _delete(event: events.PostDeleted) -> list[JobSpec]:
    withdrawn = [notifications.withdraw_post.spec(post_id=event.post_id)]
    erased = posts.erase.spec(post_id=event.post_id)
    return [*_refresh(event), *(withdrawn if event.publication_id is not None else []), erased]


def _refresh(event: events.PostEdited | events.PostDeleted) -> list[JobSpec]:
    refreshed = posts.refresh.spec(
        post_id=event.post_id, publication_id=event.publication_id, author_id=event.author_id
    )
    return [refreshed]


def _push_ready(event: events.PostPublished) -> None:
    if event.had_images:
        push.to_user("post.ready", {"post_id": str(event.post_id)}, event.author_id)


def _push_failure(event: events.PostFailed) -> None:
    images = [
        {"id": media_id, "error": {"code": code, "message": ""}}
        for media_id, code in event.errors.items()
    ]
    push.to_user("post.failed", {"post_id": str(event.post_id), "images": images}, event.author_id)


def _close_room(event: events.PostDeleted) -> None:
    push.recheck_rooms(post_ids=[event.post_id])
    push.close_post(event.post_id)


REACTIONS: Table = {
    events.PostPublished: Reaction(jobs=_publish, send=_push_ready),
    events.PostFailed: Reaction(send=_push_failure),
    events.PostEdited: Reaction(jobs=_edit),
    events.PostDeleted: Reaction(jobs=_delete, send=_close_room),
}
