"""Rows as notifications: people, posts and comments out of the caches, a page at a time.

A row whose content no source of this process understands is a notification too: it leads to the
list, and names nobody.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import func, select

from pigeon.cache import trips
from pigeon.domain.comments import CommentCard
from pigeon.domain.notifications import Content, Notification
from pigeon.domain.posts import PostCard
from pigeon.domain.users import UserRef
from pigeon.extensions import db
from pigeon.models import NotificationActor, NotificationModel
from pigeon.services import access
from pigeon.services.access.viewers import Viewer
from pigeon.services.comments import cards as comment_cards
from pigeon.services.notifications import sources
from pigeon.services.notifications.contents import contents, time_of
from pigeon.services.notifications.source import Target, View, lead_to_list
from pigeon.services.posts import cards as post_cards
from pigeon.services.users import users

ACTORS = 3
COLUMNS = (
    NotificationModel.id,
    NotificationModel.recipient_id,
    NotificationModel.content_id,
    NotificationModel.rank,
    NotificationModel.seen,
    NotificationModel.read,
)
"""What `notifications_of` needs of a row."""


@dataclass(frozen=True, kw_only=True)
class Cast:
    """The newest people in a group, and how many there are."""

    ids: list[int] = field(default_factory=list)
    count: int = 0


@dataclass(frozen=True, kw_only=True)
class World:
    """What the rows of a page are about."""

    readers: dict[int, Viewer]
    contents: dict[int, Content]
    casts: dict[int, Cast]
    people: dict[int, UserRef]
    posts: dict[int, PostCard]
    comments: dict[int, CommentCard]


def notifications_of(rows: Sequence[Any]) -> list[Notification]:
    """The rows' notifications in their order, `message` still ""; a fixed number of statements."""
    world = _gather(rows)
    made = (_notification(row, world) for row in rows if row.content_id in world.contents)
    return [one for one in made if one is not None]


def _gather(rows: Sequence[Any]) -> World:
    readers = {row.recipient_id: access.viewer(row.recipient_id) for row in rows}
    found = _contents(rows, list(readers.values()))
    known = [one for one in found.values() if sources.find(one)]
    grouped = {one.id for one in known if one.actor_id is None}
    casts = _casts([row.id for row in rows if row.content_id in grouped])
    return World(
        readers=readers,
        contents=found,
        casts=casts,
        people=_people(known, casts.values()),
        posts=post_cards.cards.many(one.post_id for one in known if one.post_id),
        comments=_comments(known),
    )


def _people(known: Iterable[Content], casts: Iterable[Cast]) -> dict[int, UserRef]:
    alone = {one.actor_id for one in known if one.actor_id is not None}
    return users.refs(alone.union(*(cast.ids for cast in casts)))


def _contents(rows: Sequence[Any], readers: list[Viewer]) -> dict[int, Content]:
    """Of one reader's page along with from whom they keep away; frames have many readers."""
    read = contents.read(row.content_id for row in rows)
    if len(readers) != 1:
        return trips.one(read)
    found, _ = trips.trip(read, readers[0].relations.read_apart())
    return found


def _comments(found: Iterable[Content]) -> dict[int, CommentCard]:
    """What was said, and for replies what they stand below."""
    ids = [one.subject_id for one in found if one.subject_kind in ("comment", "reply")]
    said = {card.id: card for card in comment_cards.shown(ids)}
    above = {card.parent_id for card in said.values() if card.parent_id} - said.keys()
    return said | {card.id: card for card in comment_cards.shown(above)}


def _casts(row_ids: list[int]) -> dict[int, Cast]:
    """The newest people in each group, and how many are in it: one statement."""
    if not row_ids:
        return {}
    actor = NotificationActor
    numbered = (
        select(
            actor.notification_id,
            actor.actor_id,
            func.row_number()
            .over(partition_by=actor.notification_id, order_by=actor.id.desc())
            .label("place"),
            func.count().over(partition_by=actor.notification_id).label("total"),
        )
        .where(actor.notification_id.in_(row_ids), actor.is_withdrawn.is_(False))
        .subquery()
    )
    newest = select(numbered).where(numbered.c.place <= ACTORS).order_by(numbered.c.place)
    ids: dict[int, list[int]] = defaultdict(list)
    totals: dict[int, int] = {}
    for row in db.session.execute(newest):
        ids[row.notification_id].append(row.actor_id)
        totals[row.notification_id] = row.total
    return {row_id: Cast(ids=ids[row_id], count=total) for row_id, total in totals.items()}


def _notification(row: Any, world: World) -> Notification | None:
    """None for what was done by nobody but people whom the reader must not meet.

    After a block a job removes such rows; until then they are left out here.
    """
    content = world.contents[row.content_id]
    source = sources.find(content)
    if source is None:
        return _made(row, content, lead_to_list(row.recipient_id), [], 0)
    cast = _cast(row.id, content, world)
    viewer = world.readers[row.recipient_id]
    hidden = access.users.hidden_among(viewer, cast.ids)
    if hidden and len(hidden) == cast.count:
        return None
    actors = [world.people[one] for one in cast.ids if one in world.people and one not in hidden]
    count = max(cast.count - len(cast.ids) + len(actors), 0)
    target = source.target(_view(viewer, content, actors, world))
    return _made(row, content, target, actors, count)


def _made(
    row: Any, content: Content, target: Target, actors: list[UserRef], actor_count: int
) -> Notification:
    return Notification(
        id=str(row.id),
        kind=content.kind,
        actors=actors,
        actor_count=actor_count,
        message="",
        **vars(target),
        created_at=time_of(row.rank),
        seen=row.seen,
        read=row.read,
    )


def _cast(row_id: int, content: Content, world: World) -> Cast:
    if content.actor_id is None:
        return world.casts.get(row_id, Cast())
    return Cast(ids=[content.actor_id], count=1)


def _view(viewer: Viewer, content: Content, actors: list[UserRef], world: World) -> View:
    post = world.posts.get(content.post_id or 0)
    return View(
        content=content,
        actors=actors,
        post=post if post and access.posts.may_see(viewer, post) else None,
        comment=_comment(viewer, content, world),
    )


def _comment(viewer: Viewer, content: Content, world: World) -> CommentCard | None:
    """None when it is gone, or hidden with the comment above it."""
    card = world.comments.get(content.subject_id)
    if card is None or content.subject_kind not in ("comment", "reply"):
        return None
    needed = [card]
    if card.parent_id is not None:
        needed += [above] if (above := world.comments.get(card.parent_id)) else []
    is_whole = len(needed) == (1 if card.parent_id is None else 2)
    return card if is_whole and access.comments.visible(viewer, needed) == needed else None
