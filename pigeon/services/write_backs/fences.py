"""Rows in SQL that say what is stored: they change in the transaction that stores it.

The row of a journal says up to which position its entries are stored. A parked batch has a row as
long as its entries count, that is, are to be stored: its position is that of the flush that passed
them over, and `STORED` once they are in SQL.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.exc import IntegrityError

from pigeon.cache.write_back import START
from pigeon.extensions import db
from pigeon.models import WriteBackJournal
from pigeon.unit_of_work import unit_of_work

STORED = START


class Overtaken(Exception):
    """Another flusher moved the position: nothing of this one's transaction stands."""


def position(journal: str) -> str:
    """How far a journal is stored now, in a snapshot that begins here."""
    db.session.rollback()
    query = select(WriteBackJournal.position).where(WriteBackJournal.journal == journal)
    return db.session.scalar(query) or _begin(journal)


def _begin(journal: str) -> str:
    try:
        with unit_of_work():
            db.session.add(WriteBackJournal(journal=journal, position=START))
    except IntegrityError:  # another flusher began it
        return position(journal)
    return START


def move(journal: str, before: str, after: str) -> None:
    """In a unit of work: Overtaken unless the journal is stored as far as `before`."""
    statement = (
        update(WriteBackJournal)
        .where(WriteBackJournal.journal == journal, WriteBackJournal.position == before)
        .values(position=after)
    )
    _expect(1, statement)


def add_batches(batches: Iterable[str], upto: str) -> None:
    """In a unit of work: these parked batches count."""
    db.session.add_all(WriteBackJournal(journal=batch, position=upto) for batch in batches)


def of_batches(batches: Iterable[str]) -> dict[str, bool]:
    """Whether each batch is stored in SQL; batches that do not count are left out."""
    query = select(WriteBackJournal.journal, WriteBackJournal.position)
    rows = db.session.execute(query.where(WriteBackJournal.journal.in_(list(batches))))
    return {batch: found == STORED for batch, found in rows}


def mark_stored(batches: list[str]) -> None:
    """In a unit of work: Overtaken unless all of them count and are not stored yet."""
    statement = (
        update(WriteBackJournal)
        .where(WriteBackJournal.journal.in_(batches), WriteBackJournal.position != STORED)
        .values(position=STORED)
    )
    _expect(len(batches), statement)


def remove_batches(batches: Iterable[str]) -> None:
    """What is parked in them does not count any more."""
    with unit_of_work():
        db.session.execute(
            delete(WriteBackJournal).where(WriteBackJournal.journal.in_(list(batches)))
        )


def _expect(count: int, statement: Any) -> None:
    moved: Any = db.session.execute(statement)
    if moved.rowcount != count:
        raise Overtaken
