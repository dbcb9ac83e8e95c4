"""What the log says of stores that fail: briefly, and once."""

from __future__ import annotations

import errno
import sqlite3
from itertools import pairwise

import pytest
from redis.exceptions import OutOfMemoryError
from redis.exceptions import TimeoutError as RedisTimeout
from sqlalchemy.exc import IntegrityError, InternalError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from structlog.testing import capture_logs

from pigeon.domain.errors import NotFound, Unavailable
from pigeon.faults import Bounded, Outage, has_waited_for_sqlite, is_busy, is_passing, reason_of


def _of_sqlite(text: str, code: int) -> OperationalError:
    """As the driver raises it: with the extended result code of SQLite."""
    error = sqlite3.OperationalError(text)
    error.sqlite_errorcode = code
    return OperationalError("INSERT", {}, error)


PASSING = (
    (OperationalError("UPDATE", {"a": "secret"}, Exception(1021, "Disk full (/tmp)")), "Disk full"),
    (_of_sqlite("database or disk is full", sqlite3.SQLITE_FULL), "disk is full"),
    (
        _of_sqlite("attempt to write a readonly database", sqlite3.SQLITE_READONLY_ROLLBACK),
        "readonly",
    ),
    (_of_sqlite("disk I/O error", sqlite3.SQLITE_IOERR_WRITE), "disk I/O"),
    (InternalError("INSERT", {}, Exception(3, "Error writing (Errcode: 28)")), "writing"),
    (PoolTimeout("QueuePool limit"), "every connection"),
    (OSError(errno.ENOSPC, "No space left on device"), "No space left"),
    (OutOfMemoryError("used memory > 'maxmemory'"), "OutOfMemoryError"),
    (Unavailable(60, "less than 256 MB are free"), "256 MB"),
)
LASTING = (
    _of_sqlite("no such table: 2006", sqlite3.SQLITE_ERROR),
    OperationalError("SELECT", {}, Exception(1146, "Table 'x.2006' doesn't exist")),
    IntegrityError("INSERT", {}, Exception(1062, "Duplicate entry '2013'")),
    OSError(errno.ENOENT, "No such file"),
    NotFound(),
    ValueError("x"),
)


@pytest.mark.parametrize(("error", "reason"), PASSING)
def test_what_passes_has_a_reason_without_values(error: Exception, reason: str) -> None:
    assert is_passing(error)
    assert reason in reason_of(error) and "secret" not in reason_of(error)
    wrapped = Unavailable()
    wrapped.__cause__ = error
    assert reason_of(wrapped) == reason_of(error)


@pytest.mark.parametrize("error", LASTING)
def test_what_lasts_is_a_fault(error: Exception) -> None:
    assert not is_passing(error)


def test_an_outage_is_told_once_per_kind_and_its_end_once() -> None:
    outage = Outage("thing_waits", queue="mail")
    with capture_logs() as said:
        outage.over()
        for number in range(50):
            outage.note(OutOfMemoryError(f"command {number}"))
            outage.note(RedisTimeout(f"after {number} s"))
        outage.over()
        outage.over()
        outage.note(OutOfMemoryError("again"))
    events = [line["event"] for line in said]
    assert events == ["thing_waits", "thing_waits", "thing_waits_no_more", "thing_waits"]
    assert all(line["queue"] == "mail" for line in said)


@pytest.mark.parametrize(
    ("error", "busy", "waited"),
    [
        (_of_sqlite("database is locked", sqlite3.SQLITE_BUSY), True, True),
        (_of_sqlite("database is locked", sqlite3.SQLITE_BUSY_SNAPSHOT), True, True),
        (_of_sqlite("database table is locked", sqlite3.SQLITE_LOCKED_SHAREDCACHE), True, False),
        (OperationalError("UPDATE", {}, Exception(1213, "Deadlock found")), True, False),
        (
            OperationalError("UPDATE", {}, Exception(1205, "Lock wait timeout exceeded")),
            True,
            False,
        ),
        (OperationalError("INSERT", {}, Exception(1366, "Incorrect value: '1213'")), False, False),
        (_of_sqlite("no such table: 1213", sqlite3.SQLITE_ERROR), False, False),
    ],
)
def test_busy_is_read_from_the_number_not_from_the_words(
    error: OperationalError, busy: bool, waited: bool
) -> None:
    assert (is_busy(error), has_waited_for_sqlite(error)) == (busy, waited)


def test_what_is_wrong_for_everybody_does_not_fill_the_log() -> None:
    told = Bounded("unavailable")
    with capture_logs() as said:
        for number in range(10_000):
            told.log(number=number)
    assert 10 <= len(said) < 1_000
    left_out = sum(line.get("left_out", 0) for line in said)
    assert left_out == sum(b["number"] - a["number"] - 1 for a, b in pairwise(said))
