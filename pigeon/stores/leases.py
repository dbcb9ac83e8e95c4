"""Leases of what processes hold: people by their sockets, posts by the screens that show them.

A sorted set says until when somebody holds an id, and is all that a question reads. Beside it each
process keeps a hash of what it holds itself. Whoever releases an id finds there whether another
process holds it still; the hash of a process that was killed expires with its leases.

The leases under which caches are filled are another thing: `cache/leases.py`.
"""

from __future__ import annotations

import math
import os
import secrets
import time
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from functools import cache
from itertools import islice
from typing import Any

from pigeon.cache import keys, resp
from pigeon.cache.keys import Family
from pigeon.cache.scripts import Script
from pigeon.extensions import state

LEASE_S = 45
RENEW_S = 15
SOON_S = RENEW_S + 5
"""After which whoever holds it has renewed it."""
TIMEOUT_S = 1.0
IDS_AT_ONCE = 500
FEW = 100
"""Up to so many ids are asked for one by one, whoever else is there."""

_KEEP = Script(
    """
local leases, own, holders = KEYS[1], KEYS[2], KEYS[3]
local me, now, ends, lease_s, soon, bus = unpack(ARGV, 1, 6)
redis.call('ZREMRANGEBYSCORE', leases, '-inf', now)
redis.call('ZREMRANGEBYSCORE', holders, '-inf', now)
redis.call('ZADD', holders, now + lease_s, me)
local listeners = redis.call('PUBSUB', 'NUMSUB', bus)[2]
local has_strangers = listeners > redis.call('ZCARD', holders)
local others = {}
for _, name in ipairs(redis.call('ZRANGE', holders, 0, -1)) do
  if name ~= me then
    local key = string.gsub(own, me, name)
    others[#others + 1] = key
  end
end
local elsewhere = {}
for at = 7, #ARGV, 2 do
  local id, count = ARGV[at], ARGV[at + 1]
  local held = 0
  for _, other in ipairs(others) do
    held = held + tonumber(redis.call('HGET', other, id) or 0)
  end
  if count ~= '0' then
    redis.call('HSET', own, id, count)
    redis.call('ZADD', leases, ends, id)
  else
    redis.call('HDEL', own, id)
    if held == 0 and has_strangers then
      redis.call('ZADD', leases, 'XX', 'LT', soon, id)
    elseif held == 0 then
      redis.call('ZREM', leases, id)
    end
  end
  elsewhere[#elsewhere + 1] = held
end
redis.call('EXPIRE', own, lease_s)
return elsewhere
"""
)
"""Renew what is held, release what is not; how often each id is held by other processes.

Processes of the release before listen to the bus and keep no hash. Beside them nobody knows what is
held by nobody: what is released only ends soon, unless one of them renews it.
"""


class Leases:
    """Of one kind of thing; `leases` is the sorted set, `held` the hash of each process.

    `holder` is hexadecimal; processes leave it to chance. `lasts_s` is how long an id is held that
    nobody renews; the hash of a process expires after `LEASE_S` all the same.
    """

    def __init__(
        self, leases: Family, held: Family, *, holder: str = "", lasts_s: float = LEASE_S
    ) -> None:
        self._leases = leases.key()
        self._lasts_s = lasts_s
        self._held = held
        self._holder = holder

    def keep(self, counts: Mapping[int, int]) -> dict[int, int]:
        """Store how often this process holds each id; 0 releases it. One trip.

        Answers how often other processes hold them. Leases that ended are removed on the way, and
        the process counts as one that keeps a hash, even while it holds nothing.
        """
        runs = [self._run(batch) for batch in _batches(counts.items())] or [self._run([])]
        replies = _KEEP.run(resp.pool(state.url, TIMEOUT_S), runs)
        elsewhere = (int(held) for reply in replies for held in reply)
        return dict(zip(counts, elsewhere, strict=True))

    def renew(self, ids: Iterable[int]) -> None:
        self.keep(dict.fromkeys(ids, 1))

    def release(self, ids: Iterable[int]) -> None:
        """End the leases of these ids, except where another process holds them."""
        self.keep(dict.fromkeys(ids, 0))

    def live_among(self, ids: Sequence[int], *, within_s: float = math.inf) -> list[int]:
        """Those of `ids` that some process holds, under a lease that ends within so long.

        Of many ids few are held as a rule, and then it is ten times cheaper to read everything that
        is held. Up to twice as many as are asked for it costs no more than asking for each.
        """
        if len(ids) > FEW:
            held = self._all_held(2 * len(ids), within_s)
            if held is not None:
                return [one for one in ids if one in held]
        return self._held_among(ids, within_s)

    def _run(self, batch: Collection[tuple[int, int]]) -> list[bytes]:
        holder, now = self._holder or _process(os.getpid()), time.time()
        names = [self._leases, self._held.key(holder), keys.HOLDERS.key()]
        pairs = (part for pair in batch for part in pair)
        ends, soon = str(now + self._lasts_s), str(now + SOON_S)
        known: list[str | int] = [holder, str(now), ends, LEASE_S, soon, keys.BUS_CHANNEL]
        return _KEEP.command(names, [*known, *pairs])

    def _all_held(self, most: int, within_s: float) -> set[int] | None:
        """Every id that is held; None when those are more than `most`."""
        limit = [b"LIMIT", b"0", b"%d" % (most + 1)]
        after, until = f"({time.time()}".encode(), str(time.time() + within_s).encode()
        (found,) = _ask([[b"ZRANGEBYSCORE", self._leases.encode(), after, until, *limit]])
        return set(map(int, found)) if len(found) <= most else None

    def _held_among(self, ids: Sequence[int], within_s: float) -> list[int]:
        head = [b"ZMSCORE", self._leases.encode()]
        batches = list(_batches(ids))
        replies = _ask([[*head, *(b"%d" % one for one in batch)] for batch in batches])
        now = time.time()
        ends = (end for reply in replies for end in reply)
        return [
            one
            for one, end in zip(ids, ends, strict=True)
            if now < float(end or 0) <= now + within_s
        ]


@cache
def _process(_pid: int) -> str:
    """The name of this process, anew after a fork."""
    return secrets.token_hex(8)


def _ask(commands: list[list[bytes]]) -> list[Any]:
    return resp.pool(state.url, TIMEOUT_S).pipeline(commands) if commands else []


def _batches(items: Iterable[Any]) -> Iterator[list[Any]]:
    rest = iter(items)
    while batch := list(islice(rest, IDS_AT_ONCE)):
        yield batch
