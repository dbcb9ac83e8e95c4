"""What the outside does to us: which errors mean "not now", and how the log says so, briefly."""

from __future__ import annotations

import errno
import sqlite3
import time
from typing import Any

import structlog
from redis.exceptions import RedisError
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from pigeon.domain.errors import Unavailable

log = structlog.get_logger()
REASON_LENGTH = 200
REPEATED_AFTER_S = 60.0
LINES_PER_S = 10

DISK_ERRNOS = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS, errno.EIO)
"""A disk that takes nothing: full, over a quota, read-only, broken."""

_MYSQL_CODES = (
    *(2002, 2003, 2006, 2013, 2014),  # no connection, or it was lost
    *(1040, 1203, 1053, 1927),  # too many connections, going down, killed
    *(1021, 1114, 1041, 3, 1026),  # disk full, table full, no memory, writing a file failed
    *(1290, 1836, 1792),  # read-only
)
_MYSQL_TEXTS = ("No space left", "Errcode: 28", "gone away")
"""A server's disk, named in the text of an error whose number says something else."""

_MYSQL_BUSY = (1205, 1213)
"""Waited too long for a lock; chosen as the victim of a deadlock."""

_SQLITE_CODES = (
    sqlite3.SQLITE_CANTOPEN,
    sqlite3.SQLITE_IOERR,
    sqlite3.SQLITE_FULL,
    sqlite3.SQLITE_READONLY,
)
_SQLITE_BUSY = (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)


def is_out_of_reach(error: BaseException) -> bool:
    """Whether SQL cannot be asked, or takes nothing, for a reason that passes."""
    if isinstance(error, PoolTimeout):
        return True
    if not isinstance(error, DBAPIError):
        return False
    if isinstance(error.orig, sqlite3.Error):
        return _sqlite_code(error) in _SQLITE_CODES
    return _mysql_code(error) in _MYSQL_CODES or any(
        text in str(error.orig) for text in _MYSQL_TEXTS
    )


def is_busy(error: DBAPIError) -> bool:
    """Whether another transaction was in the way: the whole of this one may be tried again."""
    return _sqlite_code(error) in _SQLITE_BUSY or _mysql_code(error) in _MYSQL_BUSY


def has_waited_for_sqlite(error: DBAPIError) -> bool:
    """Whether the file's lock was held by another process for as long as the driver waits."""
    return _sqlite_code(error) == sqlite3.SQLITE_BUSY


def _sqlite_code(error: DBAPIError) -> int | None:
    """SQLite's primary result code: the lower byte of what it calls the extended one."""
    code = getattr(error.orig, "sqlite_errorcode", None)
    return None if code is None else int(code) & 0xFF


def _mysql_code(error: DBAPIError) -> Any:
    return error.orig.args[0] if error.orig is not None and error.orig.args else None


def is_passing(error: BaseException) -> bool:
    """Whether a store is away, full or refuses: no fault of who asked, and another try helps."""
    return (
        isinstance(error, Unavailable | RedisError)
        or is_out_of_reach(error)
        or (isinstance(error, OSError) and error.errno in DISK_ERRNOS)
    )


def reason_of(error: BaseException) -> str:
    """One line for the log, from the error that came first; nothing that somebody typed."""
    while error.__cause__ is not None and isinstance(error, Unavailable):
        error = error.__cause__
    if isinstance(error, Unavailable):
        return error.reason or "a store that is needed is out of reach"
    if isinstance(error, PoolTimeout):
        return "every connection to the database is in use"
    if isinstance(error, DBAPIError):
        error = error.orig or error
    text = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
    return f"{type(error).__name__}: {text}"[:REASON_LENGTH]


def is_of_store(error: BaseException) -> bool:
    """Whether a page could not be drawn because a store failed, whatever the failure."""
    return is_passing(error) or isinstance(error, OperationalError)


class Outage:
    """Says that something waits, once a minute per kind of error; and that it goes on, once.

    By kind, because the words of an error name the command or the key that met it.
    """

    def __init__(self, event: str, **fields: Any) -> None:
        self._event = event
        self._fields = fields
        self._again_at: dict[str, float] = {}

    def note(self, error: BaseException) -> None:
        reason, now = reason_of(error), time.monotonic()
        kind = reason.partition(":")[0]
        if now >= self._again_at.get(kind, 0.0):
            log.warning(self._event, reason=reason, **self._fields)
            self._again_at[kind] = now + REPEATED_AFTER_S

    def over(self) -> None:
        if self._again_at:
            log.info(f"{self._event}_no_more", **self._fields)
        self._again_at = {}


class Bounded:
    """One line for each thing that happens, but so many a second; the next line says how many not.

    What goes wrong for everybody would fill the disk that is full already.
    """

    def __init__(self, event: str) -> None:
        self._event = event
        self._second = 0
        self._told = 0
        self._left_out = 0

    def log(self, **fields: Any) -> None:
        second = int(time.monotonic())
        if second != self._second:
            self._second, self._told = second, 0
        self._told += 1
        if self._told > LINES_PER_S:
            self._left_out += 1
            return
        if self._left_out:
            fields["left_out"] = self._left_out
        log.warning(self._event, **fields)
        self._left_out = 0
