"""Events of notifications."""

from __future__ import annotations

from dataclasses import dataclass

from pigeon.domain.events.base import Event


@dataclass(frozen=True, kw_only=True)
class NotificationsChanged(Event):
    """Somebody saw, read or deleted notifications: their other tabs and devices follow.

    `deleted` are ids of rows that are gone from the list.
    """

    recipient_id: int
    deleted: list[int]


@dataclass(frozen=True, kw_only=True)
class NotificationsCleared(Event):
    """Somebody deletes all up to a rank, which are more than one unit takes: the rest follows."""

    recipient_id: int
    rank: int
