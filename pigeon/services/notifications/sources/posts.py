"""A publication notifies whom the post names, and everybody whose bell is set on its author."""

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
from pigeon.services import access
from pigeon.services.notifications import delivery
from pigeon.services.notifications.contents import Occasion
from pigeon.services.notifications.delivery import Withdrawn
from pigeon.services.notifications.recipients import Plan
from pigeon.services.notifications.source import Forms, Setting, Source, gettext, lead_to_post
from pigeon.services.notifications.sources import comments
from pigeon.services.notifications.sources.mentions import MENTION, still_named

BATCHES = 10
"""So many batches of people are notified in one turn of the job; then other jobs go first."""
BELLS = Setting(
    name="post", title=gettext("New posts of people whose bell you set"), is_switch=True
)
POST = Source(
    kind="post",
    sentences={"post": Forms(one=gettext("%(name)s shared a new post"))},
    target=lead_to_post,
    setting=BELLS,
)


@dataclass(frozen=True, kw_only=True)
class Step:
    """People who were notified, as {event: people}; the next step begins at `progress`.

    At the end `progress` is "".
    """

    notified: dict[str, list[int]] = field(default_factory=dict)
    progress: str = ""


def announce(post_id: int, progress: str) -> Iterator[Step]:
    """Notify whom a published post names, then some batches of those whose bell is set.

    The bells are read in the order of people, so that the rows of a batch are neighbours in the
    index. Finding them in that order means reading all of them, so several batches share one
    reading.
    """
    if not progress:
        yield Step(notified=announce_mentions(post_id) | _announce_waiting(post_id))
    batch = settings().notify_batch
    people = _bells(post_id, int(progress or 0), batch * BATCHES)
    for first in range(0, len(people), batch):
        part = people[first : first + batch]
        is_last = first + batch >= len(people) and len(people) < batch * BATCHES
        yield Step(notified=_ring(post_id, part), progress="" if is_last else str(part[-1]))


def announce_mentions(post_id: int, people: Collection[int] | None = None) -> dict[str, list[int]]:
    """Notify whom a published post names; with `people`, those of them whom an edit named."""

    def find() -> tuple[Occasion, Plan] | None:
        post = _lock_published(post_id)
        if post is None:
            return None
        named = _named(post_id)
        return _occasion(post), [(MENTION, named if people is None else still_named(people, named))]

    return {_event(post_id): delivery.deliver(find)}


def withdraw(post_id: int, progress: str) -> Withdrawn:
    """Take back the notifications of a deleted post, a batch of people at a time."""
    return delivery.withdraw_some(_event(post_id), progress)


def _ring(post_id: int, people: list[int]) -> dict[str, list[int]]:
    def find() -> tuple[Occasion, Plan] | None:
        post = _lock_published(post_id)
        return (_occasion(post), [(POST, people)]) if post else None

    return {_event(post_id): delivery.deliver(find)}


def _bells(post_id: int, after: int, limit: int) -> list[int]:
    """The next people who set the bell of this post's author, ascending."""
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
    """Announce what the author wrote below the post while it was processing.

    Such a comment concerns only whom it names. They are found by who wrote them, not by when:
    clocks of two hosts may differ, and a comment that was announced already notifies nobody again.
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
    notified: dict[str, list[int]] = {}
    for comment_id in found:
        notified |= comments.announce(comment_id)
    return notified


def _lock_published(post_id: int) -> Any:
    """A published post; nobody can delete it before we are done."""
    return db.session.execute(
        select(PostModel.id, PostModel.author_id)
        .where(PostModel.id == post_id, access.posts.is_published())
        .with_for_update(read=True)
    ).one_or_none()


def _named(post_id: int) -> Sequence[int]:
    return db.session.scalars(
        select(MentionModel.user_id).where(MentionModel.post_id == post_id)
    ).all()


def _occasion(post: Any) -> Occasion:
    return Occasion(
        event=_event(post.id),
        actor_id=post.author_id,
        subject_kind="post",
        subject_id=post.id,
        post_id=post.id,
    )


def _event(post_id: int) -> str:
    return f"p{post_id}"
