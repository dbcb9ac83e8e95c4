"""The clock of the database, which says when a story is shown and when it ends."""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import text

from pigeon.extensions import db
from pigeon.services.statements import is_sqlite

_SQLITE = text("SELECT strftime('%Y-%m-%d %H:%M:%f', 'now')")
_MARIADB = text("SELECT UTC_TIMESTAMP(6)")


def database_now() -> datetime:
    """Now, as the database says; SQLite counts milliseconds, MariaDB microseconds."""
    if is_sqlite():
        return datetime.fromisoformat(str(db.session.scalar(_SQLITE))).replace(tzinfo=UTC)
    found = db.session.scalar(_MARIADB)
    return datetime.fromisoformat(str(found)).replace(tzinfo=UTC)
