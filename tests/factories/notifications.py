"""Rows of notifications that no job of this release writes."""

from __future__ import annotations

from pigeon.domain.clock import utc_now
from pigeon.extensions import db
from pigeon.models import NotificationContent, NotificationModel
from pigeon.services.notifications import counts
from pigeon.services.notifications.contents import rank_of
from pigeon.unit_of_work import unit_of_work
from tests.factories.people import Person


def of_a_newer_process(reader: Person, *, kind: str, subject: str, actor_id: int | None) -> int:
    """A row as a release to come may write it; its id."""
    with unit_of_work() as uow:
        content = NotificationContent(
            event="s7",
            kind=kind,
            actor_id=actor_id,
            subject_kind=subject,
            subject_id=7,
            post_id=None,
            created_at=utc_now(),
        )
        db.session.add(content)
        db.session.flush()
        row = NotificationModel(
            recipient_id=reader.id,
            content_id=content.id,
            event="s7",
            rank=rank_of(utc_now(), content.id),
        )
        db.session.add(row)
        db.session.flush()
        row_id = row.id
        uow.after_commit(lambda: counts.evict([reader.id]))
    return row_id
