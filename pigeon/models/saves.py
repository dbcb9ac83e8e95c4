"""Who keeps which post for themselves."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from pigeon.extensions import Model
from pigeon.models.types import TABLE, Id, UTCDateTime


class PostSave(Model):
    """`id` grows in the order in which posts were saved: it is the order of the list."""

    __tablename__ = "post_saves"
    __table_args__ = (
        Index("uq_post_saves_user_id_post_id", "user_id", "post_id", unique=True),
        Index("ix_post_saves_user_id_id", "user_id", "id"),
        Index("ix_post_saves_post_id", "post_id"),
        TABLE,
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    user_id: Mapped[int] = mapped_column(Id, ForeignKey("users.id", ondelete="CASCADE"))
    post_id: Mapped[int] = mapped_column(Id, ForeignKey("posts.id", ondelete="CASCADE"))
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
