"""What people are told, and what they do that others are told of."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import delete, insert

from pigeon.domain.clock import utc_now
from pigeon.domain.events import LikesChanged
from pigeon.domain.notifications import Notification
from pigeon.domain.page import PageRequest
from pigeon.extensions import db
from pigeon.models import (
    CommentLike,
    PostLike,
)
from pigeon.services.notifications import notifications
from pigeon.services.users import users
from pigeon.unit_of_work import unit_of_work
from tests.factories import Person

Drain = Callable[[], int]


@dataclass
class Frames:
    """What was sent to sockets, as (event, recipient, payload)."""

    sent: list[tuple[str, int, dict[str, Any]]] = field(default_factory=list)

    def take(self, *events: str) -> list[tuple[str, int, dict[str, Any]]]:
        found = [frame for frame in self.sent if frame[0] in events]
        self.sent.clear()
        return found


def told(person: Person, *kinds: str) -> list[Notification]:
    db.session.rollback()
    return notifications.list_of(person.id, PageRequest(limit=50), kinds).items


def kinds_of(person: Person) -> list[str]:
    return [one.kind for one in told(person)]


def hrefs(person: Person) -> list[tuple[str, str]]:
    return [(one.kind, one.href) for one in told(person)]


def prefer(person: Person, **notify: str) -> None:
    users.update_profile(person.id, {"notify": notify})


def like(post_id: int, *people: Person) -> None:
    rows = [{"post_id": post_id, "user_id": p.id, "created_at": utc_now()} for p in people]
    with unit_of_work() as uow:
        db.session.execute(insert(PostLike), rows)
        uow.record(LikesChanged(subject="post", pairs=[(post_id, p.id) for p in people]))


def unlike(post_id: int, *people: Person) -> None:
    ids = [person.id for person in people]
    with unit_of_work() as uow:
        db.session.execute(
            delete(PostLike).where(PostLike.post_id == post_id, PostLike.user_id.in_(ids))
        )
        uow.record(LikesChanged(subject="post", pairs=[(post_id, number) for number in ids]))


def like_comment(comment_id: int, person: Person) -> None:
    with unit_of_work() as uow:
        db.session.execute(
            insert(CommentLike).values(
                comment_id=comment_id, user_id=person.id, created_at=utc_now()
            )
        )
        uow.record(LikesChanged(subject="comment", pairs=[(comment_id, person.id)]))
