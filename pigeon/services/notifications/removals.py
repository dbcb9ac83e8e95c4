"""After a block, what a reader was told of one person is deleted, for good."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import exists, insert, select, update

from pigeon.domain.clock import utc_now
from pigeon.extensions import db
from pigeon.models import NotificationActor, NotificationContent, NotificationModel
from pigeon.services.notifications import counts
from pigeon.services.notifications.contents import rank_of
from pigeon.unit_of_work import retried, unit_of_work

REMOVED_AT_ONCE = 500
NO_CONTENT = 0


@retried
def remove_of(actor_id: int, reader_id: int) -> list[int]:
    """Delete the rows that tell a reader of one person, and take them out of groups.

    Answers the rows that are gone, the newest first; a group in which somebody else is stays
    without them. They do not come back to it either, whatever they do again.
    """
    row = NotificationModel
    with unit_of_work() as uow:
        uow.hold_job()
        mine = select(row.id, row.state).where(
            row.recipient_id == reader_id, row.state != "deleted"
        )
        told = mine.where(_is_of(actor_id) | _by_nobody_else(actor_id)).order_by(row.rank.desc())
        alone = db.session.execute(told.with_for_update()).all()
        _delete([found.id for found in alone])
        _leave_groups(actor_id, reader_id)
        uow.after_commit(lambda: counts.evict([reader_id]))
    return [found.id for found in alone if found.state == "shown"]


def _delete(row_ids: Sequence[int]) -> None:
    for first in range(0, len(row_ids), REMOVED_AT_ONCE):
        db.session.execute(
            update(NotificationModel)
            .where(NotificationModel.id.in_(row_ids[first : first + REMOVED_AT_ONCE]))
            .values(state="deleted")
            .execution_options(synchronize_session=False)
        )


def _leave_groups(actor_id: int, reader_id: int) -> None:
    """Move a person out of groups that others are in, into one deleted row of this reader.

    What was announced stays announced there, and a deleted row never shows again.
    """
    actor, row = NotificationActor, NotificationModel
    shared = (
        select(actor.id)
        .join(row, row.id == actor.notification_id)
        .where(
            actor.actor_id == actor_id,
            row.recipient_id == reader_id,
            row.state != "deleted",
        )
    )
    ids = db.session.scalars(shared.with_for_update(of=actor)).all()
    left = _deleted_row(actor_id, reader_id) if ids else 0
    for first in range(0, len(ids), REMOVED_AT_ONCE):
        db.session.execute(
            update(actor)
            .where(actor.id.in_(ids[first : first + REMOVED_AT_ONCE]))
            .values(is_withdrawn=True, notification_id=left)
            .execution_options(synchronize_session=False)
        )


def _deleted_row(actor_id: int, reader_id: int) -> int:
    """One for each two people, found by its event; it lives as long as if it were deleted now."""
    row, event, rank = NotificationModel, f"x{actor_id}", rank_of(utc_now(), NO_CONTENT)
    its = (row.recipient_id == reader_id, row.event == event)
    known = db.session.scalar(select(row.id).where(*its).with_for_update())
    if known is not None:
        db.session.execute(update(row).where(row.id == known).values(rank=rank))
        return known
    values = {"recipient_id": reader_id, "content_id": NO_CONTENT, "event": event, "rank": rank}
    db.session.execute(insert(row).values(**values, state="deleted", seen=True, read=True))
    return db.session.scalars(select(row.id).where(*its)).one()


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
