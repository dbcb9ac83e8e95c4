"""Who likes what; who changes these rows holds the lock of the liked row."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from pigeon.extensions import Model
from pigeon.models.types import TABLE, Id, UTCDateTime


class PostLike(Model):
    """`id` grows in the order in which likes were acknowledged: it is the order of likers."""

    __tablename__ = "post_likes"
    __table_args__ = (
        Index("uq_post_likes_post_id_user_id", "post_id", "user_id", unique=True),
        Index("ix_post_likes_post_id_id", "post_id", "id"),
        Index("ix_post_likes_user_id_post_id", "user_id", "post_id"),
        TABLE,
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    post_id: Mapped[int] = mapped_column(Id, ForeignKey("posts.id", ondelete="CASCADE"))
    user_id: Mapped[int] = mapped_column(Id, ForeignKey("users.id", ondelete="CASCADE"))
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)


class CommentLike(Model):
    """As `PostLike`, for comments and replies."""

    __tablename__ = "comment_likes"
    __table_args__ = (
        Index("uq_comment_likes_comment_id_user_id", "comment_id", "user_id", unique=True),
        Index("ix_comment_likes_comment_id_id", "comment_id", "id"),
        Index("ix_comment_likes_user_id_comment_id", "user_id", "comment_id"),
        TABLE,
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    comment_id: Mapped[int] = mapped_column(Id, ForeignKey("comments.id", ondelete="CASCADE"))
    user_id: Mapped[int] = mapped_column(Id, ForeignKey("users.id", ondelete="CASCADE"))
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
