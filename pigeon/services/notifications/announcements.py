"""Who is told that a post appeared, that a comment was written, and how it is taken back."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select

from pigeon.extensions import db, settings
from pigeon.models import (
    CommentMention,
    CommentModel,
    FollowModel,
    MentionModel,
    PostModel,
    PublicationModel,
)
from pigeon.services.notifications import delivery
from pigeon.services.notifications.contents import Occasion
from pigeon.services.notifications.recipients import Plan

BATCHES = 10
"""So many are told in one turn; then other jobs go first."""


@dataclass(frozen=True, kw_only=True)
class Step:
    """People told of events, as {event: people}; `progress` is where to go on, "" at the end."""

    told: dict[str, list[int]] = field(default_factory=dict)
    progress: str = ""


@dataclass(frozen=True, kw_only=True)
class Withdrawn:
    """Rows that were taken back, as {row: recipient}; `progress` as in `Step`."""

    rows: dict[int, int]
    progress: str


# -- a post ------------------------------------------------------------------------------------


def announce_post(post_id: int, progress: str) -> Iterator[Step]:
    """A post was published: whom its text names, then some batches of those with the bell on.

    The bells are read in the order of people, so that batches are neighbours in the index; that
    takes reading them all, which is why several batches share one reading.
    """
    if not progress:
        yield Step(told=announce_mentions(post_id) | _announce_waiting(post_id))
    batch = settings().notify_batch
    people = _bells(post_id, int(progress or 0), batch * BATCHES)
    for first in range(0, len(people), batch):
        part = people[first : first + batch]
        is_last = first + batch >= len(people) and len(people) < batch * BATCHES
        yield Step(told=_ring(post_id, part), progress="" if is_last else str(part[-1]))


def announce_mentions(post_id: int, people: Collection[int] | None = None) -> dict[str, list[int]]:
    """Whom a published post names; with `people`, whom an edit named, those it still names."""

    def find() -> tuple[Occasion, Plan] | None:
        post = _lock_published(post_id)
        if post is None:
            return None
        return _of_post(post), [("mention", _among(people, _named_in_post(post_id)))]

    return {_post_event(post_id): delivery.deliver(find)}


def _ring(post_id: int, people: list[int]) -> dict[str, list[int]]:
    def find() -> tuple[Occasion, Plan] | None:
        post = _lock_published(post_id)
        return (_of_post(post), [("post", people)]) if post else None

    return {_post_event(post_id): delivery.deliver(find)}


def _bells(post_id: int, after: int, limit: int) -> list[int]:
    """The next people who want to hear of each new post of this one's author, ascending."""
    follow = FollowModel
    found = db.session.scalars(
        select(follow.follower_id)
        .join(PostModel, PostModel.author_id == follow.followee_id)
        .where(PostModel.id == post_id, follow.bell.is_(True), follow.follower_id > after)
        .order_by(follow.follower_id)
        .limit(limit)
    )
    return list(found)


def _announce_waiting(post_id: int) -> dict[str, list[int]]:
    """What its author wrote below it while it was processing can name people, and nothing else.

    Told by who wrote it: clocks of two hosts may differ. What came after is told once all the same.
    """
    found = db.session.scalars(
        select(CommentModel.id)
        .join(PublicationModel, PublicationModel.post_id == CommentModel.post_id)
        .where(
            CommentModel.post_id == post_id,
            CommentModel.author_id == PublicationModel.author_id,
            CommentModel.id.in_(select(CommentMention.comment_id)),
        )
        .order_by(CommentModel.id)
    ).all()
    told: dict[str, list[int]] = {}
    for comment_id in found:
        told |= announce_comment(comment_id)
    return told


def withdraw_post(post_id: int, progress: str) -> Withdrawn:
    """A post was deleted: nobody is told of it any more, a batch of people at a time."""
    return _withdraw(_post_event(post_id), progress)


def _lock_published(post_id: int) -> Any:
    """A published post that cannot be deleted before we are done."""
    return db.session.execute(
        select(PostModel.id, PostModel.author_id)
        .where(PostModel.id == post_id, PostModel.state == "published")
        .with_for_update(read=True)
    ).one_or_none()


def _of_post(post: Any) -> Occasion:
    return Occasion(
        event=_post_event(post.id),
        actor_id=post.author_id,
        subject_kind="post",
        subject_id=post.id,
        post_id=post.id,
    )


def _post_event(post_id: int) -> str:
    return f"p{post_id}"


def _named_in_post(post_id: int) -> Sequence[int]:
    return db.session.scalars(
        select(MentionModel.user_id).where(MentionModel.post_id == post_id)
    ).all()


# -- a comment ---------------------------------------------------------------------------------


def announce_comment(comment_id: int) -> dict[str, list[int]]:
    """Whom a comment or reply concerns; nobody while its post is not published."""

    def find() -> tuple[Occasion, Plan] | None:
        comment = _lock_comment(comment_id)
        return (_of_comment(comment), _concerned(comment)) if comment else None

    return {_comment_event(comment_id): delivery.deliver(find)}


def announce_named(comment_id: int, people: Collection[int]) -> dict[str, list[int]]:
    """Whom an edit of a comment named, those it still names; nobody else is told of an edit."""

    def find() -> tuple[Occasion, Plan] | None:
        comment = _lock_comment(comment_id)
        if comment is None:
            return None
        return _of_comment(comment), [("mention", _among(people, _named_in_comment(comment_id)))]

    return {_comment_event(comment_id): delivery.deliver(find)}


def withdraw_comment(comment_id: int, progress: str) -> Withdrawn:
    """A comment was deleted: whom it concerned is not told any more."""
    return _withdraw(_comment_event(comment_id), progress)


def _lock_comment(comment_id: int) -> Any:
    comment = CommentModel
    columns = (comment.id, comment.post_id, comment.parent_id, comment.answered_id)
    return db.session.execute(
        select(*columns, comment.author_id, PostModel.author_id.label("post_author_id"))
        .join(PostModel, PostModel.id == comment.post_id)
        .where(comment.id == comment_id, PostModel.state == "published")
        .with_for_update(read=True, of=comment)
    ).one_or_none()


def _concerned(comment: Any) -> Plan:
    """The answered person or the author of the post, then those who are named."""
    named = _named_in_comment(comment.id)
    if comment.parent_id is None:
        return [("comment", [comment.post_author_id]), ("mention", named)]
    return [("reply", _answered(comment)), ("mention", named)]


def _named_in_comment(comment_id: int) -> Sequence[int]:
    return db.session.scalars(
        select(CommentMention.user_id).where(CommentMention.comment_id == comment_id)
    ).all()


def _among(people: Collection[int] | None, named: Sequence[int]) -> Sequence[int]:
    return named if people is None else [person for person in named if person in people]


def _answered(reply: Any) -> Sequence[int]:
    answered_id = reply.answered_id or reply.parent_id
    return db.session.scalars(
        select(CommentModel.author_id).where(CommentModel.id == answered_id)
    ).all()


def _of_comment(comment: Any) -> Occasion:
    return Occasion(
        event=_comment_event(comment.id),
        actor_id=comment.author_id,
        subject_kind="comment" if comment.parent_id is None else "reply",
        subject_id=comment.id,
        post_id=comment.post_id,
    )


def _comment_event(comment_id: int) -> str:
    return f"c{comment_id}"


def _withdraw(event: str, progress: str) -> Withdrawn:
    rows, last = delivery.withdraw(event, int(progress or 0), settings().notify_batch)
    return Withdrawn(rows=rows, progress="" if last is None else str(last))
