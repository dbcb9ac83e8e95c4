"""The journal of write-back: what was acknowledged and is not in SQL yet, in the state Redis.

A stream holds every change in order. A hash holds the pending value of each pair (actor, target)
and its base: the value that SQL holds. Another hash holds, per target, the sum of `value - base`
and the count that SQL holds. Scripts change all three in one step, so they cannot disagree. The
journal knows kinds, not likes.

Kinds whose values are not counted are in `cache/write_back_values.py`, entries that the flusher
cannot read in `cache/write_back_parked.py`.

A flush stores pairs in SQL and then takes them out of the hashes (`clear`). As long as something
waits for a target, its stored count and the bases of its pairs all describe SQL as of the last
flush that was taken out, and a reader adds count and sum from here. It never adds a sum to a count
from a cache, which may be from before that flush, or from after a later one.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from redis.exceptions import ResponseError

from pigeon.cache import keys, resp
from pigeon.cache.breaker import insist
from pigeon.cache.scripts import Part, Script
from pigeon.cache.write_back_entries import AnyEntry, parse
from pigeon.cache.write_back_scripts import APPEND, BEGIN, CLEAR, KEEP_AHEAD, TRIM
from pigeon.domain.errors import Unavailable
from pigeon.extensions import state

START = "0-0"
CLEARED_AT_ONCE = 500
MARKED = 5_000
"""How many pairs and targets are remembered after a flush took them out: up to twice as many."""
LOOKS = 5
TIMEOUT_S = 1.0


@dataclass(frozen=True, kw_only=True)
class Backlog:
    """What waits: entries in the stream, settled ones that are not trimmed yet included."""

    length: int
    oldest: str | None
    newest: str


@dataclass(frozen=True, kw_only=True)
class Overlay:
    """What waits: the actor's own values and the whole counts, by target.

    `deltas` are for targets whose count is not known here: the release before wrote last.
    """

    values: Mapping[int, int]
    counts: Mapping[int, int]
    deltas: Mapping[int, int]

    def count(self, target: int, stored: int) -> int:
        """The count of a target of which caches and SQL say `stored`, asked after this."""
        whole = self.counts.get(target)
        return stored + self.deltas.get(target, 0) if whole is None else whole


NOTHING = Overlay(values={}, counts={}, deltas={})
_heard: dict[tuple[str, str], int] = {}
"""By server and kind, the number of the last flush that this process knows was taken out."""


def append(
    kind: str, actor: int, target: int, value: int, look: Callable[[], tuple[int, int]]
) -> int:
    """Journal `value` for a pair; the count of its target now, this included.

    Nothing happens when the pair's pending value is that already. `look` answers the pair's value
    and the target's count as caches or SQL tell them. That answer may be out of date if a flush of
    this pair or target was taken out that this process did not know of when it looked. The journal
    then refuses the answer, and `look` is asked again; the second time the journal takes what the
    flush stored, so nobody waits for long, however often there is a flush. Unavailable when Redis
    cannot acknowledge: then it may or may not have been journalled.
    """
    for tried in range(LOOKS):
        heard = _heard.get((state.url, kind), 0)
        base, stored = look()
        entry = f"{kind}:{actor}:{target}:{value}"
        pair = f"{actor}:{target}"
        arguments: list[Part] = [pair, target, value, entry, base, stored, heard, int(tried > 0)]
        command = APPEND.command([keys.JOURNAL.key(), *_names(kind)], arguments)
        (is_done, count, newest) = _run(APPEND, [command])[0]
        _heard[state.url, kind] = int(newest)
        if is_done:
            return int(count)
    raise Unavailable


def _names(kind: str) -> list[str]:
    """The keys of what waits and of what was taken out, in the order of the scripts."""
    families = (keys.PENDING_PAIRS, keys.PENDING_DELTAS)
    return [*(f.key(kind) for f in families), keys.CLEARED.key(kind), keys.CLEARED.key(kind, "old")]


def overlay(kind: str, actor: int | None, targets: Sequence[int]) -> Overlay:
    """What is pending for these targets, in one trip; RedisError when it cannot be asked."""
    if not targets:
        return NOTHING
    digits = [b"%d" % target for target in targets]
    sums = [b"HMGET", keys.PENDING_DELTAS.key(kind).encode(), *digits]
    commands = [sums + [b"%b=" % target for target in digits]]
    if actor is not None:
        fields = [b"%d:%b" % (actor, target) for target in digits]
        commands.append([b"HMGET", keys.PENDING_PAIRS.key(kind).encode(), *fields])
    found, *own = resp.pool(state.url).pipeline(commands)
    waiting = [
        (target, int(delta), _find_count(delta, whole))
        for target, delta, whole in zip(targets, found, found[len(targets) :], strict=False)
        if delta is not None
    ]
    return Overlay(
        counts={target: count for target, _, count in waiting if count is not None},
        deltas={target: delta for target, delta, count in waiting if count is None},
        values={
            target: int(state.partition(b" ")[0])
            for values in own
            for target, state in zip(targets, values, strict=True)
            if state is not None
        },
    )


def own_values(kind: str, actor: int, targets: Sequence[int]) -> dict[int, int]:
    """What one person has pending for these targets, without counts, in one trip."""
    if not targets:
        return {}
    fields = [b"%d:%d" % (actor, target) for target in targets]
    command = [b"HMGET", keys.PENDING_PAIRS.key(kind).encode(), *fields]
    (values,) = resp.pool(state.url).pipeline([command])
    return {
        target: int(waiting.partition(b" ")[0])
        for target, waiting in zip(targets, values, strict=True)
        if waiting is not None
    }


def _find_count(delta: bytes, whole: bytes | None) -> int | None:
    """The count with what waits, unless another release has moved the sum since it was noted."""
    if whole is None:
        return None
    count, noted, *_ = whole.split(b" ")
    return int(count) + int(delta) if noted == delta else None


def reset() -> None:
    """Forget which flushes this process knows of, as one that has just begun; for tests."""
    _heard.clear()


# -- the flusher's side ------------------------------------------------------------------------


def journal_id() -> str:
    """The random name of this life of the journal: an emptied Redis has another one."""
    command = BEGIN.command([keys.JOURNAL_ID.key()], [secrets.token_hex(16)])
    (found,) = _run(BEGIN, [command])
    return str(found.decode())


def backlog() -> Backlog:
    info = insist(_info)
    first = info.get("first-entry")
    return Backlog(
        length=int(info.get("length", 0)),
        oldest=first[0].decode() if first else None,
        newest=info.get("last-generated-id", START.encode()).decode(),
    )


def _info() -> dict[str, Any]:
    try:
        found: dict[str, Any] = state.client.xinfo_stream(keys.JOURNAL.key())
    except ResponseError:  # no such key
        return {}
    return found


def read_through(position: str, count: int) -> list[AnyEntry]:
    """The `count` oldest entries up to and including `position`: stored, perhaps not settled."""
    return _read("-", position, count)


def read_after(position: str, count: int) -> list[AnyEntry]:
    """The `count` oldest entries after `position`."""
    return _read(f"({position}", "+", count)


def _read(first: str, last: str, count: int) -> list[AnyEntry]:
    name = keys.JOURNAL.key().encode()
    command = [b"XRANGE", name, first.encode(), last.encode(), b"COUNT", b"%d" % count]
    (rows,) = insist(lambda: resp.pool(state.url, TIMEOUT_S).pipeline([command]))
    return [parse(position.decode(), fields[1].decode()) for position, fields in rows]


def keep_ahead(position: str) -> None:
    """Let ids continue after `position`, should Redis have come back without its last second.

    Never back: another flusher may have gone beyond `position` since it was read.
    """
    _run(KEEP_AHEAD, [KEEP_AHEAD.command([keys.JOURNAL.key()], position.split("-"))])


def is_settled(position: str) -> bool:
    """Whether another flusher has gone beyond `position`."""
    found: Any = insist(lambda: state.client.get(keys.JOURNAL_SETTLED.key()))
    return found is not None and found.decode() > padded(position)


def clear(
    kind: str,
    last: Iterable[AnyEntry],
    upto: str,
    counted: Mapping[int, int] | None = None,
    *,
    settled: str | None = None,
) -> None:
    """Take back what is pending for pairs that are stored with the values of `last`.

    A pair that was changed again meanwhile keeps its newer value, on the base that is stored now.
    `counted` are the counts in SQL as of `upto`; without one the count moves by what is taken out.
    Repeatable; nothing happens once the journal is settled beyond `upto`, or beyond `settled`.
    """
    names = [keys.JOURNAL_SETTLED.key(), *_names(kind), keys.JOURNAL.key()]
    head: list[Part] = [padded(settled or upto), upto, MARKED]
    groups = _groups(last, counted or {})
    _run(CLEAR, [CLEAR.command(names, [*head, *some]) for some in _portions(groups)])


def _groups(last: Iterable[AnyEntry], counted: Mapping[int, int]) -> Iterator[list[int | str]]:
    """Per target, what `CLEAR` is told of it: all of it at once, so that its count never jumps."""
    by_target: dict[int, list[int | str]] = {}
    for entry in last:
        parts = by_target.setdefault(entry.target, [])
        parts += (entry.actor, entry.value, entry.position)
    for target, parts in by_target.items():
        yield [target, counted.get(target, ""), len(parts) // 3, *parts]


def _portions(groups: Iterable[list[int | str]]) -> Iterator[list[int | str]]:
    """Groups together, until there are about `CLEARED_AT_ONCE` pairs in them."""
    portion: list[int | str] = []
    for group in groups:
        portion += group
        if len(portion) >= 3 * CLEARED_AT_ONCE:
            yield portion
            portion = []
    if portion:
        yield portion


def trim(upto: str) -> None:
    """Forget entries up to and including `upto`: stored, and settled everywhere."""
    milliseconds, _, number = upto.partition("-")
    names = [keys.JOURNAL_SETTLED.key(), keys.JOURNAL.key()]
    arguments = [padded(upto), f"{milliseconds}-{int(number) + 1}"]
    _run(TRIM, [TRIM.command(names, arguments)])


def pending(kind: str) -> int:
    """How many pairs of a kind wait."""
    found: Any = insist(lambda: state.client.hlen(keys.PENDING_PAIRS.key(kind)))
    return int(found)


def padded(position: str) -> str:
    """A position as text that sorts like it."""
    milliseconds, _, number = position.partition("-")
    return f"{int(milliseconds):015d}-{int(number):012d}"


def _run(script: Script, commands: list[list[bytes]]) -> list[Any]:
    return insist(lambda: script.run(resp.pool(state.url, TIMEOUT_S), commands))
