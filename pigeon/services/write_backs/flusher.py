"""Write-back: acknowledged in the journal, stored in SQL by one flusher, oldest first.

A kind says how its pairs are stored and which caches show them; nothing here knows what it means.
Every step may be repeated: what the fence in SQL says is stored is only settled again.
"""

from __future__ import annotations

import time
from collections import defaultdict
from dataclasses import dataclass
from typing import Protocol

import structlog
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from pigeon.cache import write_back
from pigeon.cache.write_back import START, Entry, padded
from pigeon.crash_points import crash_point
from pigeon.domain.errors import Unavailable
from pigeon.domain.events import Event
from pigeon.extensions import db, settings, state
from pigeon.models import WriteBackJournal
from pigeon.unit_of_work import UnitOfWork, publish, retried, unit_of_work

log = structlog.get_logger()
FLUSHED_AT_ONCE = 2_000
DRAIN_S = 30.0
IDLE_S = 0.05
FLUSH_NOW = 1_000
"""So many waiting entries are flushed without waiting for the time to come."""


class Kind(Protocol):
    """What is written back: how it is stored, and where it is shown."""

    @property
    def name(self) -> str: ...

    def store(self, uow: UnitOfWork, wanted: list[Entry]) -> None:
        """Bring the rows to these values, one entry per pair, in the order of the journal."""

    def settle(self, wanted: list[Entry]) -> dict[int, int]:
        """Let every cache that shows these pairs say what SQL says; repeatable.

        Answers what SQL counts by target.
        """

    def evict(self, wanted: list[Entry]) -> None:
        """As `settle`, for who may not have the last word: caches forget these pairs."""

    def announce(self, wanted: list[Entry]) -> Event:
        """What is told to who looks, once every cache says it."""


@dataclass(frozen=True, kw_only=True)
class Status:
    """`waiting` pairs per kind, journal entries, and the age of the oldest of them."""

    waiting: dict[str, int]
    entries: int
    oldest_s: float


class Overtaken(Exception):
    """Another flusher moved the position: nothing of this one's transaction stands."""


kinds: dict[str, Kind] = {}
_drained: set[str] = set()
_idle_at: dict[str, str] = {}
"""The newest entry when nothing waited: as long as it is that, SQL need not be asked."""


def register(kind: Kind) -> None:
    kinds[kind.name] = kind


def reset() -> None:
    """For tests that empty the stores under a living process."""
    _drained.clear()
    _idle_at.clear()


def flush() -> int:
    """Store the oldest waiting entries; how many, 0 when nothing waits. Unavailable, Overtaken."""
    waiting = write_back.backlog()
    if waiting.length == 0 and waiting.newest == _idle_at.get(state.url, START):
        return 0
    journal = write_back.journal_id()
    position = _position(journal)
    if waiting.newest != START and padded(waiting.newest) < padded(position):
        write_back.keep_ahead(position)  # Redis came back without its last second
    may_forget = _settle_left(journal, position)
    entries = write_back.read_after(position, FLUSHED_AT_ONCE)
    crash_point("flush.read")
    if not entries:
        _idle_at[state.url] = waiting.newest
        return 0
    upto = entries[-1].position
    folded = fold(entries)
    _store(journal, position, upto, folded)
    crash_point("flush.committed")
    _settle(journal, folded, upto, may_forget=may_forget)
    return len(entries)


def fold(entries: list[Entry]) -> dict[str, list[Entry]]:
    """By kind, the last entry of each pair, in the order of the journal."""
    last: dict[tuple[str, int, int], Entry] = {}
    for entry in entries:
        pair = (entry.kind, entry.actor, entry.target)
        last.pop(pair, None)  # a pair's place is that of its last entry
        last[pair] = entry
    folded: dict[str, list[Entry]] = defaultdict(list)
    for entry in last.values():
        folded[entry.kind].append(entry)
    return folded


def _position(journal: str) -> str:
    db.session.rollback()
    query = select(WriteBackJournal.position).where(WriteBackJournal.journal == journal)
    return db.session.scalar(query) or _begin(journal)


def _begin(journal: str) -> str:
    try:
        with unit_of_work():
            db.session.add(WriteBackJournal(journal=journal, position=START))
    except IntegrityError:  # another flusher began it
        return _position(journal)
    return START


@retried
def _store(journal: str, position: str, upto: str, folded: dict[str, list[Entry]]) -> None:
    """One transaction: the fence moves, and every effect of the entries with it."""
    with unit_of_work() as uow:
        moved = db.session.execute(
            update(WriteBackJournal)
            .where(WriteBackJournal.journal == journal, WriteBackJournal.position == position)
            .values(position=upto)
        )
        if moved.rowcount != 1:  # type: ignore[attr-defined]
            raise Overtaken
        for name in sorted(folded, key=list(kinds).index):  # one order of locks for all flushers
            kinds[name].store(uow, folded[name])
        crash_point("flush.stored")


def _settle_left(journal: str, position: str) -> bool:
    """What is stored and not settled: its flusher died, or could not tell the caches.

    False as in `_settle`.
    """
    while left := write_back.read_through(position, FLUSHED_AT_ONCE):
        if not _settle(journal, fold(left), left[-1].position):
            return False
    return True


def _settle(
    journal: str, folded: dict[str, list[Entry]], upto: str, *, may_forget: bool = True
) -> bool:
    """What is stored is shown by every cache, then no longer pending, then told and forgotten.

    False when the caches are out of reach, so that everybody reads SQL: the entries stay, and
    the caches are told when they are back. Older ones that stay are why `may_forget` is False:
    whoever forgets one, forgets all before it.
    """
    if write_back.is_settled(upto):
        write_back.trim(upto)
        return True
    crash_point("flush.showing")
    counted = _show(journal, folded, upto)
    is_shown = counted is not None
    crash_point("flush.shown")
    for name, last in folded.items():
        write_back.clear(name, last, upto, (counted or {}).get(name))
    crash_point("flush.cleared")
    if is_shown and may_forget:
        for name, last in folded.items():
            publish(kinds[name].announce(last))
        write_back.trim(upto)
    return is_shown and may_forget


def _show(
    journal: str, folded: dict[str, list[Entry]], upto: str
) -> dict[str, dict[int, int]] | None:
    """What SQL counts as of `upto`, by kind, once every cache says it; None if one is out of reach.

    Should another flusher have stored more meanwhile, ours may be the older word: evicted, and
    nothing is said of counts.
    """
    try:
        counted = {name: kinds[name].settle(last) for name, last in folded.items()}
        if _position(journal) == upto:
            return counted
        for name, last in folded.items():
            kinds[name].evict(last)
    except Unavailable:
        log.warning("write_back_unshown", entries=sum(map(len, folded.values())))
        return None
    return {}


def write_through(entry: Entry) -> None:
    """The plain way (`WRITE_BACK=off`): the row is stored before the answer.

    Caches forget, for nothing orders the words of two writers; a job repeats it.
    """
    _store_one(entry)
    publish(kinds[entry.kind].announce([entry]))


@retried
def _store_one(entry: Entry) -> None:
    kind = kinds[entry.kind]
    with unit_of_work() as uow:
        kind.store(uow, [entry])
        uow.after_commit(lambda: kind.evict([entry]))


def drain_once() -> None:
    """Before the first plain write of a process: what an earlier run journalled comes first."""
    if state.url not in _drained:
        if not drain(within_s=DRAIN_S):
            raise Unavailable
        _drained.add(state.url)


# -- waiting for it ----------------------------------------------------------------------------


def drain(within_s: float) -> bool:
    """Flush what had been acknowledged when this began; False when time ran out."""
    until = time.monotonic() + within_s
    goal = padded(write_back.backlog().newest)
    while time.monotonic() < until:
        oldest = write_back.backlog().oldest
        if oldest is None or padded(oldest) > goal:
            return True
        try:
            flushed = flush()
        except Overtaken:
            continue
        if not flushed:
            if padded(_position(write_back.journal_id())) >= goal:
                return True  # all of it is stored; the caches are out of reach
            time.sleep(IDLE_S)
    return False


def is_due(since_s: float) -> bool:
    """Whether to flush now, `since_s` after the last time: by time, or because much waits."""
    if since_s >= settings().write_back_flush_s:
        return True
    return write_back.backlog().length >= FLUSH_NOW


def status() -> Status:
    """Unavailable when Redis cannot be asked."""
    found = write_back.backlog()
    oldest_s = time.time() - int(found.oldest.partition("-")[0]) / 1000 if found.oldest else 0.0
    return Status(
        waiting={name: write_back.pending(name) for name in kinds},
        entries=found.length,
        oldest_s=max(0.0, oldest_s),
    )


def find_status() -> Status | None:
    """As `status`; None when Redis cannot be asked."""
    try:
        return status()
    except Unavailable:
        return None


def checkpoint() -> bool:
    """Everything that was pending when it began is in SQL when it ends, hot pairs included."""
    began = time.monotonic()
    try:
        is_done = drain(within_s=settings().write_back_checkpoint_s)
    except Unavailable:
        is_done = False
    log.info("write_back_checkpoint", done=is_done, took_s=round(time.monotonic() - began, 2))
    return is_done
