"""Who follows whom, who asks to, and suggestions that were dismissed."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from pigeon.extensions import Model
from pigeon.models.types import TABLE, Id, UTCDateTime


class FollowModel(Model):
    """`follower_id` follows `followee_id`, with the bell when `bell`."""

    __tablename__ = "follows"
    __table_args__ = (
        Index("uq_follows_follower_id_followee_id", "follower_id", "followee_id", unique=True),
        Index("ix_follows_followee_id_id", "followee_id", "id"),
        Index("ix_follows_follower_id_id", "follower_id", "id"),
        TABLE,
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    follower_id: Mapped[int] = mapped_column(Id, ForeignKey("users.id", ondelete="CASCADE"))
    followee_id: Mapped[int] = mapped_column(Id, ForeignKey("users.id", ondelete="CASCADE"))
    bell: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)


class FollowRequest(Model):
    """`requester_id` asks to follow `requested_id`, who was private then; answered, it is gone."""

    __tablename__ = "follow_requests"
    __table_args__ = (
        Index(
            "uq_follow_requests_requester_id_requested_id",
            "requester_id",
            "requested_id",
            unique=True,
        ),
        Index("ix_follow_requests_requester_id_id", "requester_id", "id"),
        Index("ix_follow_requests_requested_id_id", "requested_id", "id"),
        TABLE,
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    requester_id: Mapped[int] = mapped_column(Id, ForeignKey("users.id", ondelete="CASCADE"))
    requested_id: Mapped[int] = mapped_column(Id, ForeignKey("users.id", ondelete="CASCADE"))
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)


class SuggestionDismissal(Model):
    """`user_id` does not want `dismissed_id` suggested again; themselves: no first steps."""

    __tablename__ = "suggestion_dismissals"
    __table_args__ = (TABLE,)

    user_id: Mapped[int] = mapped_column(
        Id, ForeignKey("users.id", ondelete="CASCADE"), primary_key=True
    )
    dismissed_id: Mapped[int] = mapped_column(
        Id, ForeignKey("users.id", ondelete="CASCADE"), primary_key=True
    )
