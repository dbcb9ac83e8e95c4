"""Likes of one thing, and follows of one person: grouped while the reader has not seen them.

What is true is read under the lock of the content, so it does not matter how often, in which order
or how many at a time these run. A person is announced once per content, for ever.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import insert, select, update

from pigeon.domain.clock import utc_now
from pigeon.extensions import db
from pigeon.models import (
    CommentLike,
    CommentModel,
    FollowModel,
    NotificationActor,
    NotificationModel,
    PostLike,
    PostModel,
)
from pigeon.services import policy
from pigeon.services.notifications import counts
from pigeon.services.notifications.contents import Occasion, lock, rank_of
from pigeon.services.notifications.recipients import choose_actors
from pigeon.unit_of_work import retried, unit_of_work

SETTLED_AT_ONCE = 50


@dataclass(kw_only=True)
class Changes:
    """What became of groups, as {row: recipient}; `changed` are people whose counts may differ."""

    announced: dict[int, int] = field(default_factory=dict)
    withdrawn: dict[int, int] = field(default_factory=dict)
    changed: set[int] = field(default_factory=set)


# -- likes -------------------------------------------------------------------------------------


def update_for_likes(subject: str, pairs: Iterable[tuple[int, int]]) -> Changes:
    """Make notifications agree with likes; `pairs` are (post or comment, person) in question."""
    by_target: dict[int, list[int]] = defaultdict(list)
    for target_id, person in pairs:
        by_target[target_id].append(person)
    changes = Changes()
    targets = sorted(by_target)
    for first in range(0, len(targets), SETTLED_AT_ONCE):
        part = {number: by_target[number] for number in targets[first : first + SETTLED_AT_ONCE]}
        _add(changes, _update_targets(subject, part))
    return changes


def _add(changes: Changes, more: Changes) -> None:
    changes.announced |= more.announced
    changes.withdrawn |= more.withdrawn
    changes.changed |= more.changed


@retried
def _update_targets(subject: str, people: dict[int, list[int]]) -> Changes:
    changes = Changes()
    with unit_of_work() as uow:
        uow.hold_job()
        for target in _targets(subject, list(people)):
            _update(changes, target.author_id, _of_likes(subject, target), people[target.id])
        changed = sorted(changes.changed)
        uow.after_commit(lambda: counts.evict(changed))
    return changes


def _targets(subject: str, ids: list[int]) -> Sequence[Any]:
    """What is liked, ascending: the locks of their contents are taken in this order.

    Nothing of a deleted post: its likes are there until they are erased.
    """
    post, comment = PostModel, CommentModel
    is_there = post.state != policy.WITHDRAWN
    if subject == "post":
        query = select(post.id, post.author_id, post.id.label("post_id")).where(post.id.in_(ids))
        return db.session.execute(query.where(is_there).order_by(post.id)).all()
    columns = (comment.id, comment.author_id, comment.post_id, comment.parent_id)
    comments = select(*columns).join(post, post.id == comment.post_id)
    return db.session.execute(
        comments.where(comment.id.in_(ids), is_there).order_by(comment.id)
    ).all()


def _of_likes(subject: str, target: Any) -> Occasion:
    is_reply = subject == "comment" and target.parent_id is not None
    return Occasion(
        event=f"l{subject[0]}{target.id}",
        actor_id=None,
        subject_kind="reply" if is_reply else subject,
        subject_id=target.id,
        post_id=target.post_id,
    )


def _liking(occasion: Occasion, people: list[int]) -> Sequence[int]:
    """Those of `people` who like it now, in the order in which they did."""
    like: Any = PostLike if occasion.subject_kind == "post" else CommentLike
    target = like.post_id if occasion.subject_kind == "post" else like.comment_id
    query = select(like.user_id).where(target == occasion.subject_id, like.user_id.in_(people))
    return db.session.scalars(query.order_by(like.id)).all()


# -- follows -----------------------------------------------------------------------------------


@retried
def update_for_follow(follower_id: int, followee_id: int) -> Changes:
    """Make notifications agree with whether one person follows another."""
    occasion = Occasion(
        event=f"f{followee_id}",
        actor_id=None,
        subject_kind="user",
        subject_id=followee_id,
        post_id=None,
    )
    changes = Changes()
    with unit_of_work() as uow:
        uow.hold_job()
        _update(changes, followee_id, occasion, [follower_id])
        changed = sorted(changes.changed)
        uow.after_commit(lambda: counts.evict(changed))
    return changes


def _following(occasion: Occasion, people: list[int]) -> Sequence[int]:
    query = select(FollowModel.follower_id).where(
        FollowModel.followee_id == occasion.subject_id, FollowModel.follower_id.in_(people)
    )
    return db.session.scalars(query).all()


# -- groups ------------------------------------------------------------------------------------


def _update(changes: Changes, recipient_id: int, occasion: Occasion, people: list[int]) -> None:
    """Take back who is not there any more, restore who is again, announce who is new."""
    others = [person for person in people if person != recipient_id]
    if not others:
        return
    kind = "follow" if occasion.subject_kind == "user" else "like"
    content_id = lock(occasion, kind)
    present = (_following if kind == "follow" else _liking)(occasion, others)
    known = _known(content_id, others)
    _turn(changes, recipient_id, known, set(present))
    told = {row.actor_id for row in known}
    new = choose_actors(
        [person for person in present if person not in told], kind=kind, recipient_id=recipient_id
    )
    if new:
        changes.announced[_join(occasion, content_id, recipient_id, new)] = recipient_id
    changes.changed.add(recipient_id)


def _known(content_id: int, people: list[int]) -> Sequence[Any]:
    """Those of `people` who were announced before."""
    actor = NotificationActor
    return db.session.execute(
        select(actor.id, actor.actor_id, actor.notification_id, actor.is_withdrawn).where(
            actor.content_id == content_id, actor.actor_id.in_(people)
        )
    ).all()


def _turn(changes: Changes, recipient_id: int, known: Sequence[Any], present: set[int]) -> None:
    """Write down who came back and who went, and what that makes of their groups."""
    turned = [row for row in known if row.is_withdrawn == (row.actor_id in present)]
    for is_withdrawn in (True, False):
        ids = [row.id for row in turned if row.is_withdrawn != is_withdrawn]
        if ids:
            db.session.execute(
                update(NotificationActor)
                .where(NotificationActor.id.in_(ids))
                .values(is_withdrawn=is_withdrawn)
                .execution_options(synchronize_session=False)
            )
    touched = {row.notification_id for row in turned}
    if touched:
        _weigh(changes, recipient_id, sorted(touched))


def _weigh(changes: Changes, recipient_id: int, row_ids: list[int]) -> None:
    """A group without anybody left is withdrawn; one with somebody again is shown, as it was."""
    states = db.session.execute(
        select(NotificationModel.id, NotificationModel.state)
        .where(NotificationModel.id.in_(row_ids))
        .order_by(NotificationModel.id)
        .with_for_update()  # its reader may be deleting it, which is for good
    ).all()
    peopled = set(
        db.session.scalars(
            select(NotificationActor.notification_id)
            .where(
                NotificationActor.notification_id.in_(row_ids),
                NotificationActor.is_withdrawn.is_(False),
            )
            .distinct()
        )
    )
    for row_id, state in states:
        if state == "shown" and row_id not in peopled:
            _change(row_id, state="withdrawn")
            changes.withdrawn[row_id] = recipient_id
        elif state == "withdrawn" and row_id in peopled:
            _change(row_id, state="shown")


def _join(occasion: Occasion, content_id: int, recipient_id: int, people: list[int]) -> int:
    """Add people to the newest group if it is unseen, else begin one; the row's id."""
    now = utc_now()
    rank = rank_of(now, content_id)
    newest = _newest(content_id, recipient_id)
    if newest is not None and newest.state == "shown" and not newest.seen:
        row_id: int = newest.id
        _change(row_id, rank=rank)
    else:
        row_id = _begin(f"{occasion.event}.{people[0]}", content_id, recipient_id, rank)
    rows = [
        {"content_id": content_id, "notification_id": row_id, "actor_id": person}
        for person in people
    ]
    actors = insert(NotificationActor.__table__).values(is_withdrawn=False, created_at=now)  # type: ignore[arg-type]
    db.session.execute(actors, rows)
    return row_id


def _newest(content_id: int, recipient_id: int) -> Any:
    """Locked: its reader may be opening the panel, which closes the group."""
    row = NotificationModel
    return db.session.execute(
        select(row.id, row.state, row.seen)
        .where(row.content_id == content_id, row.recipient_id == recipient_id)
        .order_by(row.id.desc())
        .limit(1)
        .with_for_update()
    ).one_or_none()


def _begin(event: str, content_id: int, recipient_id: int, rank: int) -> int:
    row = NotificationModel(
        recipient_id=recipient_id, content_id=content_id, event=event, rank=rank
    )
    row.seen = row.read = False
    db.session.add(row)
    db.session.flush()
    return row.id


def _change(row_id: int, **values: Any) -> None:
    db.session.execute(
        update(NotificationModel)
        .where(NotificationModel.id == row_id)
        .values(**values)
        .execution_options(synchronize_session=False)
    )
