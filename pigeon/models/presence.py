"""When people were last there, apart from their own rows: it is written often, by one writer."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from pigeon.extensions import Model
from pigeon.models.types import TABLE, Id, UTCDateTime


class ActivityModel(Model):
    """The last input of a person who was ever there; it never goes back."""

    __tablename__ = "activities"
    __table_args__ = (TABLE,)

    user_id: Mapped[int] = mapped_column(
        Id, ForeignKey("users.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    last_active_at: Mapped[datetime] = mapped_column(UTCDateTime)
