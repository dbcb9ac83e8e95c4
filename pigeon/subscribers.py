"""One table: what follows from each event. Jobs are stored with the data, pushes leave after."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import structlog
from flask import current_app
from flask_babel import force_locale

from pigeon.domain import events
from pigeon.domain.events import Event
from pigeon.extensions import settings
from pigeon.jobs import (
    comments,
    likes,
    mails,
    media,
    notifications,
    posts,
    queues,
    runner,
    timelines,
    users,
)
from pigeon.realtime import live, push
from pigeon.services.notifications import frames as notifications_frames
from pigeon.services.timelines.fanouts import BULK_AUDIENCE
from pigeon.unit_of_work import JobSpec, run_guarded
from pigeon.web.wording import image_sentence

log = structlog.get_logger()
LIKES = 1_000
"""Pairs in one job; more of them are shared among workers."""
COMMENTS = 500
"""Ids in one job: a comment may have any number of replies."""


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


def _refresh_follow(event: events.UserFollowed | events.UserUnfollowed) -> list[JobSpec]:
    return [
        timelines.refresh_follow.spec(follower_id=event.follower_id, followee_id=event.followee_id)
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


def _push_progress(event: events.ImageProcessed) -> None:
    payload = {"post_id": str(event.post_id), "done": event.done, "total": event.total}
    push.to_user("post.progress", payload, event.author_id)


def _push_ready(event: events.PostPublished) -> None:
    if event.had_images:
        push.to_user("post.ready", {"post_id": str(event.post_id)}, event.author_id)


def _push_failure(event: events.PostFailed) -> None:
    images = [
        {"id": media_id, "error": {"code": code, "message": ""}}
        for media_id, code in event.errors.items()
    ]
    push.to_user("post.failed", {"post_id": str(event.post_id), "images": images}, event.author_id)


def _push_avatar(event: events.AvatarShown) -> None:
    push.to_user("avatar.ready", {"avatar_url": event.avatar_url}, event.user_id)


def _push_avatar_failure(event: events.AvatarFailed) -> None:
    with force_locale(event.language):
        error = {"code": event.code, "message": image_sentence(event.code)}
    push.to_user("avatar.failed", {"error": error}, event.user_id)


def _push_comment(event: events.CommentCreated) -> None:
    """Whoever watches may see it: a post that is not published is watched by its author only."""
    live.push_comment(event.comment_id, event.post_id)


def _push_comment_gone(event: events.CommentDeleted) -> None:
    live.push_comment_gone(event.comment_id, event.post_id, event.parent_id)


def _push_likes(event: events.LikesShown | events.LikesErased) -> None:
    if event.subject == "post":
        live.push_likes(sorted(event.ids))


def _evict_likes(event: events.LikesErased) -> list[JobSpec]:
    return [likes.evict.spec(subject=event.subject, ids=event.ids, people=[event.user_id])]


def _refresh_comment(
    event: events.CommentCreated | events.CommentEdited | events.CommentDeleted,
) -> list[JobSpec]:
    """A comment that was edited may be one that a card shows, as a top comment always may."""
    gone = event.reply_ids if isinstance(event, events.CommentDeleted) else []
    parent_id = None if isinstance(event, events.CommentEdited) else event.parent_id
    ids = [event.comment_id, *gone]
    return [
        comments.refresh.spec(
            post_id=event.post_id, comment_ids=ids[first : first + COMMENTS], parent_id=parent_id
        )
        for first in range(0, len(ids), COMMENTS)
    ]


def _publish(event: events.PostPublished) -> list[JobSpec]:
    return [*_fan_out(event), notifications.announce_post.spec(post_id=event.post_id)]


def _edit(event: events.PostEdited) -> list[JobSpec]:
    if event.publication_id is None or not event.named:
        return _refresh(event)
    named = notifications.announce_mentions.spec(post_id=event.post_id, people=event.named)
    return [*_refresh(event), named]


def _delete(event: events.PostDeleted) -> list[JobSpec]:
    told = [notifications.withdraw_post.spec(post_id=event.post_id)]
    erased = posts.erase.spec(post_id=event.post_id)
    return [*_refresh(event), *(told if event.publication_id is not None else []), erased]


def _meet(event: events.UserFollowed | events.UserUnfollowed) -> list[JobSpec]:
    pair = {"follower_id": event.follower_id, "followee_id": event.followee_id}
    return [*_refresh_follow(event), notifications.update_for_follow.spec(**pair)]


def _announce_comment(event: events.CommentCreated) -> list[JobSpec]:
    """Below a post that is not published, its publication announces it."""
    told = [notifications.announce_comment.spec(comment_id=event.comment_id)]
    return [*_refresh_comment(event), *(told if event.is_public else [])]


def _edit_comment(event: events.CommentEdited) -> list[JobSpec]:
    if not event.is_public or not event.named:
        return _refresh_comment(event)
    named = notifications.announce_named.spec(comment_id=event.comment_id, people=event.named)
    return [*_refresh_comment(event), named]


def _withdraw_comment(event: events.CommentDeleted) -> list[JobSpec]:
    told = notifications.withdraw_comment.spec(comment_id=event.comment_id)
    return [*_refresh_comment(event), told]


def _update_groups(event: events.LikesChanged) -> list[JobSpec]:
    """By target, so that a group grows once, in jobs of a size that one worker does at a time."""
    pairs = sorted(event.pairs)
    parts = [pairs[first : first + LIKES] for first in range(0, len(pairs), LIKES)]
    updates = [
        notifications.update_for_likes.spec(subject=event.subject, pairs=part) for part in parts
    ]
    return updates if settings().write_back else [*updates, _evict_written(event)]


def _evict_written(event: events.LikesChanged) -> JobSpec:
    """Written through, no flusher comes back to the caches."""
    ids, people = zip(*event.pairs, strict=True)
    return likes.evict.spec(subject=event.subject, ids=list(ids), people=list(people))


def _push_reader(event: events.NotificationsChanged) -> None:
    notifications.push_frames(notifications_frames.of_reader(event.recipient_id, event.deleted))


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
    events.AvatarShown: Reaction(send=_push_avatar),
    events.AvatarFailed: Reaction(send=_push_avatar_failure),
    events.UserFollowed: Reaction(jobs=_meet),
    events.UserUnfollowed: Reaction(jobs=_meet),
    events.ImagesAccepted: Reaction(
        jobs=lambda event: [media.process.spec(media_id=number) for number in event.media_ids]
    ),
    events.ImageProcessed: Reaction(send=_push_progress),
    events.PostPublished: Reaction(jobs=_publish, send=_push_ready),
    events.PostFailed: Reaction(send=_push_failure),
    events.PostEdited: Reaction(jobs=_edit),
    events.PostDeleted: Reaction(jobs=_delete, send=lambda event: push.close_post(event.post_id)),
    events.CommentCreated: Reaction(jobs=_announce_comment, send=_push_comment),
    events.CommentEdited: Reaction(jobs=_edit_comment),
    events.CommentDeleted: Reaction(jobs=_withdraw_comment, send=_push_comment_gone),
    events.LikesChanged: Reaction(jobs=_update_groups),
    events.LikesShown: Reaction(send=_push_likes),
    events.LikesErased: Reaction(jobs=_evict_likes, send=_push_likes),
    events.NotificationsChanged: Reaction(
        jobs=lambda event: [notifications.refresh_counts.spec(reader_id=event.recipient_id)],
        send=_push_reader,
    ),
    events.NotificationsCleared: Reaction(
        jobs=lambda event: [
            notifications.remove_older.spec(reader_id=event.recipient_id, rank=event.rank)
        ]
    ),
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
