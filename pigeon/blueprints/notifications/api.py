"""Notifications as JSON."""

from __future__ import annotations

from pigeon.domain.notifications import Notification, NotificationCounts
from pigeon.domain.page import Page
from pigeon.services.notifications import notifications
from pigeon.web.answers import LIST, answers
from pigeon.web.guards import MEMBERS, access
from pigeon.web.login import get_viewer
from pigeon.web.notifications.sentences import read_kinds, said
from pigeon.web.parsing import read_id, read_page

TAPS = (600, 60)
SWEEPS = (60, 60)


@access(MEMBERS)
@answers(Page[Notification], query=("kind", *LIST))
def list_all() -> Page[Notification]:
    reader_id, kinds = get_viewer().user_id, read_kinds()
    asked = read_page(notifications.list_name(reader_id, kinds))
    return notifications.list_of(reader_id, asked, kinds).map(said)


@access(MEMBERS)
@answers(NotificationCounts)
def get_counts() -> NotificationCounts:
    return notifications.counts_of(get_viewer().user_id)


@access(MEMBERS, rate=TAPS)
@answers(NotificationCounts)
def mark_seen() -> NotificationCounts:
    return notifications.mark_seen(get_viewer().user_id)


@access(MEMBERS, rate=TAPS)
@answers(NotificationCounts)
def mark_read(notification_id: str) -> NotificationCounts:
    return notifications.mark_read(read_id(notification_id), by=get_viewer().user_id)


@access(MEMBERS, rate=SWEEPS)
@answers(NotificationCounts)
def mark_all_read() -> NotificationCounts:
    return notifications.mark_all_read(get_viewer().user_id)


@access(MEMBERS, rate=TAPS)
@answers(status=204)
def remove(notification_id: str) -> None:
    notifications.remove(read_id(notification_id), by=get_viewer().user_id)


@access(MEMBERS, rate=SWEEPS)
@answers(status=204)
def remove_all() -> None:
    notifications.remove_all(get_viewer().user_id)
