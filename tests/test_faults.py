"""What the log says of stores that fail: briefly, and once."""

from __future__ import annotations

import errno

import pytest
from redis.exceptions import OutOfMemoryError
from redis.exceptions import TimeoutError as RedisTimeout
from sqlalchemy.exc import IntegrityError, InternalError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from structlog.testing import capture_logs

from pigeon.domain.errors import NotFound, Unavailable
from pigeon.faults import Outage, is_passing, reason_of

PASSING = (
    (OperationalError("UPDATE", {"a": "secret"}, Exception(1021, "Disk full (/tmp)")), "Disk full"),
    (OperationalError("INSERT", {}, Exception("database or disk is full")), "disk is full"),
    (OperationalError("INSERT", {}, Exception("attempt to write a readonly database")), "readonly"),
    (InternalError("INSERT", {}, Exception(3, "Error writing (Errcode: 28)")), "writing"),
    (PoolTimeout("QueuePool limit"), "every connection"),
    (OSError(errno.ENOSPC, "No space left on device"), "No space left"),
    (OutOfMemoryError("used memory > 'maxmemory'"), "OutOfMemoryError"),
    (Unavailable(60, "less than 256 MB are free"), "256 MB"),
)
LASTING = (
    OperationalError("SELECT", {}, Exception("no such table: 2006")),
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
