"""The outbox: the one retry mechanism. A queue only carries the id of a row.

A worker claims a row under a lease with an attempt number; its effects and "done" are one commit,
so running twice is harmless and a late result of an older attempt is refused.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, or_, select, update

from pigeon.domain.clock import utc_now
from pigeon.extensions import db
from pigeon.models import OutboxRow
from pigeon.services.outbox import claimants
from pigeon.unit_of_work import Claim, StaleClaim, finish, retried, unit_of_work

LEASE_S = 120
MAX_FAILURES = 5
BACKOFF_S = (1, 5, 30, 120)
LOST_AFTER_S = 5
SWEPT_AT_ONCE = 500


@dataclass(frozen=True, kw_only=True)
class Patience:
    """How long a job is tried while what it needs is out of reach: that is not its failure."""

    lasts: timedelta
    waits_s: tuple[int, ...]


PATIENCE = Patience(lasts=timedelta(days=15), waits_s=(1, 5, 30, 120))
"""Longer than any cache entry lives: what a job was to evict must not come back with the cache."""
PATIENCE_OF = {
    "mail": Patience(lasts=timedelta(hours=24), waits_s=(1, 5, 30, 120, 300)),
    "media": Patience(lasts=timedelta(minutes=15), waits_s=(1, 5, 30)),
}
"""By queue, where it is not the usual one: mail servers rest for hours, an author waits minutes."""


UNKNOWN = "only a newer release knows "
UNKNOWN_WAITS_S = (1, 5, 15)
"""How long a job waits that this release does not know: short, as a deploy takes minutes."""


class Hopeless(Exception):
    """No repetition would help this job: it is dead at once."""


class Unknown(Exception):
    """This release does not know what a job is, or what it is about; a newer one does."""


@retried
def claim(outbox_id: int) -> Claim | None:
    """Take a job; None when it is done, dead, in another worker's hands, or to be tried later."""
    now = utc_now()
    waits = OutboxRow.enqueued_at.is_(None) & (OutboxRow.available_at > now)
    free = or_((OutboxRow.state == "ready") & ~waits, _expired(now))
    with unit_of_work():
        taken = db.session.execute(
            update(OutboxRow)
            .where(OutboxRow.id == outbox_id, free)
            .values(
                state="claimed",
                attempt=OutboxRow.attempt + 1,
                claimed_by=claimants.own_name(),
                available_at=now + timedelta(seconds=LEASE_S),
            )
        )
        row = db.session.get(OutboxRow, outbox_id) if taken.rowcount else None  # type: ignore[attr-defined]
        if row is None:
            return None
        return Claim(
            outbox_id=row.id,
            attempt=row.attempt,
            queue=row.queue,
            name=row.job,
            arguments=json.loads(row.arguments),
            progress=row.progress,
            failures=row.failures,
            created_at=row.created_at,
        )


def _expired(now: datetime) -> ColumnElement[bool]:
    return and_(OutboxRow.state == "claimed", OutboxRow.available_at < now)


@retried
def done(held: Claim) -> None:
    """Finish a job whose effects were stored before; finishing twice is fine."""
    with unit_of_work():
        try:
            finish(held)
        except StaleClaim:
            return


def is_last_try(held: Claim, *, is_passing: bool = False) -> bool:
    """Whether one more failure ends this job; `is_passing`: what it needs is out of reach."""
    if is_passing and held.created_at is not None and _is_patient(held.queue, held.created_at):
        return False
    return held.failures + 1 >= MAX_FAILURES


def _is_patient(queue: str, created_at: datetime) -> bool:
    return utc_now() - created_at < PATIENCE_OF.get(queue, PATIENCE).lasts


@retried
def fail(held: Claim, error: str, *, is_passing: bool = False, is_hopeless: bool = False) -> None:
    """Give a job back with a growing delay; after the fifth failure, or hopeless, it is dead."""
    with unit_of_work():
        row = db.session.get(OutboxRow, held.outbox_id)
        if row is None or row.attempt != held.attempt:
            return
        if is_passing and _is_patient(row.queue, row.created_at):
            row.waits += 1
            wait_s = _wait_s(PATIENCE_OF.get(row.queue, PATIENCE).waits_s, row.waits)
        else:
            row.failures += 1
            wait_s = _wait_s(BACKOFF_S, row.failures)
        _put_back(row, error, wait_s)
        if is_hopeless or row.failures >= MAX_FAILURES:
            row.state = "dead"


@retried
def leave(held: Claim, reason: str) -> bool:
    """Put a job back for a worker that knows it; False when this release had left it before.

    It waits as long as there is no such worker: nothing was tried, so nothing failed.
    """
    with unit_of_work():
        row = db.session.get(OutboxRow, held.outbox_id)
        if row is None or row.attempt != held.attempt:
            return False
        was_left = row.last_error.startswith(UNKNOWN)
        row.waits += 1
        _put_back(row, UNKNOWN + reason, _wait_s(UNKNOWN_WAITS_S, row.waits))
        return not was_left


def _put_back(row: OutboxRow, error: str, wait_s: int) -> None:
    row.last_error = error[:500]
    row.claimed_by = ""
    row.state = "ready"
    row.available_at = utc_now() + timedelta(seconds=wait_s)
    row.enqueued_at = None


def _wait_s(waits_s: tuple[int, ...], tries: int) -> int:
    return waits_s[min(tries, len(waits_s)) - 1]


@retried
def again(held: Claim, progress: str) -> bool:
    """Keep a job's progress and queue it again behind the others; False when it was taken over."""
    with unit_of_work():
        moved = db.session.execute(
            update(OutboxRow)
            .where(OutboxRow.id == held.outbox_id, OutboxRow.attempt == held.attempt)
            .values(
                state="ready",
                progress=progress,
                waits=0,
                failures=0,
                last_error="",
                claimed_by="",
                enqueued_at=utc_now(),
                available_at=utc_now(),
            )
        )
        return bool(moved.rowcount)  # type: ignore[attr-defined]


# -- sweeping ----------------------------------------------------------------------------------


def sweep(waiting_since: dict[str, datetime]) -> list[tuple[int, str]]:
    """(id, queue) of what must be enqueued: due retries, lost jobs, claims of the dead.

    `waiting_since` says since when the head of each queue waits: a job that was put there a good
    while before it, and that nobody has taken, is lost.
    """
    free_claims_of_the_dead()
    now, grace = utc_now(), timedelta(seconds=LOST_AFTER_S)
    lost = or_(
        *(
            and_(OutboxRow.queue == name, OutboxRow.enqueued_at < head - grace)
            for name, head in waiting_since.items()
        )
    )
    due = (OutboxRow.available_at <= now) & or_(OutboxRow.enqueued_at.is_(None), lost)
    query = (
        select(OutboxRow.id, OutboxRow.queue)
        .where(or_((OutboxRow.state == "ready") & due, _expired(now)))
        .order_by(OutboxRow.id)
        .limit(SWEPT_AT_ONCE)
    )
    found = [(row[0], row[1]) for row in db.session.execute(query)]
    if found:
        _mark_enqueued([row[0] for row in found])
    return found


@retried
def _mark_enqueued(ids: list[int]) -> None:
    """Only what nobody has taken since it was found."""
    now = utc_now()
    with unit_of_work():
        db.session.execute(
            update(OutboxRow)
            .where(OutboxRow.id.in_(ids), or_(OutboxRow.state == "ready", _expired(now)))
            .values(state="ready", enqueued_at=now, available_at=now)
        )


@retried
def free_claims_of_the_dead() -> None:
    """A process of this host that is gone will not finish: its jobs need not wait for the lease."""
    names = db.session.scalars(
        select(OutboxRow.claimed_by).where(OutboxRow.state == "claimed").distinct()
    )
    dead = [name for name in names if claimants.is_gone(name)]
    if not dead:
        return
    with unit_of_work():
        db.session.execute(
            update(OutboxRow)
            .where(OutboxRow.state == "claimed", OutboxRow.claimed_by.in_(dead))
            .values(state="ready", claimed_by="", enqueued_at=None, available_at=utc_now())
        )
