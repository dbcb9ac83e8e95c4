"""Who was told what in the demo, and when: as the jobs would have done it at those times.

The jobs of the demo's follows and posts come later, find that everybody was told, and do nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from zlib import crc32

from sqlalchemy import delete, insert, select
from sqlalchemy.orm import aliased

from pigeon.extensions import db
from pigeon.models import (
    CommentLike,
    CommentMention,
    CommentModel,
    FollowModel,
    FollowRequest,
    MentionModel,
    NotificationActor,
    NotificationContent,
    NotificationModel,
    PostLike,
    PostModel,
    PublicationModel,
)
from pigeon.services.notifications import counts
from pigeon.services.notifications.contents import Occasion, contents, rank_of
from pigeon.unit_of_work import UnitOfWork

LOOKED_EVERY = timedelta(hours=17)
NEW = (4, 3, 5, 2)
"""So many rows are unseen; the first four people are those whose log-ins are printed."""


@dataclass(frozen=True, kw_only=True)
class Happening:
    """Something that concerns somebody; `occasion.actor_id` is None for what is grouped."""

    at: datetime
    recipient_id: int
    actor_id: int
    kind: str
    occasion: Occasion


@dataclass(kw_only=True)
class Told:
    """A row to be: one happening, or a group of them, oldest first."""

    seen: bool
    read: bool
    happenings: list[Happening] = field(default_factory=list)


def fill(uow: UnitOfWork) -> None:
    """Write everybody's notifications anew; the newest few are unseen."""
    _delete_all(uow)
    by_reader: dict[int, list[Happening]] = {}
    for happening in sorted(_all(), key=lambda one: one.at):
        if happening.recipient_id != happening.actor_id:
            by_reader.setdefault(happening.recipient_id, []).append(happening)
    told = [
        one
        for number, reader_id in enumerate(sorted(by_reader))
        for one in _arranged(by_reader[reader_id], new=NEW[number % len(NEW)])
    ]
    _insert(told)
    readers = list(by_reader)
    uow.after_commit(lambda: counts.evict(readers))


def _delete_all(uow: UnitOfWork) -> None:
    """What was told while the demo was made is told again, at its own time."""
    old = list(db.session.scalars(select(NotificationContent.id)))
    for model in (NotificationActor, NotificationModel, NotificationContent):
        db.session.execute(delete(model))
    if old:
        uow.after_commit(lambda: contents.evict(*old))


# -- what happened -----------------------------------------------------------------------------


def _all() -> Iterator[Happening]:
    yield from _first_of_each(_comments())
    yield from _first_of_each(_posts())
    yield from _post_likes()
    yield from _comment_likes()
    yield from _follows()
    yield from _requests()


def _first_of_each(happenings: Iterable[Happening]) -> Iterable[Happening]:
    """One event tells a person once: by the kind that comes first."""
    first: dict[tuple[str, int], Happening] = {}
    for one in happenings:
        first.setdefault((one.occasion.event, one.recipient_id), one)
    return first.values()


def _comments() -> Iterator[Happening]:
    """Of each comment first whom it answers, then whom it names."""
    comment, answered = CommentModel, aliased(CommentModel)
    mentions: dict[int, list[int]] = {}
    for mention in db.session.scalars(select(CommentMention)):
        mentions.setdefault(mention.comment_id, []).append(mention.user_id)
    rows = db.session.execute(
        select(comment, PostModel.author_id, answered.author_id)
        .join(PostModel, PostModel.id == comment.post_id)
        .outerjoin(answered, answered.id == comment.answered_id)
    )
    for row, post_author_id, answered_id in rows:
        is_top = row.parent_id is None
        occasion = Occasion(
            event=f"c{row.id}",
            actor_id=row.author_id,
            subject_kind="comment" if is_top else "reply",
            subject_id=row.id,
            post_id=row.post_id,
        )
        concerned = [("comment", post_author_id) if is_top else ("reply", answered_id)]
        concerned += [("mention", user_id) for user_id in mentions.get(row.id, [])]
        yield from (_of(kind, person, row.created_at, occasion) for kind, person in concerned)


def _posts() -> Iterator[Happening]:
    """Of each post first whom it names, then whose bell rings."""
    publication = PublicationModel
    named = select(MentionModel.post_id, MentionModel.user_id)
    rung = select(publication.post_id, FollowModel.follower_id).join(
        FollowModel, FollowModel.followee_id == publication.author_id
    )
    published = {row.post_id: row for row in db.session.scalars(select(publication))}
    for kind, query in (("mention", named), ("post", rung.where(FollowModel.bell.is_(True)))):
        for post_id, person in db.session.execute(query):
            if post_id in published:
                row = published[post_id]
                occasion = Occasion(
                    event=f"p{post_id}",
                    actor_id=row.author_id,
                    subject_kind="post",
                    subject_id=post_id,
                    post_id=post_id,
                )
                yield _of(kind, person, row.published_at, occasion)


def _of(kind: str, person: int, at: datetime, occasion: Occasion) -> Happening:
    return Happening(
        at=at,
        recipient_id=person,
        actor_id=occasion.actor_id or 0,
        kind=kind,
        occasion=occasion,
    )


def _post_likes() -> Iterator[Happening]:
    query = select(PostLike, PostModel.author_id).join(PostModel, PostModel.id == PostLike.post_id)
    for like, author_id in db.session.execute(query.order_by(PostLike.id)):
        occasion = _group(f"lp{like.post_id}", "post", like.post_id, like.post_id)
        yield _in_group("like", like.created_at, author_id, like.user_id, occasion)


def _comment_likes() -> Iterator[Happening]:
    query = select(CommentLike, CommentModel).join(
        CommentModel, CommentModel.id == CommentLike.comment_id
    )
    for like, comment in db.session.execute(query.order_by(CommentLike.id)):
        subject = "comment" if comment.parent_id is None else "reply"
        occasion = _group(f"lc{comment.id}", subject, comment.id, comment.post_id)
        yield _in_group("like", like.created_at, comment.author_id, like.user_id, occasion)


def _follows() -> Iterator[Happening]:
    for row in db.session.scalars(select(FollowModel)):
        occasion = _group(f"f{row.followee_id}", "user", row.followee_id, None)
        yield _in_group("follow", row.created_at, row.followee_id, row.follower_id, occasion)


def _requests() -> Iterator[Happening]:
    for row in db.session.scalars(select(FollowRequest)):
        occasion = Occasion(
            event=f"fr{row.id}",
            actor_id=row.requester_id,
            subject_kind="user",
            subject_id=row.requester_id,
            post_id=None,
        )
        yield _of("follow_request", row.requested_id, row.created_at, occasion)


def _group(event: str, subject_kind: str, subject_id: int, post_id: int | None) -> Occasion:
    return Occasion(
        event=event,
        actor_id=None,
        subject_kind=subject_kind,
        subject_id=subject_id,
        post_id=post_id,
    )


def _in_group(
    kind: str, at: datetime, recipient_id: int, actor_id: int, occasion: Occasion
) -> Happening:
    return Happening(
        at=at, recipient_id=recipient_id, actor_id=actor_id, kind=kind, occasion=occasion
    )


# -- what a reader makes of it -----------------------------------------------------------------


def _arranged(happenings: list[Happening], *, new: int) -> list[Told]:
    """The rows of a person who looks every 17 hours, and last did before the newest `new` rows.

    Looking closes the groups; a few rows of the last look were not opened.
    """
    looked_at = _looked_at(happenings, new)
    rows: dict[tuple[str, int], Told] = {}
    for one in happenings:
        looks = _looks(one.at, looked_at)
        is_seen = looks >= 0
        is_read = looks > 0 or (is_seen and crc32(one.occasion.event.encode()) % 6 > 0)
        row = rows.setdefault((one.occasion.event, looks), Told(seen=is_seen, read=is_read))
        row.happenings.append(one)
    return list(rows.values())


def _looked_at(happenings: list[Happening], new: int) -> datetime:
    unseen: set[str] = set()
    for one in reversed(happenings):
        unseen.add(one.occasion.event)
        if len(unseen) > new:
            return one.at
    return happenings[0].at - LOOKED_EVERY


def _looks(at: datetime, looked_at: datetime) -> int:
    """How many looks before the last one it was seen; -1 after the last one."""
    return -1 if at > looked_at else (looked_at - at) // LOOKED_EVERY


# -- rows --------------------------------------------------------------------------------------


def _insert(told: list[Told]) -> None:
    stored = _contents(told)
    rows = [(one, _row(one, stored)) for one in told]
    db.session.add_all(row for _, row in rows)
    db.session.flush()
    actors = [
        {
            "content_id": row.content_id,
            "notification_id": row.id,
            "actor_id": happening.actor_id,
            "is_withdrawn": False,
            "created_at": happening.at,
        }
        for one, row in rows
        for happening in one.happenings
        if happening.occasion.actor_id is None
    ]
    if actors:
        db.session.execute(insert(NotificationActor), actors)


def _contents(told: list[Told]) -> dict[tuple[str, str], int]:
    made: dict[tuple[str, str], Any] = {}
    for first in (one.happenings[0] for one in told):
        key = (first.occasion.event, first.kind)
        if key not in made:
            values = vars(first.occasion) | {"kind": first.kind, "created_at": first.at}
            made[key] = NotificationContent(**values)
    db.session.add_all(made.values())
    db.session.flush()
    return {key: row.id for key, row in made.items()}


def _row(told: Told, stored: dict[tuple[str, str], int]) -> NotificationModel:
    first, last = told.happenings[0], told.happenings[-1]
    content_id = stored[first.occasion.event, first.kind]
    suffix = f".{first.actor_id}" if first.occasion.actor_id is None else ""
    row = NotificationModel(
        recipient_id=first.recipient_id,
        content_id=content_id,
        event=f"{first.occasion.event}{suffix}",
        rank=rank_of(last.at, content_id),
    )
    row.seen, row.read = told.seen, told.read
    return row
