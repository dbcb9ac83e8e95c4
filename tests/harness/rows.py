"""Plain SQL for checks that must not trust the models."""

from __future__ import annotations

from typing import Any

from sqlalchemy import func, select, text

from pigeon.extensions import db


def rows_of(statement: str) -> list[Any]:
    """Rows as they are now."""
    db.session.rollback()
    return list(db.session.execute(text(statement)))


def count(model: Any) -> int:
    """How many rows there are now."""
    db.session.rollback()
    return db.session.scalar(select(func.count()).select_from(model)) or 0
