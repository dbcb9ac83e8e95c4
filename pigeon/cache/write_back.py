"""The journal of write-back: what was acknowledged and is not in SQL yet, in the state Redis.

A stream holds every change in order; a hash the pending value of each pair (actor, target) with
the base it started from; another one the sum of what is pending per target. One script moves all
three, so they cannot disagree. Values are small integers; the journal knows kinds, not likes.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, TypeVar

from redis.exceptions import RedisError, ResponseError

from pigeon.cache import keys, resp
from pigeon.cache.scripts import Script
from pigeon.domain.errors import Unavailable
from pigeon.extensions import state

T = TypeVar("T")
START = "0-0"
CLEARED_AT_ONCE = 500
TIMEOUT_S = 1.0

_APPEND = Script("""
local base = tonumber(ARGV[4])
local value, before = tonumber(ARGV[3]), base
local found = redis.call('HGET', KEYS[2], ARGV[1])
if found then
  local pending, started = string.match(found, '^(%S+) (%S+)')
  before, base = tonumber(pending), tonumber(started)
  if before == value then return tonumber(redis.call('HGET', KEYS[3], ARGV[2]) or 0) end
end
local id = redis.call('XADD', KEYS[1], '*', 'c', ARGV[5])
redis.call('HSET', KEYS[2], ARGV[1], value .. ' ' .. base .. ' ' .. id)
return redis.call('HINCRBY', KEYS[3], ARGV[2], value - before)
""")

# What follows makes room, so it must work in a Redis that has none: a script whose first write
# needs no room is let through to its end (a PERSIST changes nothing in keys without an expiry).

_BEGIN = Script("""
redis.call('PERSIST', KEYS[1])
redis.call('SET', KEYS[1], ARGV[1], 'NX')
return redis.call('GET', KEYS[1])
""")

_KEEP_AHEAD = Script("""
local info = redis.call('XINFO', 'STREAM', KEYS[1])
for at = 1, #info, 2 do
  if info[at] == 'last-generated-id' then
    local ms, number = string.match(info[at + 1], '^(%d+)-(%d+)$')
    local ahead = tonumber(ms) - tonumber(ARGV[1])
    if ahead == 0 then ahead = tonumber(number) - tonumber(ARGV[2]) end
    if ahead >= 0 then return 0 end
  end
end
redis.call('PERSIST', KEYS[1])
redis.call('XSETID', KEYS[1], ARGV[1] .. '-' .. ARGV[2])
return 1
""")

_CLEAR = Script("""
local settled = redis.call('GET', KEYS[1])
if settled and settled > ARGV[1] then return 0 end
redis.call('PERSIST', KEYS[2])
for at = 2, #ARGV, 3 do
  local found = redis.call('HGET', KEYS[2], ARGV[at])
  if found then
    local value, base, id = string.match(found, '^(%S+) (%S+) (%S+)')
    local change
    if id == ARGV[at + 2] then
      redis.call('HDEL', KEYS[2], ARGV[at])
      change = tonumber(base) - tonumber(value)
    else
      redis.call('HSET', KEYS[2], ARGV[at], value .. ' ' .. ARGV[at + 1] .. ' ' .. id)
      change = tonumber(base) - tonumber(ARGV[at + 1])
    end
    local target = string.match(ARGV[at], ':(%d+)$')
    if redis.call('HINCRBY', KEYS[3], target, change) == 0 then
      redis.call('HDEL', KEYS[3], target)
    end
  end
end
return 1
""")

_TRIM = Script("""
local settled = redis.call('GET', KEYS[1])
redis.call('XTRIM', KEYS[2], 'MINID', ARGV[2])
if not settled or settled < ARGV[1] then redis.call('SET', KEYS[1], ARGV[1]) end
return 1
""")


class Entry(NamedTuple):
    """One acknowledged change; `position` is its id in the stream."""

    position: str
    kind: str
    actor: int
    target: int
    value: int

    @property
    def at_ms(self) -> int:
        """When it was acknowledged, in milliseconds of Unix time."""
        return int(self.position.partition("-")[0])


@dataclass(frozen=True, kw_only=True)
class Backlog:
    """What waits: entries in the stream, settled ones that are not trimmed yet included."""

    length: int
    oldest: str | None
    newest: str


@dataclass(frozen=True, kw_only=True)
class Overlay:
    """What is pending: the actor's own values by target, and the sum of everybody's."""

    values: dict[int, int]
    deltas: dict[int, int]


def append(kind: str, actor: int, target: int, value: int, base: int) -> int:
    """Journal `value` for a pair; what is pending for the target now, this included.

    Nothing happens when the pair's pending value is that already. `base` is the value the caller
    believes to be stored; a wrong one shows a wrong count until the flush, and harms nothing.
    Unavailable when Redis cannot acknowledge: then it may or may not have been journalled.
    """
    names = [keys.JOURNAL.key(), keys.PENDING_PAIRS.key(kind), keys.PENDING_DELTAS.key(kind)]
    entry = f"{kind}:{actor}:{target}:{value}"
    command = _APPEND.command(names, [f"{actor}:{target}", target, value, base, entry])
    return int(_run(_APPEND, [command])[0])


def overlay(kind: str, actor: int | None, targets: Sequence[int]) -> Overlay:
    """What is pending for these targets, in one trip; RedisError when it cannot be asked."""
    if not targets:
        return Overlay(values={}, deltas={})
    digits = [b"%d" % target for target in targets]
    commands = [[b"HMGET", keys.PENDING_DELTAS.key(kind).encode(), *digits]]
    if actor is not None:
        fields = [b"%d:%b" % (actor, target) for target in digits]
        commands.append([b"HMGET", keys.PENDING_PAIRS.key(kind).encode(), *fields])
    deltas, *own = resp.pool(state.url).pipeline(commands)
    return Overlay(
        deltas={t: int(d) for t, d in zip(targets, deltas, strict=True) if d is not None},
        values={
            target: int(found.partition(b" ")[0])
            for values in own
            for target, found in zip(targets, values, strict=True)
            if found is not None
        },
    )


# -- the flusher's side ------------------------------------------------------------------------


def journal_id() -> str:
    """The random name of this life of the journal: an emptied Redis has another one."""
    command = _BEGIN.command([keys.JOURNAL_ID.key()], [secrets.token_hex(16)])
    (found,) = _run(_BEGIN, [command])
    return str(found.decode())


def backlog() -> Backlog:
    info = _insist(_info)
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


def read_through(position: str, count: int) -> list[Entry]:
    """The `count` oldest entries up to and including `position`: stored, perhaps not settled."""
    return _read("-", position, count)


def read_after(position: str, count: int) -> list[Entry]:
    """The `count` oldest entries after `position`."""
    return _read(f"({position}", "+", count)


def _read(first: str, last: str, count: int) -> list[Entry]:
    name = keys.JOURNAL.key().encode()
    command = [b"XRANGE", name, first.encode(), last.encode(), b"COUNT", b"%d" % count]
    (rows,) = _insist(lambda: resp.pool(state.url, TIMEOUT_S).pipeline([command]))
    return [_entry(position.decode(), text.decode()) for position, (_, text) in rows]


def _entry(position: str, text: str) -> Entry:
    kind, actor, target, value = text.split(":")
    return Entry(position, kind, int(actor), int(target), int(value))


def keep_ahead(position: str) -> None:
    """Let ids continue after `position`, should Redis have come back without its last second.

    Never back: another flusher may have gone beyond `position` since it was read.
    """
    _run(_KEEP_AHEAD, [_KEEP_AHEAD.command([keys.JOURNAL.key()], position.split("-"))])


def is_settled(position: str) -> bool:
    """Whether another flusher has gone beyond `position`."""
    found: Any = _insist(lambda: state.client.get(keys.JOURNAL_SETTLED.key()))
    return found is not None and found.decode() > padded(position)


def clear(kind: str, last: Iterable[Entry], upto: str) -> None:
    """Take back what is pending for pairs that are stored with the values of `last`.

    A pair that was changed again meanwhile keeps its newer value, on the base that is stored now.
    Repeatable; nothing happens once the journal is settled beyond `upto`.
    """
    names = [
        keys.JOURNAL_SETTLED.key(),
        keys.PENDING_PAIRS.key(kind),
        keys.PENDING_DELTAS.key(kind),
    ]
    parts = [
        part
        for entry in last
        for part in (b"%d:%d" % (entry.actor, entry.target), entry.value, entry.position)
    ]
    size = 3 * CLEARED_AT_ONCE
    some = (parts[first : first + size] for first in range(0, len(parts), size))
    _run(_CLEAR, [_CLEAR.command(names, [padded(upto), *part]) for part in some])


def trim(upto: str) -> None:
    """Forget entries up to and including `upto`: stored, and settled everywhere."""
    milliseconds, _, number = upto.partition("-")
    names = [keys.JOURNAL_SETTLED.key(), keys.JOURNAL.key()]
    arguments = [padded(upto), f"{milliseconds}-{int(number) + 1}"]
    _run(_TRIM, [_TRIM.command(names, arguments)])


def pending(kind: str) -> int:
    """How many pairs of a kind wait."""
    found: Any = _insist(lambda: state.client.hlen(keys.PENDING_PAIRS.key(kind)))
    return int(found)


def padded(position: str) -> str:
    """A position as text that sorts like it."""
    milliseconds, _, number = position.partition("-")
    return f"{int(milliseconds):015d}-{int(number):012d}"


def _run(script: Script, commands: list[list[bytes]]) -> list[Any]:
    return _insist(lambda: script.run(resp.pool(state.url, TIMEOUT_S), commands))


def _insist(call: Callable[[], T]) -> T:
    try:
        return call()
    except (RedisError, OSError) as error:
        raise Unavailable from error
