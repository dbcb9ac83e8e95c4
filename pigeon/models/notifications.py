"""Notifications: what happened once, and a thin row for each person who is notified of it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from pigeon.extensions import Model
from pigeon.models.types import TABLE, Id, Key, UTCDateTime

UNREAD = ("recipient_id", "state", "read", "seen")
"""The index of unread rows: counting and marking walk it, however long a list is."""


class NotificationContent(Model):
    """One per event and kind, shared by all recipients; never changed, so caches keep it.

    `event` names what happened (`c45` comment 45, `p9` post 9 published, `lp9` likes of post 9,
    `lc45` of comment 45, `f7` follows of person 7). `actor_id` is null for what is grouped: its
    actors have rows of their own. Subjects have no foreign key: a row survives them.
    """

    __tablename__ = "notification_contents"
    __table_args__ = (
        Index("uq_notification_contents_event_kind", "event", "kind", unique=True),
        Index("ix_notification_contents_post_id", "post_id"),
        TABLE,
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    event: Mapped[str] = mapped_column(Key(24))
    kind: Mapped[str] = mapped_column(Key(16))
    actor_id: Mapped[int | None] = mapped_column(Id)
    subject_kind: Mapped[str] = mapped_column(Key(8))
    subject_id: Mapped[int] = mapped_column(Id)
    post_id: Mapped[int | None] = mapped_column(Id)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)


class NotificationModel(Model):
    """That a person is notified of a content: the mapping row.

    `event` is unique per recipient, so one event notifies a person once, whatever is repeated; a
    group of likes or follows appends its first actor (`lp9.7`). `x7` is deleted, and keeps that
    person 7 was in groups before a block. `rank` orders a person's list: the microseconds of the
    newest event, times 1,024, plus the low bits of the content's id. `state` is `shown`,
    `withdrawn` (taken back; restored silently) or `deleted` (by its reader or a block, for good).
    What is `read` is `seen`.
    """

    __tablename__ = "notifications"
    __table_args__ = (
        Index("uq_notifications_event_recipient_id", "event", "recipient_id", unique=True),
        Index("ix_notifications_recipient_id_state_rank", "recipient_id", "state", "rank"),
        Index("ix_notifications_recipient_id_state_read_seen", *UNREAD),
        Index("ix_notifications_content_id", "content_id"),
        TABLE,
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    recipient_id: Mapped[int] = mapped_column(Id, ForeignKey("users.id", ondelete="CASCADE"))
    content_id: Mapped[int] = mapped_column(Id)
    event: Mapped[str] = mapped_column(Key(44))
    rank: Mapped[int] = mapped_column(BigInteger)
    state: Mapped[str] = mapped_column(Key(9), default="shown")
    seen: Mapped[bool] = mapped_column(default=False)
    read: Mapped[bool] = mapped_column(default=False)


class NotificationActor(Model):
    """Somebody in a group of likes or follows; one row per content and person, for ever.

    It says that this was announced: liking again restores it silently.
    """

    __tablename__ = "notification_actors"
    __table_args__ = (
        Index("uq_notification_actors_content_id_actor_id", "content_id", "actor_id", unique=True),
        Index("ix_notification_actors_notification_id_id", "notification_id", "id"),
        TABLE,
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    content_id: Mapped[int] = mapped_column(Id)
    notification_id: Mapped[int] = mapped_column(
        Id, ForeignKey("notifications.id", ondelete="CASCADE")
    )
    actor_id: Mapped[int] = mapped_column(
        Id, ForeignKey("users.id", ondelete="CASCADE"), index=True
    )
    is_withdrawn: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
