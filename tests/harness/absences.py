"""Stores of the test's own application that are taken away for a while."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import event

from pigeon.extensions import db

PATIENCE_S = 0.02


@contextmanager
def without_database() -> Iterator[None]:
    """A folder lies where SQLite's file was."""
    path = Path(str(db.engine.url.database))
    db.session.remove()
    db.engine.dispose()
    away = path.with_name("away.sqlite3")
    path.rename(away)
    path.mkdir()
    try:
        yield
    finally:
        db.session.remove()
        db.engine.dispose()
        path.rmdir()
        away.rename(path)


@contextmanager
def locked_database() -> Iterator[None]:
    """Somebody else writes to SQLite's file for long; our patience is short."""

    def hurry(_connection: Any, record: Any, _fairy: Any) -> None:
        record.info["patience_s"] = PATIENCE_S

    db.session.remove()
    event.listen(db.engine, "checkout", hurry)
    try:
        with closing(sqlite3.connect(str(db.engine.url.database))) as other:
            other.execute("BEGIN IMMEDIATE")
            yield
    finally:
        event.remove(db.engine, "checkout", hurry)
        db.session.remove()
        db.engine.dispose()
