"""Comments on posts, replies to them, and whom their text names."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from pigeon.domain import limits
from pigeon.extensions import Model
from pigeon.models.types import TABLE, Id, Key, Line, UTCDateTime


class CommentModel(Model):
    """A comment, or with `parent_id` (always a top comment) a reply; two levels, no more."""

    __tablename__ = "comments"
    __table_args__ = (
        Index("ix_comments_post_id_parent_id_id", "post_id", "parent_id", "id"),
        Index("ix_comments_parent_id_id", "parent_id", "id"),
        TABLE,
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    post_id: Mapped[int] = mapped_column(Id, ForeignKey("posts.id", ondelete="CASCADE"))
    parent_id: Mapped[int | None] = mapped_column(Id, ForeignKey("comments.id", ondelete="CASCADE"))
    author_id: Mapped[int] = mapped_column(
        Id, ForeignKey("users.id", ondelete="CASCADE"), index=True
    )
    answered_id: Mapped[int | None] = mapped_column(Id)
    """Whose author a reply answers: the top comment or one of its replies; may be gone."""
    text: Mapped[str] = mapped_column(Line(limits.COMMENT))
    like_count: Mapped[int] = mapped_column(default=0)
    reply_count: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    edited_at: Mapped[datetime | None] = mapped_column(UTCDateTime)


class CommentMention(Model):
    """As `MentionModel`, for the text of a comment."""

    __tablename__ = "comment_mentions"
    __table_args__ = (TABLE,)

    comment_id: Mapped[int] = mapped_column(
        Id, ForeignKey("comments.id", ondelete="CASCADE"), primary_key=True
    )
    handle: Mapped[str] = mapped_column(Key(limits.USERNAME_MAX), primary_key=True)
    user_id: Mapped[int] = mapped_column(Id, ForeignKey("users.id", ondelete="CASCADE"), index=True)
    position: Mapped[int] = mapped_column()
