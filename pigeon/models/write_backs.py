"""How far the write-back journal is stored."""

from __future__ import annotations

from sqlalchemy.orm import Mapped, mapped_column

from pigeon.extensions import Model
from pigeon.models.types import TABLE, Key


class WriteBackJournal(Model):
    """One row per life of the journal: `position` is the last entry whose effect is in SQL.

    The row is the fence: it moves in the transaction that stores the entries, from the position
    that was read and no other. A batch of parked entries has a row of its own while it counts (see
    `services/write_backs/fences.py`).
    """

    __tablename__ = "write_back_journals"
    __table_args__ = (TABLE,)

    journal: Mapped[str] = mapped_column(Key(32), primary_key=True)
    position: Mapped[str] = mapped_column(Key(42), default="0-0")
