"""Entries of kinds that this process cannot read wait, parked, for one that can.

The transaction that passes over them says that they count; the one that stores them says so, too.
They are stored before anything younger is, so the newest value of a pair wins.
"""

from __future__ import annotations

import secrets
from collections import defaultdict
from collections.abc import Iterable, Iterator

import structlog

from pigeon.cache import write_back_parked
from pigeon.cache.write_back import START, padded
from pigeon.cache.write_back_entries import UNREADABLE, AnyEntry
from pigeon.cache.write_back_parked import Parked
from pigeon.crash_points import crash_point
from pigeon.domain.errors import Unavailable
from pigeon.services.write_backs import fences, kinds
from pigeon.services.write_backs.kinds import KINDS, fold
from pigeon.unit_of_work import retried, unit_of_work

log = structlog.get_logger()
NEVER = "999999999999999-0"
"""Beyond every position: the journal is not settled as far as this."""
READ_AT_ONCE = 6_000
"""A batch has at most as many entries as a flush, or twice that where it was sent twice."""


def park(unknown: Iterable[AnyEntry]) -> list[str]:
    """Park entries, a batch per kind; nothing counts until a transaction adds the batches."""
    by_kind: dict[str, list[AnyEntry]] = defaultdict(list)
    for entry in unknown:
        by_kind[entry.written_kind].append(entry)
    batches = []
    for kind, entries in by_kind.items():
        batches.append(secrets.token_hex(16))
        write_back_parked.park(kind, batches[-1], entries)
        log.warning("write_back_parked", kind=kind, entries=len(entries))
        crash_point("park.parked")
    return batches


def not_parked(unknown: list[AnyEntry]) -> list[AnyEntry]:
    """Those of them that are in no batch that counts."""
    there = {
        parked.entry.position
        for kind in {entry.written_kind for entry in unknown}
        for some in _portions(kind)
        for parked in _counting(some)
    }
    return [entry for entry in unknown if entry.position not in there]


def known_kinds() -> list[str]:
    """The kinds that this process knows and of which something is parked."""
    parked = write_back_parked.kinds()
    return [name for name in KINDS if name in parked]


def store_known(position: str) -> None:
    """Store and settle what is parked of known kinds; Overtaken when another flusher does.

    The caller reads `position`, calls this, and only then reads the entries behind `position`.
    Who parks something meanwhile also moves the position, so the caller's own step is Overtaken.
    """
    for kind in known_kinds():
        for some in _portions(kind):
            crash_point("parked.read")
            _bring(kind, _readable(some), position)


def _portions(kind: str) -> Iterator[list[Parked]]:
    """What is parked of a kind, in whole batches."""
    after = START
    while found := write_back_parked.read(kind, after, READ_AT_ONCE):
        is_end = len(found) < READ_AT_ONCE
        whole = found if is_end else [one for one in found if one.batch != found[-1].batch]
        yield whole
        after = whole[-1].place


def _counting(some: list[Parked]) -> list[Parked]:
    counting = fences.of_batches({one.batch for one in some})
    return [one for one in some if one.batch in counting]


def _readable(some: list[Parked]) -> list[Parked]:
    """Without batches in a format of a later release, which stay where they are."""
    unreadable = {one.batch for one in some if one.entry.kind == UNREADABLE}
    return [one for one in some if one.batch not in unreadable]


def _bring(kind: str, some: list[Parked], position: str) -> None:
    """Some whole batches: into SQL, out of what is pending, out of their stream."""
    batches = fences.of_batches({one.batch for one in some})
    waiting = sorted(batch for batch, is_stored in batches.items() if not is_stored)
    if waiting:
        _store([one for one in some if one.batch in waiting], waiting)
    crash_point("parked.committed")
    over = [one for one in some if one.batch not in batches and _is_past(one, position)]
    counting = [one for one in some if one.batch in batches]
    if counting and _settle(kind, _folded(counting)[kind]):
        fences.remove_batches(batches)
        over += counting
    if over:
        write_back_parked.forget(kind, [one.place for one in over])


def _is_past(one: Parked, position: str) -> bool:
    """Whether no flusher can make it count any more, because the journal is stored beyond it."""
    return padded(one.entry.position) <= padded(position)


def _folded(some: list[Parked]) -> dict[str, list[AnyEntry]]:
    entries = (one.entry for one in some)
    return fold(sorted(entries, key=lambda entry: padded(entry.position)))


@retried
def _store(some: list[Parked], batches: list[str]) -> None:
    with unit_of_work() as uow:
        fences.mark_stored(batches)
        kinds.store(uow, _folded(some))
        crash_point("parked.stored")


def _settle(kind: str, last: list[AnyEntry]) -> bool:
    """Evict stored pairs from the caches and end their being pending; False to be called again.

    That is while a cache is out of reach. The pairs are evicted instead of shown, because newer
    entries of the same pairs may be stored already.
    """
    try:
        KINDS[kind].evict(last)
        is_shown = True
    except Unavailable:
        log.warning("write_back_unshown", entries=len(last))
        is_shown = False
    crash_point("parked.shown")
    kinds.clear(kind, last, last[-1].position, settled=NEVER)
    crash_point("parked.cleared")
    if is_shown:
        kinds.announce(kind, last)
    return is_shown
