"""What waits in the outbox, and what was given up: for operators, metrics and tests."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, func, select, update
from sqlalchemy.exc import SQLAlchemyError

from pigeon.domain.clock import utc_now
from pigeon.domain.errors import NotFound
from pigeon.extensions import db
from pigeon.models import OutboxRow
from pigeon.services.outbox.outbox import UNKNOWN
from pigeon.unit_of_work import retried, unit_of_work


@dataclass(frozen=True, kw_only=True)
class Figures:
    pending: int
    oldest_s: dict[str, float]
    """By queue, where something is due."""


@dataclass(frozen=True, kw_only=True)
class DeadJob:
    id: int
    queue: str
    job: str
    arguments: str
    error: str
    created_at: datetime


def pending() -> int:
    """Jobs that are promised and not done."""
    return _count(OutboxRow.state != "dead")


def unknown() -> int:
    """Of the pending ones, those that wait for a worker of a newer release."""
    is_left = OutboxRow.last_error.startswith(UNKNOWN, autoescape=True)
    return _count((OutboxRow.state == "ready") & is_left)


def dead() -> int:
    """Jobs that were given up."""
    return _count(OutboxRow.state == "dead")


def _count(wanted: ColumnElement[bool]) -> int:
    return db.session.scalar(select(func.count()).select_from(OutboxRow).where(wanted)) or 0


def list_pending_ids() -> list[tuple[int, datetime]]:
    """(id, available_at) of everything that is ready, oldest first."""
    rows = db.session.execute(
        select(OutboxRow.id, OutboxRow.available_at)
        .where(OutboxRow.state == "ready")
        .order_by(OutboxRow.id)
    )
    return [(row[0], row[1]) for row in rows]


def oldest_age_s() -> dict[str, float]:
    """Per queue, how long its oldest job that is due has been waiting."""
    now = utc_now()
    rows = db.session.execute(
        select(OutboxRow.queue, func.min(OutboxRow.created_at))
        .where(OutboxRow.state == "ready", OutboxRow.available_at <= now)
        .group_by(OutboxRow.queue)
    )
    return {queue: (now - oldest).total_seconds() for queue, oldest in rows if oldest}


def find_figures() -> Figures | None:
    """How much waits; None while SQL cannot be asked."""
    try:
        return Figures(pending=pending(), oldest_s=oldest_age_s())
    except SQLAlchemyError:
        return None


def list_dead() -> list[DeadJob]:
    rows = db.session.scalars(
        select(OutboxRow).where(OutboxRow.state == "dead").order_by(OutboxRow.id)
    )
    return [
        DeadJob(
            id=row.id,
            queue=row.queue,
            job=row.job,
            arguments=row.arguments,
            error=row.last_error,
            created_at=row.created_at,
        )
        for row in rows
    ]


@retried
def retry_dead(outbox_id: int) -> None:
    """Let a dead job be tried five times more; NotFound when it is not dead."""
    with unit_of_work():
        revived = db.session.execute(
            update(OutboxRow)
            .where(OutboxRow.id == outbox_id, OutboxRow.state == "dead")
            .values(state="ready", failures=0, enqueued_at=None, available_at=utc_now())
        )
        if not revived.rowcount:  # type: ignore[attr-defined]
            raise NotFound
