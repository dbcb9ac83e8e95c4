"""Fills every table of any schema with awkward rows, by what the database itself says of it.

Nothing here knows today's models: a schema of an older release is filled as it was.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Column, Connection, MetaData, String, Table, Text, types

ROWS = 5
LONG_TEXT = 100_000
TYPED = ("가나다 라마바사", "👩‍👩‍👧‍👦🏳️‍🌈 ", "'; -- %s \\ \"\n\t", "e\u0301 \u200f\u202e שלום ")
TIMES = (
    datetime(1970, 1, 1, 0, 0, 1),
    datetime(2026, 2, 28, 23, 59, 59, 999_999),
    datetime(9999, 12, 31, 23, 59, 59, 999_999),
)
ENDS = {
    ("users", "role"): ("user", "admin"),
    ("users", "state"): ("active", "deleted"),
    ("users", "theme"): ("system", "dark"),
    ("users", "language"): ("ko", "en"),
    ("users", "messages_from"): ("everyone", "nobody"),
    ("posts", "state"): ("processing", "failed"),
    ("media", "state"): ("processing", "failed"),
    ("media", "kind"): ("post", "avatar"),
    ("mailed_tokens", "kind"): ("signup", "email"),
    ("outbox", "state"): ("ready", "dead"),
    ("sessions", "kind"): ("web", "token"),
    ("publications", "delivery"): ("push", "pull"),
    ("notifications", "state"): ("shown", "withdrawn"),
    ("idempotency_keys", "made"): ("post", "comment"),
}
"""The first and the last word of what is stored as a word, in every release that had it."""


def fill(connection: Connection) -> None:
    """`ROWS` rows in every table: first as little as it takes, then as much as fits.

    They take the place of rows that a migration has put there itself.
    """
    for table in reflected(connection).sorted_tables:
        connection.execute(table.delete())
        for number in range(ROWS):
            connection.execute(table.insert(), _row(table, number))


def reflected(connection: Connection) -> MetaData:
    """The tables as the database has them now, without alembic's own."""
    metadata = MetaData()
    metadata.reflect(connection, only=lambda name, _: name != "alembic_version")
    return metadata


def contents(connection: Connection) -> dict[str, list[dict[str, Any]]]:
    """Every row of every table, in the order of the primary keys."""
    tables = reflected(connection).sorted_tables
    return {
        table.name: [
            dict(row)
            for row in connection.execute(table.select().order_by(*table.primary_key)).mappings()
        ]
        for table in tables
    }


def _row(table: Table, number: int) -> dict[str, Any]:
    links = [column for column in table.columns if column.foreign_keys]
    return {
        column.name: _link(column, number, links.index(column))
        if column.foreign_keys
        else _value(column, number)
        for column in table.columns
    }


def _link(column: Column[Any], number: int, place: int) -> int | None:
    """To another row for each row and column, or pairs were not unique; at home to an earlier."""
    if column.nullable and number == 0:
        return None
    (key,) = column.foreign_keys
    if key.column.table is column.table:
        return _id(number - 1)
    return _id((number + place) % ROWS)


def _value(column: Column[Any], number: int) -> Any:
    if column.nullable and number == 0:
        return None
    if column.primary_key and isinstance(column.type, types.Integer):
        return _id(number)
    if isinstance(column.type, types.DateTime):
        return TIMES[number % len(TIMES)]
    if isinstance(column.type, String):
        return _words(column, column.type, number)
    return _figure(column, number)


def _id(number: int) -> int:
    """With a gap behind each, and the last beyond 32 bits."""
    return 2**40 if number == ROWS - 1 else 3 * number + 1


def _words(column: Column[Any], type_: String, number: int) -> str:
    if ends := ENDS.get((column.table.name, column.name)):
        return ends[number % 2]
    if number == 0:
        return ""
    room = LONG_TEXT if isinstance(type_, Text) or not type_.length else type_.length
    return (str(number) + TYPED[number - 1] * room)[:room]


def _figure(column: Column[Any], number: int) -> int:
    if column.type.python_type is bool or _is_tiny(column):
        return number % 2
    largest = 2**63 - 1 if isinstance(column.type, types.BigInteger) else 2**31 - 1
    return (0, 1, -1, largest, -largest)[number]


def _is_tiny(column: Column[Any]) -> bool:
    """MariaDB's boolean."""
    return type(column.type).__name__ == "TINYINT"
