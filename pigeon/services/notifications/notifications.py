"""A person's notifications: the list, and what the reader does with it."""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import false, select, update

from pigeon.domain.errors import FieldError, Invalid, NotFound
from pigeon.domain.events import NotificationsChanged, NotificationsCleared
from pigeon.domain.notifications import Notification, NotificationCounts
from pigeon.domain.page import Page, PageRequest, cut
from pigeon.extensions import db
from pigeon.models import NotificationContent, NotificationModel
from pigeon.services.notifications import counts
from pigeon.services.notifications.cards import COLUMNS, notifications_of
from pigeon.services.notifications.sources import KINDS
from pigeon.unit_of_work import UnitOfWork, retried, unit_of_work

NAMED = 50
"""After all are deleted, frames name so many of the newest; other tabs show no more than those."""
DELETED_AT_ONCE = 500
PATIENCE_S = 2.0


def check_kinds(wanted: Iterable[str]) -> tuple[str, ...]:
    """The kinds to which a list is narrowed, in a fixed order; Invalid naming `kind`."""
    kinds = set(wanted)
    if kinds - set(KINDS):
        raise Invalid({"kind": FieldError("unknown")})
    return tuple(kind for kind in KINDS if kind in kinds)


def list_name(reader_id: int, kinds: Sequence[str] = ()) -> str:
    """The name that the cursors of a list carry: whose it is, and to which kinds it is narrowed."""
    return f"notifications-{reader_id}-{'+'.join(kinds)}"


def list_of(reader_id: int, request: PageRequest, kinds: Sequence[str] = ()) -> Page[Notification]:
    """A reader's notifications, newest first, `message` still ""; no kinds stand for all."""
    row = NotificationModel
    query = (
        select(*COLUMNS)
        .where(row.recipient_id == reader_id, row.state == "shown")
        .order_by(row.rank.desc())
        .limit(request.limit + 1)
    )
    if kinds:
        query = query.join(NotificationContent, NotificationContent.id == row.content_id).where(
            NotificationContent.kind.in_(kinds)
        )
    if request.before is not None:
        query = query.where(row.rank < request.before)
    rows: Sequence[Any] = db.session.execute(query).all()
    return cut(rows, request, lambda found: int(found.rank)).map(notifications_of)


def get(notification_id: int, reader_id: int) -> Notification:
    """One of the reader's notifications; NotFound for a foreign one, and for one that is gone."""
    rows = db.session.execute(_mine(notification_id, reader_id)).all()
    found = notifications_of(rows)
    if not found:
        raise NotFound
    return found[0]


def counts_of(reader_id: int) -> NotificationCounts:
    return counts.of_reader(reader_id)


# -- what the reader does ----------------------------------------------------------------------


def mark_seen(reader_id: int) -> NotificationCounts:
    """The panel was opened: nothing is new any more."""
    _mark(reader_id, NotificationModel.seen == false(), seen=True)
    return counts_of(reader_id)


def mark_all_read(reader_id: int) -> NotificationCounts:
    """Everything was read, and so seen."""
    _mark(reader_id, seen=True, read=True)
    return counts_of(reader_id)


def mark_read(notification_id: int, *, by: int) -> NotificationCounts:
    """One was opened or marked, and so seen; NotFound for a foreign one."""
    if db.session.execute(_mine(notification_id, by)).one_or_none() is None:
        raise NotFound
    _mark(by, NotificationModel.id == notification_id, seen=True, read=True)
    return counts_of(by)


@retried
def _mark(reader_id: int, *which: Any, **values: bool) -> None:
    """Mark unread rows (what is unseen is unread); without such a row nothing is written."""
    row = NotificationModel
    unread = (row.recipient_id == reader_id, row.state == "shown", row.read == false())
    if db.session.scalar(select(row.id).where(*unread, *which).limit(1)) is None:
        return
    with unit_of_work() as uow:
        changed = db.session.execute(
            update(row)
            .where(*unread, *which)
            .values(**values)
            .execution_options(synchronize_session=False)
        )
        if changed.rowcount:  # type: ignore[attr-defined]
            _changed(uow, reader_id, [])


@retried
def remove(notification_id: int, *, by: int) -> None:
    """Delete one for good; NotFound for a foreign one, and for one that is gone already."""
    with unit_of_work() as uow:
        if db.session.execute(_mine(notification_id, by).with_for_update()).first() is None:
            raise NotFound
        db.session.execute(_deletion(by).where(NotificationModel.id == notification_id))
        _changed(uow, by, [notification_id])


def remove_all(reader_id: int) -> None:
    """Delete the whole list for good: newest first, in short units.

    Whatever takes longer than `PATIENCE_S`, or was left by a request that died, a job deletes.
    """
    row = NotificationModel
    newest = db.session.execute(
        select(row.id, row.rank)
        .where(row.recipient_id == reader_id, row.state == "shown")
        .order_by(row.rank.desc())
        .limit(NAMED)
    ).all()
    if not newest:
        return
    named, rank = [found.id for found in newest], newest[0].rank
    until = time.monotonic() + PATIENCE_S
    has_more = remove_older(reader_id, rank, named=named, is_promised=False)
    while has_more and time.monotonic() < until:
        has_more = remove_older(reader_id, rank, named=named)


@retried
def remove_older(
    reader_id: int, rank: int, *, named: Sequence[int] = (), is_promised: bool = True
) -> bool:
    """Delete the newest of those up to a rank, and answer whether there are more.

    Those are promised to a job. With the last one, other tabs hear that `named` are gone.
    """
    row = NotificationModel
    shown = (row.recipient_id == reader_id, row.state == "shown", row.rank <= rank)
    with unit_of_work() as uow:
        uow.hold_job()
        query = select(row.id).where(*shown).order_by(row.rank.desc()).limit(DELETED_AT_ONCE + 1)
        ids = db.session.scalars(query).all()
        has_more = len(ids) > DELETED_AT_ONCE
        db.session.execute(_deletion(reader_id).where(row.id.in_(ids[:DELETED_AT_ONCE])))
        if has_more:
            uow.after_commit(lambda: counts.counts.evict(reader_id))
        else:
            _changed(uow, reader_id, list(named))
        if has_more and not is_promised:
            uow.record(NotificationsCleared(recipient_id=reader_id, rank=rank))
    return has_more


def _mine(notification_id: int, reader_id: int) -> Any:
    row = NotificationModel
    return select(*COLUMNS).where(
        row.id == notification_id, row.recipient_id == reader_id, row.state == "shown"
    )


def _deletion(reader_id: int) -> Any:
    row = NotificationModel
    return (
        update(row)
        .where(row.recipient_id == reader_id, row.state == "shown")
        .values(state="deleted")
        .execution_options(synchronize_session=False)
    )


def _changed(uow: UnitOfWork, reader_id: int, deleted: list[int]) -> None:
    uow.after_commit(lambda: counts.counts.evict(reader_id))
    uow.record(NotificationsChanged(recipient_id=reader_id, deleted=deleted))
