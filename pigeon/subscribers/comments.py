"""Events of comments: caches are refreshed, people notified, and watchers of the post see it."""

from __future__ import annotations

from pigeon.domain import events
from pigeon.jobs import comments, notifications
from pigeon.realtime import live
from pigeon.subscribers.reactions import Reaction, Table
from pigeon.unit_of_work import JobSpec

COMMENTS = 500
"""Ids in one job: a comment may have any number of replies."""


def _announce(event: events.CommentCreated) -> list[JobSpec]:
    """Comments on a post that is not published yet are announced when it is."""
    announced = [notifications.announce_comment.spec(comment_id=event.comment_id)]
    return [*_refresh(event), *(announced if event.is_public else [])]


def _edit(event: events.CommentEdited) -> list[JobSpec]:
    if not event.is_public or not event.named:
        return _refresh(event)
    named = notifications.announce_named.spec(comment_id=event.comment_id, people=event.named)
    return [*_refresh(event), named]


def _withdraw(event: events.CommentDeleted) -> list[JobSpec]:
    withdrawn = notifications.withdraw_comment.spec(comment_id=event.comment_id)
    return [*_refresh(event), withdrawn]


def _refresh(
    event: events.CommentCreated | events.CommentEdited | events.CommentDeleted,
) -> list[JobSpec]:
    """Any of the three may change the comments that the card of the post shows."""
    gone = event.reply_ids if isinstance(event, events.CommentDeleted) else []
    parent_id = None if isinstance(event, events.CommentEdited) else event.parent_id
    ids = [event.comment_id, *gone]
    return [
        comments.refresh.spec(
            post_id=event.post_id, comment_ids=ids[first : first + COMMENTS], parent_id=parent_id
        )
        for first in range(0, len(ids), COMMENTS)
    ]


def _push(event: events.CommentCreated) -> None:
    """Whoever watches may see it: a post that is not published is watched by its author only."""
    live.push_comment(event.comment_id, event.post_id)


def _push_gone(event: events.CommentDeleted) -> None:
    live.push_comment_gone(event.comment_id, event.post_id, event.parent_id)


REACTIONS: Table = {
    events.CommentCreated: Reaction(jobs=_announce, send=_push),
    events.CommentEdited: Reaction(jobs=_edit),
    events.CommentDeleted: Reaction(jobs=_withdraw, send=_push_gone),
}
