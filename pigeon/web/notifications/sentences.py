"""Notifications at HTTP's edge: which kinds are asked for, and their sentences."""

from __future__ import annotations

from pigeon.domain.notifications import Notification
from pigeon.services.notifications import notifications, wording
from pigeon.web.parsing import read_queries


def read_kinds() -> tuple[str, ...]:
    """The repeatable `kind` of the query; Invalid for one that there is not."""
    return notifications.check_kinds(read_queries("kind"))


def said(items: list[Notification]) -> list[Notification]:
    """The notifications with their sentences, in the language of the request."""
    return [wording.say(item) for item in items]
