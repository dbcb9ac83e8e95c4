"""The clock of the database, which says when a story is shown and when it ends."""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import Connection, text

from pigeon.extensions import db

_SQLITE = text("SELECT strftime('%Y-%m-%d %H:%M:%f', 'now')")
_MARIADB = text("SELECT UTC_TIMESTAMP(6)")


def database_now(connection: Connection | None = None) -> datetime:
    """Now, as the database says; SQLite counts milliseconds, MariaDB microseconds.

    Asked on the session's own connection, when no other one is named.
    """
    if connection is None:
        connection = db.session.connection()
    question = _SQLITE if connection.dialect.name == "sqlite" else _MARIADB
    return datetime.fromisoformat(str(connection.scalar(question))).replace(tzinfo=UTC)
