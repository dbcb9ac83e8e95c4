"""What the connections of an SQL engine are like: how they are opened, begin, wait and end."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable
from typing import Any

import pymysql
from pymysql.constants import SERVER_STATUS
from sqlalchemy import create_engine, event
from sqlalchemy.engine import Connection, Engine, Row

REST_S = 1.0
BUSY_PAUSE_S = 0.005
"""Between two looks whether SQLite's one writer is done."""
ASIDE_MS = 50
"""So long SQLite waits by itself in a process of gevent, which stands still meanwhile."""
TRUSTED_S = 0.5
"""A connection on which something was said so lately is not asked whether it is still there."""


class Prepared:
    """A query compiled once for each database: SQLAlchemy takes longer over it than the server."""

    def __init__(self, query: Any) -> None:
        self._query = query
        self._compiled: dict[str, Any] = {}

    def first(self, sql: Connection, **values: Any) -> Row[Any] | None:
        """The first row for these parameters."""
        name = sql.dialect.name
        if name not in self._compiled:
            self._compiled[name] = self._query.compile(dialect=sql.dialect)
        compiled = self._compiled[name]
        given = compiled.params | values
        if compiled.positional:  # so SQLite's driver wants them, PyMySQL by their names
            given = tuple(given[one] for one in compiled.positiontup)
        return sql.exec_driver_sql(compiled.string, given).first()


# -- MariaDB ---------------------------------------------------------------------------------------


class SparingConnection(pymysql.connections.Connection):  # type: ignore[misc]
    """Makes no trip whose answer is known: each would cost a message as much as storing it.

    SQLAlchemy asks before each use whether the server is there, and rolls back after each, also
    after a commit.
    """

    _said_at = 0.0

    def ping(self, *arguments: Any) -> None:
        if time.monotonic() - self._said_at > TRUSTED_S or not self.open:
            super().ping(*arguments)

    def commit(self) -> None:
        if self._may_be_in_transaction:
            super().commit()

    def rollback(self) -> None:
        if self._may_be_in_transaction:
            super().rollback()

    @property
    def _may_be_in_transaction(self) -> bool:
        return bool(self.server_status & SERVER_STATUS.SERVER_STATUS_IN_TRANS) or not self.open

    def _execute_command(self, command: int, sql: Any) -> None:
        """Until the server says otherwise: an error, or rows, come without its status."""
        self.server_status |= SERVER_STATUS.SERVER_STATUS_IN_TRANS
        self._said_at = time.monotonic()
        super()._execute_command(command, sql)


def spare_trips(engine: Engine) -> None:
    """Let connections to MariaDB be such that make no trip in vain."""

    @event.listens_for(engine, "do_connect")
    def _connect(_dialect: Any, _record: Any, args: Any, options: Any) -> Any:
        return SparingConnection(*args, **options)


def bare(engine: Engine, options: dict[str, Any]) -> Engine:
    """The same database, for statements each of which is a whole transaction.

    To MariaDB with connections of its own, on which nothing begins or ends beside them.
    """
    if engine.dialect.name == "sqlite":
        return engine
    own = {"isolation_level": "AUTOCOMMIT", "skip_autocommit_rollback": True}
    return create_engine(engine.url, **options | own)


def rest_after_failures(engine: Engine) -> None:
    """After a server could not be reached nobody tries for as long as that took, at least a second.

    A server that hangs costs who meets it first seconds; everybody behind it gets the same error
    at once. Connections are as `spare_trips` makes them.
    """
    failure: tuple[Any, ...] = ()
    rests_until = 0.0

    @event.listens_for(engine, "do_connect")
    def _connect(dialect: Any, _record: Any, args: Any, options: Any) -> Any:
        nonlocal failure, rests_until
        began = time.monotonic()
        if began < rests_until:
            raise dialect.loaded_dbapi.OperationalError(*failure)
        try:
            return SparingConnection(*args, **options)
        except dialect.loaded_dbapi.OperationalError as error:
            now = time.monotonic()
            failure, rests_until = error.args, now + max(REST_S, now - began)
            raise


# -- SQLite ----------------------------------------------------------------------------------------


class AsideConnection(sqlite3.Connection):
    """Stores in a thread of gevent's pool: the flush to the disk would hold up every socket."""

    def commit(self) -> None:
        import gevent  # which only a process of sockets has

        refusal = gevent.get_hub().threadpool.apply(_error_of, (super().commit,))
        if refusal is not None:
            raise refusal


def _error_of(call: Callable[[], None]) -> sqlite3.Error | None:
    """As an answer: what is raised in a thread of the pool is printed, whoever expects it."""
    try:
        call()
    except sqlite3.Error as error:
        return error
    return None


def bind_sqlite(engine: Engine, *, flush: bool, patience_s: float, waits_aside: bool) -> None:
    """WAL, and transactions that say at their beginning whether they will write.

    The driver's own mode begins late and loses updates; a read that turns into a write fails
    at once whatever the busy timeout, so a unit of work begins IMMEDIATE. `waits_aside` is for a
    process of gevent: neither a flush nor a lock may hold up what else it does.
    """
    wait_ms = ASIDE_MS if waits_aside else int(patience_s * 1_000)

    @event.listens_for(engine, "do_connect")
    def _connect(dialect: Any, _record: Any, args: Any, options: Any) -> Any:
        kind = {"factory": AsideConnection} if waits_aside else {}
        return dialect.connect(*args, **options | kind)

    @event.listens_for(engine, "connect")
    def _connected(connection: Any, record: Any) -> None:
        record.info["patience_s"] = patience_s
        connection.isolation_level = None
        for pragma in (
            "journal_mode=WAL",
            f"synchronous={'FULL' if flush else 'OFF'}",
            "foreign_keys=ON",
            f"busy_timeout={wait_ms}",
        ):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def _began(connection: Connection) -> None:
        if connection.get_execution_options().get("write", False):
            _begin_to_write(connection, wait_ms)
        else:
            connection.exec_driver_sql("BEGIN")


def _begin_to_write(connection: Connection, wait_ms: int) -> None:
    """Wait for who writes, but here and not in SQLite.

    Its own wait would hold up the whole process of gevent, pages and sockets of everybody.
    """
    raw: Any = connection.connection.dbapi_connection
    until = time.monotonic() + connection.info["patience_s"]
    raw.execute("PRAGMA busy_timeout=0")
    try:
        while (code := _refusal(raw)) == sqlite3.SQLITE_BUSY and time.monotonic() < until:
            time.sleep(BUSY_PAUSE_S)
        if code is not None:
            connection.exec_driver_sql("BEGIN IMMEDIATE")  # the same error, in SQLAlchemy's words
    finally:
        raw.execute(f"PRAGMA busy_timeout={wait_ms}")


def _refusal(raw: Any) -> int | None:
    """Asks the driver: an error of SQLAlchemy's would cost more than a whole transaction."""
    try:
        raw.execute("BEGIN IMMEDIATE")
    except sqlite3.OperationalError as error:
        return error.sqlite_errorcode & 0xFF
    return None
