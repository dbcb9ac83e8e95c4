"""One table: what follows from each event. Jobs are stored with the data, pushes leave after."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import structlog
from flask import current_app

from pigeon.domain import events
from pigeon.domain.events import Event
from pigeon.extensions import settings
from pigeon.jobs import mails, media, posts, queues, runner, timelines, users
from pigeon.realtime import push
from pigeon.services.fanouts import BULK_AUDIENCE
from pigeon.unit_of_work import JobSpec, run_guarded

log = structlog.get_logger()


@dataclass(frozen=True, kw_only=True)
class Reaction:
    """`jobs` are promised in the event's transaction; `send` is a hint and may be lost."""

    jobs: Callable[[Any], list[JobSpec]] = lambda _event: []
    send: Callable[[Any], None] | None = None


def _mail(event: events.MailRequested) -> list[JobSpec]:
    return [
        mails.send.spec(
            template=event.template, to=event.to, language=event.language, values=event.values
        )
    ]


def _fan_out(event: events.PostPublished) -> list[JobSpec]:
    known = {"author_id": event.author_id, "post_id": event.post_id, "username": event.username}
    if event.delivery == "pull":
        return [timelines.announce_pull.spec(**known)]
    queue = "fanout-bulk" if event.audience > BULK_AUDIENCE else timelines.push.queue
    return [timelines.push.on(queue, publication_id=event.publication_id, **known)]


def _settle(event: events.UserFollowed | events.UserUnfollowed) -> list[JobSpec]:
    return [
        timelines.settle_follow.spec(follower_id=event.follower_id, followee_id=event.followee_id)
    ]


def _refresh(event: events.PostEdited | events.PostDeleted) -> list[JobSpec]:
    return [
        posts.refresh.spec(
            post_id=event.post_id,
            publication_id=event.publication_id,
            author_id=event.author_id,
        )
    ]


def _close_sockets(event: events.SessionsEnded) -> list[JobSpec]:
    return [
        users.close_sockets.spec(
            user_id=event.user_id,
            session_ids=event.session_ids,
            token_hashes=event.token_hashes,
        )
    ]


def _tell_progress(event: events.ImageProcessed) -> None:
    payload = {"post_id": str(event.post_id), "done": event.done, "total": event.total}
    push.to_user("post.progress", payload, event.author_id)


def _tell_ready(event: events.PostPublished) -> None:
    if event.had_images:
        push.to_user("post.ready", {"post_id": str(event.post_id)}, event.author_id)


def _tell_failure(event: events.PostFailed) -> None:
    images = [
        {"id": media_id, "error": {"code": code, "message": ""}}
        for media_id, code in event.errors.items()
    ]
    push.to_user("post.failed", {"post_id": str(event.post_id), "images": images}, event.author_id)


REACTIONS: dict[type[Event], Reaction] = {
    events.MailRequested: Reaction(jobs=_mail),
    events.LinkRequested: Reaction(
        jobs=lambda event: [mails.issue_link.spec(email_key=event.email_key)]
    ),
    events.ResetRequested: Reaction(
        jobs=lambda event: [mails.issue_reset.spec(email_key=event.email_key)]
    ),
    events.SessionsEnded: Reaction(
        jobs=_close_sockets, send=lambda event: push.kick(event.user_id, event.session_ids)
    ),
    events.UserWithdrew: Reaction(
        jobs=lambda event: [users.erase.spec(user_id=event.user_id, username=event.username)]
    ),
    events.UserChanged: Reaction(
        jobs=lambda event: [users.refresh_cards.spec(user_id=event.user_id)]
    ),
    events.AvatarUploaded: Reaction(
        jobs=lambda event: [media.process.spec(media_id=event.media_id)]
    ),
    events.UserFollowed: Reaction(jobs=_settle),
    events.UserUnfollowed: Reaction(jobs=_settle),
    events.ImagesAccepted: Reaction(
        jobs=lambda event: [media.process.spec(media_id=number) for number in event.media_ids]
    ),
    events.ImageProcessed: Reaction(send=_tell_progress),
    events.PostPublished: Reaction(jobs=_fan_out, send=_tell_ready),
    events.PostFailed: Reaction(send=_tell_failure),
    events.PostEdited: Reaction(jobs=_refresh),
    events.PostDeleted: Reaction(jobs=_refresh),
    events.MediaOrphaned: Reaction(
        jobs=lambda event: [media.delete.spec(names=event.names, incoming=event.incoming)]
    ),
}


class Subscribers:
    """The table as `unit_of_work` uses it."""

    def jobs(self, event: Event) -> list[JobSpec]:
        return REACTIONS[type(event)].jobs(event)

    def publish(self, published: list[Event], outbox: list[tuple[int, str]]) -> None:
        """Queue the stored jobs and send the hints; a lost queue entry is found by the sweeper."""
        run_guarded(lambda: self._start(outbox))
        for event in published:
            send = REACTIONS[type(event)].send
            if send is not None:
                run_guarded(partial(send, event))

    def _start(self, outbox: list[tuple[int, str]]) -> None:
        if settings().asynchronous:
            queues.enqueue(outbox)
            return
        for outbox_id, _queue in outbox:
            runner.run(outbox_id)


def bind(app: Any = current_app) -> None:
    app.extensions["reactions"] = Subscribers()
