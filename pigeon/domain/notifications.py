"""Notifications: the object of the contract, and the content that all recipients share."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from pigeon.domain.users import UserRef


@dataclass(frozen=True, kw_only=True)
class Subject:
    kind: str
    id: str
    post_id: str | None


@dataclass(frozen=True, kw_only=True)
class Content:
    """What happened: as stored once, read through the cache."""

    id: int
    event: str
    kind: str
    actor_id: int | None
    subject_kind: str
    subject_id: int
    post_id: int | None
    created_at: datetime


@dataclass(frozen=True, kw_only=True)
class Notification:
    """`message` is "" until the web layer says it in the reader's language."""

    id: str
    kind: str
    actors: list[UserRef]
    actor_count: int
    message: str
    excerpt: str
    subject: Subject
    href: str
    thumb_url: str | None
    is_available: bool
    created_at: datetime
    seen: bool
    read: bool


@dataclass(frozen=True, kw_only=True)
class NotificationCounts:
    unseen: int = 0
    unread: int = 0
