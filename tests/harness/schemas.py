"""What a database's schema is, and what of it a migration took from the release before."""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Column, Engine, MetaData, Table, event


def contractions(before: MetaData, after: MetaData) -> Iterator[str]:
    """One sentence for each thing that the release before had or might do, and can no longer."""
    for old in before.sorted_tables:
        new = after.tables.get(old.name)
        if new is None:
            yield f"{old.name} is gone"
            continue
        yield from _columns_taken(old, new)
        yield from _columns_demanded(old, new)
        yield from _rules_added(old, new)


def _columns_taken(old: Table, new: Table) -> Iterator[str]:
    for column in old.columns:
        found = new.columns.get(column.name)
        if found is None:
            yield f"{column} is gone"
        elif column.nullable and not found.nullable:
            yield f"{column} no longer takes NULL"
        elif column.server_default is not None and found.server_default is None:
            yield f"{column} has no default any more"
        elif not _holds(found.type, column.type):
            yield f"{column} was {column.type} and is {found.type}"


def _columns_demanded(old: Table, new: Table) -> Iterator[str]:
    for column in new.columns:
        if column.name not in old.columns and not may_be_left_out(column):
            yield f"{column} is new, without a default, and not null"


def may_be_left_out(column: Column[Any]) -> bool:
    """Whether who does not know the column can insert a row."""
    return bool(column.nullable) or column.server_default is not None


def _rules_added(old: Table, new: Table) -> Iterator[str]:
    for rule in sorted(_rules(new) - _rules(old)):
        columns = rule[1]
        if all(name in old.columns for name in columns):
            yield f"{new.name} has a new rule: {rule[0]} ({', '.join(columns)})"


def _rules(table: Table) -> set[tuple[str, tuple[str, ...]]]:
    """What refuses rows: the columns of unique indexes and constraints, foreign keys and checks."""
    found = {
        (type(rule).__name__, tuple(column.name for column in rule.columns))
        for rule in table.constraints
        if type(rule).__name__ in ("UniqueConstraint", "ForeignKeyConstraint", "CheckConstraint")
    }
    unique = (index for index in table.indexes if index.unique)
    return found | {("UniqueConstraint", tuple(c.name for c in index.columns)) for index in unique}


WIDER = (
    ("TINYINT", "BOOLEAN", "SMALLINT", "INTEGER", "BIGINT"),
    ("CHAR", "VARCHAR", "TEXT", "MEDIUMTEXT", "LONGTEXT"),
)
"""Kinds of types, each of which holds what those before it hold."""


def _holds(new: Any, old: Any) -> bool:
    """Whether every value of the old type fits the new one: the same kind, and no less room."""
    return _is_as_wide(type(new).__name__, type(old).__name__) and not (
        _room(new) < _room(old) or (getattr(new, "fsp", 0) or 0) < (getattr(old, "fsp", 0) or 0)
    )


def _is_as_wide(new: str, old: str) -> bool:
    kinds = (kind for kind in WIDER if old in kind and new in kind)
    return new == old or any(kind.index(new) >= kind.index(old) for kind in kinds)


def _room(type_: Any) -> float:
    length: int | None = getattr(type_, "length", None)
    return length or math.inf


@contextmanager
def tables_dropped(engine: Engine) -> Iterator[list[str]]:
    """The statements that drop a table: on SQLite, how a table is made anew, which empties others.

    `DROP TABLE` deletes its rows first, and each takes along what refers to it with CASCADE.
    """
    found: list[str] = []

    def hear(_c: Any, _u: Any, statement: str, *_rest: Any) -> None:
        if statement.strip().upper().startswith("DROP TABLE"):
            found.append(" ".join(statement.split()))

    event.listen(engine, "before_cursor_execute", hear)
    try:
        yield found
    finally:
        event.remove(engine, "before_cursor_execute", hear)
