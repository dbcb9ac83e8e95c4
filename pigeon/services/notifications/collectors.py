"""Old rows that nobody sees any more are deleted after a while, with contents that no row needs.

Until then they keep an event from notifying the same person twice.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, exists, func, select

from pigeon.domain.clock import utc_now
from pigeon.extensions import db
from pigeon.models import NotificationContent, NotificationModel
from pigeon.services.notifications.contents import EPOCH, rank_of
from pigeon.unit_of_work import retried, unit_of_work

LIFE = timedelta(days=90)
STRETCH = 100_000
"""So many ids are looked at in one hour; the next hour goes on behind them, and round again."""
AT_ONCE = 1_000


def delete_old() -> None:
    """Delete rows that were taken back or deleted long ago, and contents without a row."""
    before = utc_now() - LIFE
    for first in _stretch(NotificationModel):
        _delete_rows(first, before)
    for first in _stretch(NotificationContent):
        _delete_contents(first, before)


def _stretch(model: Any) -> Iterator[int]:
    """The first ids of this hour's batches."""
    oldest, newest = db.session.execute(select(func.min(model.id), func.max(model.id))).one()
    if newest is None:
        return iter(())
    stretches = (newest - oldest) // STRETCH + 1
    hour = (utc_now() - EPOCH) // timedelta(hours=1)
    begin = oldest + hour % stretches * STRETCH
    return iter(range(begin, min(begin + STRETCH, newest + 1), AT_ONCE))


@retried
def _delete_rows(first: int, before: datetime) -> None:
    row = NotificationModel
    old = row.state.in_(("withdrawn", "deleted")) & (row.rank < rank_of(before, 0))
    batch = row.id.between(first, first + AT_ONCE - 1)
    if db.session.scalar(select(row.id).where(batch, old).limit(1)) is None:
        return
    with unit_of_work():
        db.session.execute(
            delete(row).where(batch, old).execution_options(synchronize_session=False)
        )


@retried
def _delete_contents(first: int, before: datetime) -> None:
    content = NotificationContent
    unused = (content.created_at < before) & ~exists().where(
        NotificationModel.content_id == content.id
    )
    batch = content.id.between(first, first + AT_ONCE - 1)
    if db.session.scalar(select(content.id).where(batch, unused).limit(1)) is None:
        return
    with unit_of_work():
        db.session.execute(
            delete(content).where(batch, unused).execution_options(synchronize_session=False)
        )
