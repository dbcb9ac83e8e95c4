"""Home timelines in the cache Redis: a LIST of publication ids per reader, newest at the tail.

The list is an index, never the truth, and only nearly sorted: workers run in parallel. A push that
comes late appends the id negated: such a cell says nothing about where the list is complete. The
first cell is `0` when nothing older exists (so an empty timeline is not a missing one), and
`s<token>` while a rebuild is under way.
"""

from __future__ import annotations

import secrets
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import compress, islice
from typing import Any

from pigeon.cache import keys, resp
from pigeon.cache.scripts import Part, Script
from pigeon.cache.trips import Read
from pigeon.extensions import cache, settings

COMPLETE = b"0"
SLACK = 64
"""How many positions a cell that was pushed in time may be away from its sorted place."""
WINDOW = 128
CHUNK = 150
REBUILD_LEASE_MS = 15_000
TRIM_AFTER = 64
"""A list may be longer than wanted by this much before it is cut."""

_FINISH = Script("""
local cells = redis.call('LRANGE', KEYS[1], 0, -1)
if cells[1] ~= ARGV[1] then return 0 end
redis.call('DEL', KEYS[1])
local seen = {}
for first = 4, #ARGV, 500 do
  redis.call('RPUSH', KEYS[1], unpack(ARGV, first, math.min(first + 499, #ARGV)))
end
for i = 4, #ARGV do seen[ARGV[i]] = true end
for i = 2, #cells do
  if not seen[cells[i]] then redis.call('RPUSH', KEYS[1], cells[i]) end
end
redis.call('LTRIM', KEYS[1], -tonumber(ARGV[2]), -1)
redis.call('EXPIRE', KEYS[1], ARGV[3])
return 1
""")

_RELEASE = Script("""
if redis.call('GET', KEYS[1]) == ARGV[1] then redis.call('DEL', KEYS[1]) end
""")


@dataclass(frozen=True, slots=True)
class Cells:
    """Ids of a list, newest first, once each; everything at or above `floor` is among them."""

    ids: list[int]
    floor: int


def key(reader_id: int) -> bytes:
    return keys.TIMELINE.key(reader_id).encode()


def read(reader_id: int, *, whole: bool) -> Read[Cells | None]:
    """A list in a trip: the newest cells, for a first page, or all of it, for an older one.

    A first page renews the lifetime of the list.
    """
    first = b"0" if whole else b"-%d" % WINDOW
    commands = [resp.encode([b"LRANGE", key(reader_id), first, b"-1"])]
    if not whole:
        commands.append(resp.encode([b"EXPIRE", key(reader_id), b"%d" % keys.TIMELINE.ttl_s]))
    return Read(commands, lambda replies: understand(replies[0]), lambda: None)


def understand(cells: Sequence[bytes] | None) -> Cells | None:
    """What a reply says; None when there is no list, it is being rebuilt, or late pushes fill it.

    Whatever was left out of the reply stands before `SLACK` cells that were pushed in time, so it
    is smaller than the largest of them: that is the floor.
    """
    if not cells or cells[0][:1] == b"s":
        return None
    if cells[0] == COMPLETE:
        return Cells(ids=_newest_first(map(int, cells[1:])), floor=0)
    numbers = list(map(int, cells))
    in_time = list(islice((number for number in numbers if number > 0), SLACK))
    if len(in_time) < min(SLACK, len(numbers)):
        return None
    return Cells(ids=_newest_first(numbers), floor=max(in_time))


def _newest_first(numbers: Iterable[int]) -> list[int]:
    """What is nearly sorted already is sorted quickly."""
    return sorted(dict.fromkeys(map(abs, numbers)), reverse=True)


def begin_rebuild(reader_id: int) -> str | None:
    """Put a sentinel first, so that pushes land behind it; None while another rebuild runs."""
    client, name = cache.client, keys.TIMELINE.key(reader_id)
    token = f"s{secrets.token_hex(8)}"
    if not client.set(keys.lease(name), token, nx=True, px=REBUILD_LEASE_MS):
        return None
    pipe = client.pipeline(transaction=True)
    pipe.delete(name)
    pipe.rpush(name, token)
    pipe.pexpire(name, REBUILD_LEASE_MS)
    pipe.execute()
    return token


def finish_rebuild(reader_id: int, token: str, newest: Sequence[int], *, complete: bool) -> bool:
    """Store `newest` (any order) under what was pushed meanwhile; False when the token is gone."""
    ids: list[Part] = [*([COMPLETE] if complete else []), *sorted(newest)]
    name, pool = keys.TIMELINE.key(reader_id), resp.pool(cache.url)
    length, ttl_s = settings().timeline_length, keys.TIMELINE.ttl_s
    done = bool(_FINISH.call(pool, [name], [token, length + 1, ttl_s, *ids]))
    _RELEASE.call(pool, [keys.lease(name)], [token])
    return done


def drop(reader_ids: Sequence[int]) -> None:
    """Forget lists; a rebuild that is under way loses its sentinel and stores nothing."""
    if reader_ids:
        cache.client.delete(*(keys.TIMELINE.key(reader_id) for reader_id in reader_ids))


class Pusher:
    """Appends one publication to many lists, hand-encoded: only to lists that exist.

    Encoding is the bottleneck, so a command is a constant head, the key, and a constant tail.
    """

    def __init__(self, publication_id: int, *, is_late: bool = False) -> None:
        cell = b"%d" % (-publication_id if is_late else publication_id)
        self._tail = b"\r\n$%d\r\n%b\r\n" % (len(cell), cell)
        self._keep = settings().timeline_length + 1
        self._pool = resp.pool(cache.url, 2.0)

    def push(self, reader_ids: Sequence[int]) -> list[int]:
        """Append to each list that exists; answers whose did. `reader_ids` ascend.

        In chunks, so that no reader waits behind a long one; raises on an error reply.
        """
        chunks = [reader_ids[n : n + CHUNK] for n in range(0, len(reader_ids), CHUNK)]
        payloads = ((self._payload(chunk), len(chunk)) for chunk in chunks)
        active: list[int] = []
        for chunk, lengths in zip(chunks, self._pool.stream(payloads), strict=True):
            active += compress(chunk, self._checked(lengths))
            if max(lengths) > self._keep + TRIM_AFTER:
                self._trim(chunk, lengths)
        return active

    def _payload(self, reader_ids: Sequence[int]) -> bytes:
        """RPUSHX of every reader; ids with as many digits share everything but the digits."""
        parts: list[bytes] = []
        first = 0
        while first < len(reader_ids):
            digits = len(b"%d" % reader_ids[first])
            end = bisect_left(reader_ids, 10**digits, first)
            head, tail = _HEADS[digits], _SUFFIX + self._tail
            ids = map(b"%d".__mod__, reader_ids[first:end])
            parts += (head, (tail + head).join(ids), tail)
            first = end
        return b"".join(parts)

    def _checked(self, replies: list[Any]) -> list[int]:
        for reply in replies:
            if isinstance(reply, Exception):
                raise reply
        return replies

    def _trim(self, reader_ids: Sequence[int], lengths: Sequence[int]) -> None:
        first, longest = b"-%d" % self._keep, self._keep + TRIM_AFTER
        long = [r for r, length in zip(reader_ids, lengths, strict=True) if length > longest]
        self._pool.pipeline([[b"LTRIM", key(r), first, b"-1"] for r in long])


_PREFIX, _SUFFIX = keys.TIMELINE.key("\n").encode().split(b"\n")
_FIXED = len(_PREFIX) + len(_SUFFIX)
_HEADS = [b"*3\r\n$6\r\nRPUSHX\r\n$%d\r\n%b" % (_FIXED + digits, _PREFIX) for digits in range(21)]
