"""Frames for those recipients who are online; everybody else reads the list later."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from pigeon.cache.codec import adapter
from pigeon.domain.notifications import Notification, NotificationCounts
from pigeon.extensions import db
from pigeon.models import NotificationModel, UserModel
from pigeon.services import presence
from pigeon.services.notifications import counts as notifications_counts
from pigeon.services.notifications.cards import COLUMNS, notifications_of
from pigeon.services.notifications.wording import say_in


@dataclass(frozen=True, kw_only=True)
class Frame:
    recipient_id: int
    event: str
    payload: dict[str, Any]


def of_event(event: str, people: list[int]) -> list[Frame]:
    """`notification.created` for the online ones of `people`, who were notified of an event."""
    online = presence.online_among(people)
    if not online:
        return []
    row = NotificationModel
    return _created(select(*COLUMNS).where(row.event == event, row.recipient_id.in_(online)))


def of_rows(rows: Mapping[int, int]) -> list[Frame]:
    """The same for rows that are new or grew, given as {row: recipient}."""
    online = set(presence.online_among(list(set(rows.values()))))
    ids = [row_id for row_id, recipient in rows.items() if recipient in online]
    return _created(select(*COLUMNS).where(NotificationModel.id.in_(ids))) if ids else []


def of_deleted(rows: Mapping[int, int]) -> list[Frame]:
    """`notification.deleted` for rows that were taken back, given as {row: recipient}."""
    online = presence.online_among(list(set(rows.values())))
    counts = notifications_counts.of_many(online)
    return [
        _frame("notification.deleted", recipient, counts[recipient], {"id": str(row_id)})
        for row_id, recipient in rows.items()
        if recipient in counts
    ]


def of_counts(people: list[int]) -> list[Frame]:
    """`notification.counts` for the online ones of `people`."""
    counts = notifications_counts.of_many(presence.online_among(people))
    return [
        _frame("notification.counts", recipient, counted, {})
        for recipient, counted in counts.items()
    ]


def of_reader(reader_id: int, deleted: list[int]) -> list[Frame]:
    """Frames for a reader's other tabs, after one of them saw, read or deleted something."""
    counted = notifications_counts.of_reader(reader_id)
    if not deleted:
        return [_frame("notification.counts", reader_id, counted, {})]
    return [
        _frame("notification.deleted", reader_id, counted, {"id": str(number)})
        for number in deleted
    ]


def _created(query: Any) -> list[Frame]:
    """One frame per row, each in its recipient's language."""
    rows = db.session.execute(query.where(NotificationModel.state == "shown")).all()
    owners = {str(row.id): row.recipient_id for row in rows}
    people = list(set(owners.values()))
    counts = notifications_counts.of_many(people)
    by_language: dict[str, list[Notification]] = defaultdict(list)
    languages = _languages(people)
    for one in notifications_of(rows):
        by_language[languages.get(owners[one.id], "en")].append(one)
    return [
        _frame("notification.created", owners[one.id], counts[owners[one.id]], _plain(one))
        for language, spoken in by_language.items()
        for one in say_in(language, spoken)
    ]


def _languages(people: list[int]) -> dict[int, str]:
    rows = db.session.execute(
        select(UserModel.id, UserModel.language).where(UserModel.id.in_(people))
    )
    return {row.id: row.language for row in rows}


def _plain(notification: Notification) -> dict[str, Any]:
    found: dict[str, Any] = adapter(Notification).dump_python(notification, mode="json")
    return found


def _frame(
    event: str, recipient_id: int, counted: NotificationCounts, payload: dict[str, Any]
) -> Frame:
    return Frame(recipient_id=recipient_id, event=event, payload=payload | vars(counted))
