"""SQL with thousands of numbers in it, written out: as parameters they would cost more than SQL.

What is not a number or a name of ours goes through `quoted`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import islice
from typing import Any

from sqlalchemy import literal

from pigeon.extensions import db

ROWS_AT_ONCE = 5_000
"""Well below what a statement may weigh: a megabyte in SQLite."""


def run(statement: str) -> Any:
    """Its result, in the transaction that is open."""
    return db.session.connection().exec_driver_sql(statement)


def insert(
    model: Any, columns: Sequence[str], rows: Iterable[str], *, ignoring: bool = False
) -> None:
    """Insert rows given as `(1,2,'text')`; ignoring, those are left out whose key is there."""
    head = "INSERT"
    if ignoring:
        head = "INSERT OR IGNORE" if is_sqlite() else "INSERT IGNORE"
    quote = db.engine.dialect.identifier_preparer.quote
    names = ",".join(map(quote, columns))
    rest = iter(rows)
    while some := ",".join(islice(rest, ROWS_AT_ONCE)):
        run(f"{head} INTO {model.__tablename__} ({names}) VALUES {some}")


def listed(numbers: Iterable[int]) -> str:
    """For `IN (…)`."""
    return ",".join(f"{number:d}" for number in numbers)


def quoted(text: str) -> str:
    """A literal of this database."""
    inline = {"literal_binds": True}
    return str(literal(text).compile(dialect=db.engine.dialect, compile_kwargs=inline))


def is_sqlite() -> bool:
    return bool(db.engine.dialect.name == "sqlite")
