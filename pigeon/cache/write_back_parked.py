"""Entries of the journal that a flusher could not read: parked, a stream per kind.

A flusher parks what is of a kind that it does not know, and goes on. Such an entry stays pending
for readers until a flusher that knows the kind has stored it. A parked entry belongs to a batch;
SQL says whether the batch is to be stored, for what a flusher parked and did not commit is void.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from pigeon.cache import keys, resp
from pigeon.cache.breaker import insist
from pigeon.cache.scripts import Part, Script
from pigeon.cache.write_back import START, TIMEOUT_S
from pigeon.cache.write_back_entries import AnyEntry, parse
from pigeon.cache.write_back_scripts import FORGET_PARKED, PARK
from pigeon.extensions import state


class Parked(NamedTuple):
    """A parked entry; `place` is its id in the stream of its kind."""

    place: str
    batch: str
    entry: AnyEntry


def park(kind: str, batch: str, entries: Iterable[AnyEntry]) -> None:
    """Put entries of one kind, oldest first, into its stream; they stay in the journal, too."""
    parts = [part for entry in entries for part in (entry.position, entry.text)]
    _call(PARK, kind, [kind, batch, *parts])


def kinds() -> set[str]:
    """The kinds of which something is parked. Unavailable, as all of these."""
    found: Any = insist(lambda: state.client.smembers(keys.PARKED_KINDS.key()))
    return {name.decode() for name in found}


def count(kind: str) -> int:
    found: Any = insist(lambda: state.client.xlen(keys.PARKED.key(kind)))
    return int(found)


def read(kind: str, after: str, limit: int) -> list[Parked]:
    """The next parked entries of a kind, in the order in which they were parked."""
    name, first = keys.PARKED.key(kind).encode(), f"({after}" if after != START else "-"
    command = [b"XRANGE", name, first.encode(), b"+", b"COUNT", b"%d" % limit]
    (rows,) = insist(lambda: resp.pool(state.url, TIMEOUT_S).pipeline([command]))
    return [_parked(place.decode(), *map(bytes.decode, fields[1::2])) for place, fields in rows]


def _parked(place: str, position: str, batch: str, text: str) -> Parked:
    return Parked(place, batch, parse(position, text))


def forget(kind: str, places: Sequence[str]) -> None:
    """Take entries out of the stream of their kind."""
    _call(FORGET_PARKED, kind, [kind, *places])


def _call(script: Script, kind: str, arguments: Sequence[Part]) -> None:
    names = [keys.PARKED.key(kind), keys.PARKED_KINDS.key()]
    insist(lambda: script.call(resp.pool(state.url, TIMEOUT_S), names, arguments))
