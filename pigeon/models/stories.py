"""Stories, who saw them, and how people reacted."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, Double, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from pigeon.domain import limits
from pigeon.extensions import Model
from pigeon.models.types import TABLE, Id, Key, Line, UTCDateTime


class StoryModel(Model):
    """`processing` until it is shown, then `published`; `failed` when its picture is.

    `turn` is its place in its author's queue, `x` and `y` are the middle of the text in 0-1.
    `published_at` and `expires_at` are of the database's clock, and empty until it is shown.
    """

    __tablename__ = "stories"
    __table_args__ = (
        Index("ix_stories_author_id_state_expires_at", "author_id", "state", "expires_at"),
        Index("ix_stories_expires_at", "expires_at"),
        TABLE,
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    author_id: Mapped[int] = mapped_column(Id, ForeignKey("users.id", ondelete="CASCADE"))
    media_id: Mapped[int | None] = mapped_column(
        Id, ForeignKey("media.id", ondelete="SET NULL"), unique=True
    )
    state: Mapped[str] = mapped_column(Key(10))
    turn: Mapped[int] = mapped_column(BigInteger)
    text: Mapped[str] = mapped_column(Line(limits.STORY_TEXT), default="")
    alt: Mapped[str] = mapped_column(Line(limits.ALT), default="")
    x: Mapped[float] = mapped_column(Double)
    y: Mapped[float] = mapped_column(Double)
    size: Mapped[str] = mapped_column(Key(1))
    color: Mapped[str] = mapped_column(Key(7))
    background: Mapped[str | None] = mapped_column(Key(7))
    view_count: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    published_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    expires_at: Mapped[datetime | None] = mapped_column(UTCDateTime)


class StoryViewModel(Model):
    """Somebody saw a story; never its author. `id` grows in the order of seeing."""

    __tablename__ = "story_views"
    __table_args__ = (
        Index("uq_story_views_story_id_user_id", "story_id", "user_id", unique=True),
        Index("ix_story_views_story_id_id", "story_id", "id"),
        Index("ix_story_views_user_id_story_id", "user_id", "story_id"),
        TABLE,
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    story_id: Mapped[int] = mapped_column(Id, ForeignKey("stories.id", ondelete="CASCADE"))
    user_id: Mapped[int] = mapped_column(Id, ForeignKey("users.id", ondelete="CASCADE"))
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)


class StoryReactionModel(Model):
    """A reaction, which is a message; whether that still stands its own home knows."""

    __tablename__ = "story_reactions"
    __table_args__ = (
        Index("ix_story_reactions_story_id_user_id", "story_id", "user_id", "message_id"),
        {"mysql_engine": "InnoDB", "mysql_charset": "utf8mb4"},
    )

    message_id: Mapped[int] = mapped_column(Id, primary_key=True, autoincrement=False)
    story_id: Mapped[int] = mapped_column(Id, ForeignKey("stories.id", ondelete="CASCADE"))
    user_id: Mapped[int] = mapped_column(Id, ForeignKey("users.id", ondelete="CASCADE"))
    emoji: Mapped[str] = mapped_column(Key(8))
