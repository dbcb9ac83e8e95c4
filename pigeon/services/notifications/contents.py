"""What happened, stored once per event and kind, and shared by everybody who is notified of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import insert, select

from pigeon.cache import keys
from pigeon.cache.look_aside import cached
from pigeon.domain.clock import utc_now
from pigeon.domain.notifications import Content
from pigeon.extensions import db
from pigeon.models import NotificationContent

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)
LOW = 1_024
"""A rank is microseconds times this, plus as much of the content's id as fits."""


@dataclass(frozen=True, kw_only=True)
class Occasion:
    """What a content is about; `actor_id` is None for what is grouped."""

    event: str
    actor_id: int | None
    subject_kind: str
    subject_id: int
    post_id: int | None


@cached(keys.NOTIFICATION_CONTENT, Content)
def contents(ids: list[int]) -> dict[int, Content]:
    """Contents by id; they never change."""
    row = NotificationContent
    columns = (row.id, row.event, row.kind, row.actor_id, row.subject_kind, row.subject_id)
    found = db.session.execute(select(*columns, row.post_id, row.created_at).where(row.id.in_(ids)))
    return {one.id: Content(**one._mapping) for one in found}


def lock(occasion: Occasion, kind: str) -> int:
    """The content of an event and kind, made if it is not there, locked until the commit.

    Jobs that notify people of the same thing wait here for each other, and read what is true after.
    """
    found = _find_locked(occasion.event, kind)
    if found is None:
        db.session.execute(ignoring(NotificationContent), _values(occasion, kind))
        found = _find_locked(occasion.event, kind)
    if found is None:
        raise LookupError(occasion.event)
    return found


def _find_locked(event: str, kind: str) -> int | None:
    return db.session.scalar(
        select(NotificationContent.id)
        .where(NotificationContent.event == event, NotificationContent.kind == kind)
        .with_for_update()
    )


def _values(occasion: Occasion, kind: str) -> dict[str, Any]:
    return {**vars(occasion), "kind": kind, "created_at": utc_now()}


def ignoring(model: Any) -> Any:
    """An insert that leaves a row alone whose unique key is there already."""
    return (
        insert(model.__table__)
        .prefix_with("IGNORE", dialect="mysql")
        .prefix_with("IGNORE", dialect="mariadb")
        .prefix_with("OR IGNORE", dialect="sqlite")
    )


def rank_of(at: datetime, content_id: int) -> int:
    """Where something of that moment stands in a person's list; higher is newer."""
    return (at - EPOCH) // MICROSECOND * LOW + content_id % LOW


def time_of(rank: int) -> datetime:
    return EPOCH + rank // LOW * MICROSECOND
