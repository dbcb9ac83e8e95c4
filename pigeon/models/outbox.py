"""Jobs that were promised in a transaction and are not done yet."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from pigeon.extensions import Model
from pigeon.models.types import TABLE, Document, Id, Key, Line, UTCDateTime


class OutboxRow(Model):
    """`ready` until claimed, `claimed` under a lease, gone when done, or `dead` for good.

    `attempt` counts claims, `failures` what was the job's own fault, `waits` how often in a row
    what it needs was out of reach, or whoever claimed it did not know it.
    """

    __tablename__ = "outbox"
    __table_args__ = (Index("ix_outbox_state_available_at", "state", "available_at"), TABLE)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    queue: Mapped[str] = mapped_column(Key(20))
    job: Mapped[str] = mapped_column(Key(60))
    arguments: Mapped[str] = mapped_column(Document)
    progress: Mapped[str] = mapped_column(Line(255), default="")
    state: Mapped[str] = mapped_column(Key(10), default="ready")
    claimed_by: Mapped[str] = mapped_column(Key(80), default="")
    attempt: Mapped[int] = mapped_column(default=0)
    failures: Mapped[int] = mapped_column(default=0)
    waits: Mapped[int] = mapped_column(default=0)
    available_at: Mapped[datetime] = mapped_column(UTCDateTime)
    enqueued_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    last_error: Mapped[str] = mapped_column(Line(500), default="")

    @classmethod
    def of(
        cls, queue: str, job: str, arguments: dict[str, Any], now: datetime, delay_s: float
    ) -> OutboxRow:
        """A new row; `available_at` is also the end of the lease once it is claimed."""
        return cls(
            queue=queue,
            job=job,
            arguments=json.dumps(arguments, separators=(",", ":")),
            available_at=now + timedelta(seconds=delay_s),
            enqueued_at=now if delay_s == 0 else None,
            created_at=now,
        )
