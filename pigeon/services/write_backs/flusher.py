"""Write-back: acknowledged in the journal, stored in SQL by one flusher, oldest first.

An entry is pending from its acknowledgement on, then stored (in SQL, when the fence moves), then
settled: stored, and shown by every cache. Every step may be repeated: what the fence says is
stored is only settled again.
"""

from __future__ import annotations

import time
from dataclasses import dataclass

import structlog

from pigeon.cache import write_back, write_back_parked
from pigeon.cache.write_back import START, padded
from pigeon.cache.write_back_entries import AnyEntry
from pigeon.crash_points import crash_point
from pigeon.domain.errors import Unavailable
from pigeon.extensions import settings, state
from pigeon.services.write_backs import fences, kinds, parking
from pigeon.services.write_backs.fences import Overtaken
from pigeon.services.write_backs.kinds import KINDS, fold
from pigeon.unit_of_work import retried, unit_of_work

log = structlog.get_logger()
FLUSHED_AT_ONCE = 2_000
DRAIN_S = 30.0
IDLE_S = 0.05
FLUSH_NOW = 1_000
"""So many waiting entries are flushed without waiting for the time to come."""


@dataclass(frozen=True, kw_only=True)
class Status:
    """`waiting` pairs per kind, journal entries, and the age of the oldest of them.

    `parked` are entries, by kind, that wait for a release which can read them.
    """

    waiting: dict[str, int]
    entries: int
    oldest_s: float
    parked: dict[str, int]


_drained: set[str] = set()
_idle_at: dict[str, str] = {}
"""By Redis, the newest journal entry when nothing waited; SQL is only asked after a newer one."""


def reset() -> None:
    """For tests that empty the stores under a living process."""
    _drained.clear()
    _idle_at.clear()


def flush() -> int:
    """Store the oldest waiting entries; how many, 0 when nothing waits. Unavailable, Overtaken."""
    waiting = write_back.backlog()
    is_idle = waiting.length == 0 and waiting.newest == _idle_at.get(state.url, START)
    if is_idle and not parking.known_kinds():
        return 0
    journal = write_back.journal_id()
    position = fences.position(journal)
    if waiting.newest != START and padded(waiting.newest) < padded(position):
        write_back.keep_ahead(position)  # Redis came back without its last second
    parking.store_known(position)
    may_forget = _settle_left(journal, position)
    entries = write_back.read_after(position, FLUSHED_AT_ONCE)
    crash_point("flush.read")
    if not entries:
        _idle_at[state.url] = waiting.newest
        return 0
    upto = entries[-1].position
    known, unknown = kinds.split(entries)
    folded = fold(known)
    _store(journal, position, upto, folded, parking.park(unknown))
    crash_point("flush.committed")
    _settle(journal, folded, upto, may_forget=may_forget)
    return len(entries)


@retried
def _store(
    journal: str, position: str, upto: str, folded: dict[str, list[AnyEntry]], batches: list[str]
) -> None:
    """One transaction: the fence moves, and every effect of the entries with it.

    What was parked in `batches` is passed over, and counts as parked from then on.
    """
    with unit_of_work() as uow:
        fences.move(journal, position, upto)
        fences.add_batches(batches, upto)
        kinds.store(uow, folded)
        crash_point("flush.stored")


def _settle_left(journal: str, position: str) -> bool:
    """Settle entries that are stored only, because their flusher died or could not tell a cache.

    False as in `_settle`. Another release may have stored entries that this one cannot read. They
    are parked: that release stores them once more, which changes nothing, and settles them.
    """
    while left := write_back.read_through(position, FLUSHED_AT_ONCE):
        known, unknown = kinds.split(left)
        if batches := parking.park(parking.not_parked(unknown)):
            _store(journal, position, position, {}, batches)
        if not _settle(journal, fold(known), left[-1].position):
            return False
    return True


def _settle(
    journal: str, folded: dict[str, list[AnyEntry]], upto: str, *, may_forget: bool = True
) -> bool:
    """Show stored entries in every cache, end their being pending, announce and forget them.

    False when a cache is out of reach. Readers then ask SQL; the entries stay in the journal, and
    are shown when the cache is back. `may_forget` is False while older entries stay like that,
    because the journal can only be cut off up to an entry, with everything before it.
    """
    if write_back.is_settled(upto):
        write_back.trim(upto)
        return True
    crash_point("flush.showing")
    counted = _show(journal, folded, upto)
    is_shown = counted is not None
    crash_point("flush.shown")
    for name, last in folded.items():
        kinds.clear(name, last, upto, (counted or {}).get(name))
    crash_point("flush.cleared")
    if is_shown and may_forget:
        for name, last in folded.items():
            kinds.announce(name, last)
        write_back.trim(upto)
    return is_shown and may_forget


def _show(
    journal: str, folded: dict[str, list[AnyEntry]], upto: str
) -> dict[str, dict[int, int]] | None:
    """Show stored values in every cache; answers what SQL counts as of `upto`, by kind.

    None when a cache is out of reach. Another flusher may have stored newer values while we wrote
    ours into the caches: then the caches are made to forget them, and the answer is {}.
    """
    try:
        counted = {name: KINDS[name].show(last) for name, last in folded.items()}
        if fences.position(journal) == upto:
            return counted
        for name, last in folded.items():
            KINDS[name].evict(last)
    except Unavailable:
        log.warning("write_back_unshown", entries=sum(map(len, folded.values())))
        return None
    return {}


def write_through(entry: AnyEntry) -> None:
    """Store one change in SQL before the request is answered, instead of journalling it.

    Whatever the journal still holds is older, so it is flushed first. The caches are told to
    forget the old value and not what the new one is: two such writers may reach a cache in another
    order than they reached SQL. Should this process die before it told them, a job does.
    """
    if not settings().write_back:
        drain_once()
    elif write_back.pending(entry.kind) and not drain(within_s=DRAIN_S):
        raise Unavailable
    _store_one(entry)
    kinds.announce(entry.kind, [entry])


@retried
def _store_one(entry: AnyEntry) -> None:
    kind = KINDS[entry.kind]
    with unit_of_work() as uow:
        kind.store(uow, [entry])
        uow.after_commit(lambda: kind.evict([entry]))


def drain_once() -> None:
    """Flush, once per process, what an earlier run with write-back left in the journal."""
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
        if (oldest is None or padded(oldest) > goal) and not parking.known_kinds():
            return True
        try:
            flushed = flush()
        except Overtaken:
            continue
        if not flushed:
            if padded(fences.position(write_back.journal_id())) >= goal:
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
        waiting={name: write_back.pending(name) for name in KINDS},
        entries=found.length,
        oldest_s=max(0.0, oldest_s),
        parked={name: write_back_parked.count(name) for name in sorted(write_back_parked.kinds())},
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
