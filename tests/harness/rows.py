"""Plain SQL for checks that must not trust the models."""

from __future__ import annotations

from typing import Any

from sqlalchemy import text


def rows_of(statement: str) -> list[Any]:
    """Rows as they are now."""
    from pigeon.extensions import db

    db.session.rollback()
    return list(db.session.execute(text(statement)))
