"""Who keeps away from whom: blocks, which hide both ways, and mutes, which nobody is told of."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from pigeon.extensions import Model
from pigeon.models.types import TABLE, Id, UTCDateTime


class BlockModel(Model):
    """`blocker_id` and `blocked_id` do not meet; only the blocker can end it."""

    __tablename__ = "blocks"
    __table_args__ = (
        Index("uq_blocks_blocker_id_blocked_id", "blocker_id", "blocked_id", unique=True),
        Index("ix_blocks_blocker_id_id", "blocker_id", "id"),
        Index("ix_blocks_blocked_id_id", "blocked_id", "id"),
        TABLE,
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    blocker_id: Mapped[int] = mapped_column(Id, ForeignKey("users.id", ondelete="CASCADE"))
    blocked_id: Mapped[int] = mapped_column(Id, ForeignKey("users.id", ondelete="CASCADE"))
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)


class MuteModel(Model):
    """`muter_id` does not want to be shown some things of `muted_id`; without any it is no row."""

    __tablename__ = "mutes"
    __table_args__ = (
        Index("uq_mutes_muter_id_muted_id", "muter_id", "muted_id", unique=True),
        Index("ix_mutes_muter_id_id", "muter_id", "id"),
        Index("ix_mutes_muted_id_id", "muted_id", "id"),
        TABLE,
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    muter_id: Mapped[int] = mapped_column(Id, ForeignKey("users.id", ondelete="CASCADE"))
    muted_id: Mapped[int] = mapped_column(Id, ForeignKey("users.id", ondelete="CASCADE"))
    posts: Mapped[bool] = mapped_column()
    stories: Mapped[bool] = mapped_column()
    chat: Mapped[bool] = mapped_column()
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
