"""How far the clock of this host is off the database's, by which stories begin and end.

Rows are stamped by the database. What caches hold is compared with the clock of the process that
reads it, so a clock that is slow would show a story beyond its end.
"""

from __future__ import annotations

import time
from datetime import timedelta

import structlog
from sqlalchemy import Connection

from pigeon import metrics
from pigeon.domain.clock import utc_now
from pigeon.extensions import db, kept
from pigeon.services.stories import clock

log = structlog.get_logger()
LIMIT = timedelta(seconds=0.5)
TRIES = 3
AGAIN_S = 60.0
PROBLEM = "the clock here is not that of the database: stories end at the wrong moment"


class Alarm:
    """One line a minute while it lasts, however often somebody looks."""

    def __init__(self) -> None:
        self._silent_until = 0.0

    def note(self, drift: timedelta) -> bool:
        """Whether it is too much."""
        metrics.clock_drift.set(drift.total_seconds())
        if abs(drift) <= LIMIT:
            return False
        if time.monotonic() >= self._silent_until:
            log.error("clock_drifts", seconds=round(drift.total_seconds(), 3))
            self._silent_until = time.monotonic() + AGAIN_S
        return True


def check() -> None:
    """Look at the clock, and sound the alarm; each minute by the scheduler."""
    try:
        is_off(db.session.connection())
    finally:
        db.session.rollback()


def is_off(connection: Connection) -> bool:
    """Whether stories end at the wrong moment in this process; says so in the log."""
    return kept("clock_alarm", Alarm).note(measure(connection))


def measure(connection: Connection) -> timedelta:
    """By how much we are ahead: of a few questions the one that was answered fastest tells.

    The database looked at its clock halfway, as far as anybody knows.
    """
    return min(_ask(connection) for _ in range(TRIES))[1]


def _ask(connection: Connection) -> tuple[timedelta, timedelta]:
    """How long the answer took, and our time in the middle of that minus the database's."""
    asked = utc_now()
    theirs = clock.database_now(connection)
    took = utc_now() - asked
    return took, asked + took / 2 - theirs
