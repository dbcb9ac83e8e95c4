"""After a block, what a reader was told of one person is deleted, for good."""

from __future__ import annotations

from typing import Any

from sqlalchemy import exists, select, update

from pigeon.extensions import db
from pigeon.models import NotificationActor, NotificationContent, NotificationModel
from pigeon.services.notifications import counts
from pigeon.unit_of_work import retried, unit_of_work

REMOVED_AT_ONCE = 500


@retried
def remove_of(actor_id: int, reader_id: int) -> list[int]:
    """Delete the rows that tell a reader of one person, and take them out of groups.

    Answers the rows that are gone; a group in which somebody else is stays without them.
    """
    row, gone = NotificationModel, _by_nobody_else(actor_id)
    with unit_of_work() as uow:
        uow.hold_job()
        mine = select(row.id).where(row.recipient_id == reader_id, row.state != "deleted")
        alone = list(db.session.scalars(mine.where(_is_of(actor_id) | gone).with_for_update()))
        for first in range(0, len(alone), REMOVED_AT_ONCE):
            some = alone[first : first + REMOVED_AT_ONCE]
            db.session.execute(
                update(row)
                .where(row.id.in_(some))
                .values(state="deleted")
                .execution_options(synchronize_session=False)
            )
        groups = select(row.id).where(row.recipient_id == reader_id)
        db.session.execute(
            update(NotificationActor)
            .where(
                NotificationActor.actor_id == actor_id,
                NotificationActor.notification_id.in_(groups),
            )
            .values(is_withdrawn=True)
            .execution_options(synchronize_session=False)
        )
        uow.after_commit(lambda: counts.evict([reader_id]))
    return alone


def _is_of(actor_id: int) -> Any:
    """Rows of what this person did by themselves."""
    content = NotificationContent
    return exists().where(content.id == NotificationModel.content_id, content.actor_id == actor_id)


def _by_nobody_else(actor_id: int) -> Any:
    """Groups in which this person is the only one."""
    actor = NotificationActor
    of_row = actor.notification_id == NotificationModel.id
    joined = exists().where(of_row, actor.actor_id == actor_id)
    others = exists().where(of_row, actor.actor_id != actor_id, actor.is_withdrawn.is_(False))
    return joined & ~others
