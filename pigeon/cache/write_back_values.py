"""Write-back of a kind whose values are not counted: of each pair the newest value is stored.

The target of a pair may be a word. There are no sums, so nothing is asked before it is journalled.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from pigeon.cache import keys, resp
from pigeon.cache.breaker import insist
from pigeon.cache.scripts import Part
from pigeon.cache.write_back import CLEARED_AT_ONCE, TIMEOUT_S
from pigeon.cache.write_back_entries import AnyEntry, Entry, Target, spelled
from pigeon.cache.write_back_scripts import APPEND_VALUE, CLEAR_VALUES
from pigeon.extensions import state


def append(kind: str, actor: int, target: int | str, value: int) -> None:
    """Journal the newest value of a pair; nothing happens when it is pending already.

    Unavailable when Redis cannot acknowledge: then it may or may not have been journalled.
    """
    entry = Entry[Any]("", kind, actor, target, value)
    names = [keys.JOURNAL.key(), keys.PENDING_PAIRS.key(kind)]
    arguments: list[Part] = [entry.pair, value, entry.text]
    insist(lambda: APPEND_VALUE.call(resp.pool(state.url, TIMEOUT_S), names, arguments))


def pending(kind: str, actor: int, targets: Sequence[Target]) -> dict[Target, int]:
    """The actor's pending values, in one trip; RedisError when they cannot be asked for."""
    if not targets:
        return {}
    fields: list[bytes] = [f"{actor}:{spelled(target)}".encode() for target in targets]
    command = [b"HMGET", keys.PENDING_PAIRS.key(kind).encode(), *fields]
    (found,) = resp.pool(state.url).pipeline([command])
    states = zip(targets, found, strict=True)
    return {target: int(text.partition(b" ")[0]) for target, text in states if text is not None}


def clear(kind: str, last: Iterable[AnyEntry]) -> None:
    """Take back what is pending for pairs that are stored as in `last`; repeatable.

    A pair that was changed again meanwhile stays.
    """
    parts: list[Part] = [part for entry in last for part in (entry.pair, entry.position)]
    size = 2 * CLEARED_AT_ONCE
    portions = [parts[first : first + size] for first in range(0, len(parts), size)]
    names = [keys.PENDING_PAIRS.key(kind)]
    commands = [CLEAR_VALUES.command(names, portion) for portion in portions]
    insist(lambda: CLEAR_VALUES.run(resp.pool(state.url, TIMEOUT_S), commands))
