"""The only commit. Events recorded in a unit go to the outbox with the data and out after it."""

from __future__ import annotations

import functools
import random
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, ParamSpec, Protocol, TypeVar

import structlog
from flask import current_app
from sqlalchemy import Connection, delete, select
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from pigeon.domain.clock import utc_now
from pigeon.domain.errors import Unavailable
from pigeon.domain.events import Event
from pigeon.extensions import bare_engine, db
from pigeon.faults import has_waited_for_sqlite, is_busy, is_out_of_reach, is_passing, reason_of
from pigeon.models.outbox import OutboxRow

P = ParamSpec("P")
R = TypeVar("R")

log = structlog.get_logger()
ATTEMPTS = 4
WAITED_S = 1.0


@dataclass(frozen=True, kw_only=True)
class JobSpec:
    """A job to be done: `arguments` are JSON values, ids as a rule."""

    queue: str
    name: str
    arguments: dict[str, Any]
    delay_s: float = 0.0


class Reactions(Protocol):
    """What follows from events; `pigeon.subscribers` is the implementation."""

    def jobs(self, event: Event) -> list[JobSpec]: ...

    def publish(self, events: list[Event], outbox: list[tuple[int, str]]) -> None: ...


@dataclass(frozen=True, kw_only=True)
class Claim:
    """A worker's hold on an outbox row; a later attempt makes it stale."""

    outbox_id: int
    attempt: int
    queue: str
    name: str
    arguments: dict[str, Any]
    progress: str
    failures: int = 0
    created_at: datetime | None = None


class StaleClaim(Exception):
    """Another attempt took this job over: what this one did must not be stored."""


current_claim: ContextVar[Claim | None] = ContextVar("current_claim", default=None)
_waiting: ContextVar[list[Event] | None] = ContextVar("waiting_events", default=None)


@dataclass
class UnitOfWork:
    """Collects what must happen after the commit of the transaction it stands for."""

    events: list[Event] = field(default_factory=list)
    callbacks: list[Callable[[], None]] = field(default_factory=list)

    def record(self, event: Event) -> None:
        """Raise an event: its jobs are stored in this transaction, its messages leave after it."""
        self.events.append(event)

    def after_commit(self, callback: Callable[[], None]) -> None:
        """Run `callback` after the commit; its failure is logged and changes nothing."""
        self.callbacks.append(callback)

    def hold_job(self) -> None:
        """Let this transaction stand only if the running job was not taken over (StaleClaim).

        For jobs with something left to do outside SQL after it: "done" follows that.
        """
        claim = current_claim.get()
        if claim is not None:
            _hold(claim)

    def finish_job(self) -> None:
        """Make "done" of the running job part of this transaction; StaleClaim when taken over."""
        claim = current_claim.get()
        if claim is not None:
            finish(claim)


def finish(claim: Claim) -> None:
    """Delete the claimed row, only if the claim is still the newest one."""
    statement = delete(OutboxRow).where(
        OutboxRow.id == claim.outbox_id, OutboxRow.attempt == claim.attempt
    )
    if db.session.execute(statement).rowcount != 1:  # type: ignore[attr-defined]
        raise StaleClaim(claim.name)


def _hold(claim: Claim) -> None:
    statement = select(OutboxRow.id).where(
        OutboxRow.id == claim.outbox_id, OutboxRow.attempt == claim.attempt
    )
    if db.session.scalar(statement.with_for_update()) is None:
        raise StaleClaim(claim.name)


@contextmanager
def unit_of_work() -> Iterator[UnitOfWork]:
    """One transaction: everything or nothing. Units do not nest."""
    session = db.session
    session.rollback()  # ends a read transaction: a read cannot turn into a write in SQLite
    uow = UnitOfWork()
    try:
        session.connection(execution_options={"write": True})
        yield uow
        outbox = _store(uow)
        session.commit()
    except (DBAPIError, PoolTimeout) as error:
        session.rollback()
        if is_out_of_reach(error):
            raise Unavailable from error
        raise
    except BaseException:
        session.rollback()
        raise
    _publish(uow, outbox)


@contextmanager
def plain_unit() -> Iterator[Connection]:
    """As `unit_of_work`, of statements alone: no event and no row of a model, at half its cost."""
    if db.session.registry.has():
        db.session.rollback()
    try:
        with bare_engine().connect().execution_options(write=True) as sql, sql.begin():
            yield sql
    except (DBAPIError, PoolTimeout) as error:
        if is_out_of_reach(error):
            raise Unavailable from error
        raise


def in_one_trip(statements: str, answer: str) -> str:
    """Statements that MariaDB runs as one transaction by itself, in a `plain_unit`.

    Whoever else wants their locks does not wait for trips between them. `answer` is what it says.
    """
    return (
        "BEGIN NOT ATOMIC"
        " DECLARE EXIT HANDLER FOR SQLEXCEPTION BEGIN ROLLBACK; RESIGNAL; END;"
        f" START TRANSACTION; {statements}; COMMIT; {answer}; END"
    )


def _reactions() -> Reactions:
    found: Reactions = current_app.extensions["reactions"]
    return found


def _store(uow: UnitOfWork) -> list[tuple[int, str]]:
    now = utc_now()
    rows = [
        OutboxRow.of(spec.queue, spec.name, spec.arguments, now, spec.delay_s)
        for event in uow.events
        for spec in _reactions().jobs(event)
    ]
    db.session.add_all(rows)
    db.session.flush()
    return [(row.id, row.queue) for row in rows if row.available_at <= now]


def _publish(uow: UnitOfWork, outbox: list[tuple[int, str]]) -> None:
    for callback in uow.callbacks:
        run_guarded(callback)
    if uow.events:
        run_guarded(lambda: _reactions().publish(uow.events, outbox))


def publish(event: Event) -> None:
    """Push the frames of an event that brings about no job, because it is stored elsewhere.

    Inside `publishing_later` that waits until the block's caller says so.
    """
    waiting = _waiting.get()
    if waiting is None:
        publish_all([event])
    else:
        waiting.append(event)


def publish_all(events: list[Event]) -> None:
    run_guarded(lambda: _reactions().publish(events, []))


@contextmanager
def publishing_later() -> Iterator[list[Event]]:
    """The events that are published in the block; its caller hands them to `publish_all`."""
    waiting: list[Event] = []
    token = _waiting.set(waiting)
    try:
        yield waiting
    finally:
        _waiting.reset(token)


def run_guarded(callback: Callable[[], None]) -> None:
    """Run what follows a commit: the data stands, so a failure here is logged, never raised."""
    try:
        callback()
    except Exception as error:
        if is_passing(error):
            log.warning("after_commit_failed", reason=reason_of(error))
        else:
            log.exception("after_commit_failed")


def _is_worth_another_try(error: OperationalError, took_s: float) -> bool:
    """Who waited for SQLite's lock as long as the driver does has waited long enough."""
    return is_busy(error) and not (has_waited_for_sqlite(error) and took_s >= WAITED_S)


def retried(command: Callable[P, R]) -> Callable[P, R]:
    """Run a whole command again when the database chose it as a deadlock's victim or was busy."""

    @functools.wraps(command)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        for attempt in range(1, ATTEMPTS):
            began = time.monotonic()
            try:
                return command(*args, **kwargs)
            except OperationalError as error:
                if not _is_worth_another_try(error, time.monotonic() - began):
                    raise
                time.sleep(random.uniform(0.005, 0.05) * attempt)
        return command(*args, **kwargs)

    return run
