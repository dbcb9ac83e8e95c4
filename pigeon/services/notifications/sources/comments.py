"""A comment notifies the author of the post, a reply whom it answers, and both whom they name."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import select

from pigeon.extensions import db
from pigeon.models import CommentMention, CommentModel, PostModel
from pigeon.services import access
from pigeon.services.notifications import delivery, recipients
from pigeon.services.notifications.contents import Occasion
from pigeon.services.notifications.delivery import Withdrawn
from pigeon.services.notifications.recipients import Plan
from pigeon.services.notifications.source import (
    Filter,
    Forms,
    Setting,
    Source,
    gettext,
    lead_to_comment,
)
from pigeon.services.notifications.sources.mentions import MENTION, still_named

COMMENTS_TAB = Filter(name="comments", title=gettext("Comments"))
ON_MY_POSTS = Setting(name="comment", title=gettext("Comments on your posts"))
TO_MY_COMMENTS = Setting(name="reply", title=gettext("Replies to your comments"))
COMMENT = Source(
    kind="comment",
    sentences={"comment": Forms(one=gettext("%(name)s commented on your post"))},
    target=lead_to_comment,
    setting=ON_MY_POSTS,
    filter=COMMENTS_TAB,
)
REPLY = Source(
    kind="reply",
    sentences={"reply": Forms(one=gettext("%(name)s replied to your comment"))},
    target=lead_to_comment,
    setting=TO_MY_COMMENTS,
    filter=COMMENTS_TAB,
)


def announce(comment_id: int) -> dict[str, list[int]]:
    """Notify whom a comment or reply concerns, as {event: people}.

    While its post is not published that is nobody.
    """

    def find() -> tuple[Occasion, Plan] | None:
        comment = _lock(comment_id)
        return (_occasion(comment), _plan(comment)) if comment else None

    return {_event(comment_id): delivery.deliver(find)}


def announce_named(comment_id: int, people: Collection[int]) -> dict[str, list[int]]:
    """Notify whom an edit of a comment named; an edit notifies nobody else."""

    def find() -> tuple[Occasion, Plan] | None:
        comment = _lock(comment_id)
        if comment is None:
            return None
        return _occasion(comment), [(MENTION, still_named(people, _named(comment)))]

    return {_event(comment_id): delivery.deliver(find)}


def withdraw(comment_id: int, progress: str) -> Withdrawn:
    """Take back the notifications of a deleted comment."""
    return delivery.withdraw_some(_event(comment_id), progress)


def _lock(comment_id: int) -> Any:
    """A comment on a published post; nobody can delete it before we are done."""
    comment = CommentModel
    columns = (comment.id, comment.post_id, comment.parent_id, comment.answered_id)
    return db.session.execute(
        select(*columns, comment.author_id, PostModel.author_id.label("post_author_id"))
        .join(PostModel, PostModel.id == comment.post_id)
        .where(comment.id == comment_id, access.posts.is_published())
        .with_for_update(read=True, of=comment)
    ).one_or_none()


def _plan(comment: Any) -> Plan:
    """The answered person or the author of the post, then those who are named."""
    named = _named(comment)
    if comment.parent_id is None:
        return [(COMMENT, [comment.post_author_id]), (MENTION, named)]
    return [(REPLY, _answered(comment)), (MENTION, named)]


def _named(comment: Any) -> Sequence[int]:
    query = select(CommentMention.user_id).where(CommentMention.comment_id == comment.id)
    return _seeing_thread(comment, db.session.scalars(query).all())


def _answered(reply: Any) -> Sequence[int]:
    answered_id = reply.answered_id or reply.parent_id
    query = select(CommentModel.author_id).where(CommentModel.id == answered_id)
    return _seeing_thread(reply, db.session.scalars(query).all())


def _seeing_thread(comment: Any, people: Sequence[int]) -> Sequence[int]:
    """A reply is hidden from whom the comment above it is hidden from."""
    if comment.parent_id is None:
        return people
    above = select(CommentModel.author_id).where(CommentModel.id == comment.parent_id)
    return recipients.meeting(db.session.scalar(above) or 0, people)


def _occasion(comment: Any) -> Occasion:
    return Occasion(
        event=_event(comment.id),
        actor_id=comment.author_id,
        subject_kind="comment" if comment.parent_id is None else "reply",
        subject_id=comment.id,
        post_id=comment.post_id,
    )


def _event(comment_id: int) -> str:
    return f"c{comment_id}"
