"""A kind of write-back whose value is 0 or 1: a row per (target, actor), counted at the target."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property, lru_cache
from typing import Any, ClassVar

from sqlalchemy import select
from sqlalchemy.orm import InstrumentedAttribute

from pigeon.cache import trips
from pigeon.cache.counters import Counters
from pigeon.cache.flags import Flags
from pigeon.cache.keys import Family
from pigeon.cache.trips import Read, then
from pigeon.cache.write_back_entries import Entry
from pigeon.domain.events import Event
from pigeon.domain.users import WITHDRAWN
from pigeon.extensions import db
from pigeon.services.statements import insert, is_sqlite, listed, run
from pigeon.unit_of_work import UnitOfWork

Pair = tuple[int, int]
"""(target, actor)."""


@dataclass(frozen=True, kw_only=True)
class Pairs:
    """`row` has a row per pair; `counter`, a column of the model `holder`, says how many there are.

    Whoever inserts or deletes a row holds the lock of its target's row, so nobody counts what
    another one is changing. `changed` makes the event of a transaction that inserted or deleted
    rows. `shown` makes the event of targets that are settled; it is also told of a target whose
    rows are as before, because whoever watches it may have seen a pending value in between.
    """

    name: str
    is_counted: ClassVar[bool] = True
    row: Any
    target: InstrumentedAttribute[int]
    actor: InstrumentedAttribute[int]
    holder: Any
    counter: InstrumentedAttribute[int]
    counted: tuple[Counters, str]
    answers: Family
    changed: Callable[[str, list[Pair]], Event]
    evict_lists: Callable[[Iterable[int]], None]
    shown: Callable[[str, list[int]], Event]
    alive: str = "1 = 1"
    """Which rows of `holder` can still be changed, as a condition in SQL."""

    @cached_property
    def flags(self) -> Flags:
        """Everybody's own answers, in the family `answers`."""
        return Flags(self.answers, self.name, newest=self.newest, among=self.among)

    # -- storing -------------------------------------------------------------------------------

    def store(self, uow: UnitOfWork, wanted: list[Entry[int]]) -> None:
        """Bring rows and counters to the wanted values; pairs that are so already are left."""
        targets = self._lock({entry.target for entry in wanted})
        actors = _active({entry.actor for entry in wanted})
        stored = self._stored([(entry.target, entry.actor) for entry in wanted])
        new = [
            entry
            for entry in wanted
            if entry.value and entry.target in targets and entry.actor in actors
            if (entry.target, entry.actor) not in stored
        ]
        gone = [
            pair
            for entry in wanted
            if not entry.value and entry.target in targets
            if (pair := (entry.target, entry.actor)) in stored
        ]
        self._insert(new)
        self._delete([stored[pair] for pair in gone])
        changes = [(entry.target, entry.actor) for entry in new], gone
        self._count(*changes)
        if new or gone:
            uow.record(self.changed(self.name, changes[0] + changes[1]))

    def _lock(self, ids: set[int]) -> set[int]:
        """Those targets that still exist, locked."""
        return _locked(self.holder.__tablename__, ids, self.alive, "FOR UPDATE")

    def _stored(self, pairs: list[Pair]) -> dict[Pair, int]:
        """Row ids by pair: a join with the pairs, for a list of tuples is no range to MariaDB."""
        target, actor = self.target.key, self.actor.key
        wanted = ",".join(f"({int(t)},{int(a)})" for t, a in pairs)
        join = "CROSS JOIN" if is_sqlite() else "STRAIGHT_JOIN"
        rows = run(
            f"WITH wanted (target, actor) AS (VALUES {wanted})"
            f" SELECT l.{target}, l.{actor}, l.id FROM wanted {join} {self.row.__tablename__} l"
            f" ON l.{target} = wanted.target AND l.{actor} = wanted.actor"
        )
        return {(row[0], row[1]): row[2] for row in rows}

    def _insert(self, new: list[Entry[int]]) -> None:
        if new:
            columns = (self.target.key, self.actor.key, "created_at")
            rows = (f"({entry.target:d},{entry.actor:d},'{_moment(entry)}')" for entry in new)
            insert(self.row, columns, rows)

    def _delete(self, ids: list[int]) -> None:
        if ids:
            run(f"DELETE FROM {self.row.__tablename__} WHERE id IN ({listed(ids)})")

    def _count(self, new: list[Pair], gone: list[Pair]) -> None:
        """Move the counters by what changed: one statement for all targets."""
        changes: Counter[int] = Counter(target for target, _ in new)
        changes.subtract(target for target, _ in gone)
        by_change: dict[int, list[int]] = {}
        for target, change in changes.items():
            if change:
                by_change.setdefault(change, []).append(target)
        if by_change:
            cases = (f"WHEN id IN ({listed(ids)}) THEN {n:d}" for n, ids in by_change.items())
            moved = listed(target for ids in by_change.values() for target in ids)
            table, counter = self.holder.__tablename__, self.counter.key
            value = f"{counter} + CASE {' '.join(cases)} ELSE 0 END"
            run(f"UPDATE {table} SET {counter} = {value} WHERE id IN ({moved})")

    # -- showing -------------------------------------------------------------------------------

    def show(self, wanted: list[Entry[int]]) -> dict[int, int]:
        """Write exact counts and everybody's own answers through to the caches; the counts."""
        counters, field = self.counted
        exact = self._exact({entry.target for entry in wanted})
        counters.store(field, exact)
        self.flags.store((entry.actor, entry.target, entry.value) for entry in wanted)
        self.evict_lists(dict.fromkeys(entry.target for entry in wanted))
        return exact

    def evict(self, wanted: list[Entry[int]]) -> None:
        """Let the caches forget these pairs: whoever reads next asks SQL."""
        self.drop([entry.target for entry in wanted], [entry.actor for entry in wanted])

    def drop(self, targets: Iterable[int], actors: Iterable[int]) -> None:
        """Forget counts and answers; Unavailable when the cache cannot be told."""
        counters, _ = self.counted
        ids = list(dict.fromkeys(targets))
        counters.evict(*ids)
        self.flags.evict(*dict.fromkeys(actors))
        self.evict_lists(ids)

    def announce(self, wanted: list[Entry[int]]) -> Event:
        return self.shown(self.name, list(dict.fromkeys(entry.target for entry in wanted)))

    def _exact(self, ids: set[int]) -> dict[int, int]:
        db.session.rollback()
        table, counter = self.holder.__tablename__, self.counter.key
        rows = run(f"SELECT id, {counter} FROM {table} WHERE id IN ({listed(ids)})")
        return {row[0]: row[1] for row in rows}

    # -- looking up ----------------------------------------------------------------------------

    def look(self, actor: int, target: int) -> tuple[int, int]:
        """The pair's value and the target's count as they are stored now: caches, else SQL."""
        return trips.one(self.read(actor, target))

    def read(self, actor: int, target: int) -> Read[tuple[int, int]]:
        """As `look`, in a trip with others that is made at once.

        A snapshot of SQL that the request began with is ended: the journal may have told this
        process of a flush since.
        """
        db.session.rollback()
        counters, _ = self.counted
        asked = trips.both(self.flags.read(actor, [target]), counters.read([target]))
        return then(asked, lambda both: (len(both[0]), self._counted(both[1], target)))

    def count(self, target: int) -> int:
        """What is stored, 0 for what does not exist."""
        return self._counted(self.counted[0].many([target]), target)

    def _counted(self, found: dict[int, tuple[int, ...]], target: int) -> int:
        counters, field = self.counted
        return found[target][counters.fields.index(field)] if target in found else 0

    def newest(self, actor: int, count: int) -> list[int]:
        """The highest targets of a person."""
        query = select(self.target).where(self.actor == actor)
        return list(db.session.scalars(query.order_by(self.target.desc()).limit(count)))

    def among(self, actor: int, ids: Sequence[int]) -> set[int]:
        query = select(self.target).where(self.actor == actor, self.target.in_(ids))
        return set(db.session.scalars(query))

    def erase_some(self, actor: int, count: int) -> list[int]:
        """In a unit of work: remove some rows of a person who left; their targets, [] when none."""
        targets = self.newest(actor, count)
        if not targets:
            return []
        self._lock(set(targets))
        stored = self._stored([(target, actor) for target in targets])
        self._delete(list(stored.values()))
        self._count([], list(stored))
        return targets


def _active(ids: set[int]) -> set[int]:
    """Locked until the commit: who leaves waits for us, and what erases them finds our rows."""
    return _locked("users", ids, f"state <> '{WITHDRAWN}'", "LOCK IN SHARE MODE")


def _locked(table: str, ids: set[int], condition: str, lock: str) -> set[int]:
    """Those rows for which it holds, locked in the order of their ids.

    As a rule these are all, and to count them is cheaper than to name them.
    """
    chosen = f"FROM {table} WHERE id IN ({listed(sorted(ids))}) AND {condition}"
    lock = "" if is_sqlite() else lock
    (found,) = run(f"SELECT COUNT(*) {chosen} {lock}").one()
    if found == len(ids):
        return ids
    return {row[0] for row in run(f"SELECT id {chosen} ORDER BY id {lock}")}


def _moment(entry: Entry[int]) -> str:
    seconds, milliseconds = divmod(entry.at_ms, 1_000)
    return f"{_second(seconds)}.{milliseconds:03d}000"


@lru_cache(maxsize=64)
def _second(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%d %H:%M:%S")
