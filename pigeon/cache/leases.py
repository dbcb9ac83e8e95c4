"""Leases on cache fills, after Nishtala et al., "Scaling Memcache at Facebook" (NSDI 2013).

One loader per key fills it; a writer deletes the lease together with the key, so a fill that read
the old value before the write cannot bring it back.
"""

from __future__ import annotations

import random
import secrets
from collections.abc import Mapping, Sequence

from pigeon.cache import keys, resp
from pigeon.cache.breaker import cache_breaker, must_reach
from pigeon.cache.scripts import Script
from pigeon.extensions import cache, db

LEASE_MS = 3_000

_TAKE = Script("""
if redis.call('EXISTS', KEYS[1]) == 1 then return 0 end
if redis.call('SET', KEYS[2], ARGV[1], 'NX', 'PX', ARGV[2]) then return 1 end
return redis.call('GET', KEYS[2]) == ARGV[1] and 1 or 0
""")
"""Whoever asks again with the same token, because the reply was lost, still holds the lease."""

_FILL = Script("""
if redis.call('GET', KEYS[2]) ~= ARGV[1] then return 0 end
redis.call('DEL', KEYS[2])
redis.call('DEL', KEYS[1])
local kind = ARGV[2]
if kind == 'string' then
  redis.call('SET', KEYS[1], ARGV[4])
else
  local command = ({set = 'SADD', zset = 'ZADD'})[kind] or 'HSET'
  for first = 4, #ARGV, 500 do
    redis.call(command, KEYS[1], unpack(ARGV, first, math.min(first + 499, #ARGV)))
  end
end
redis.call('EXPIRE', KEYS[1], ARGV[3])
return 1
""")


def begin_fresh_read() -> bool:
    """Whether SQL now answers with what is committed, and nothing else; asked before a fill.

    A snapshot of SQLite, and rows that the session holds, may be as old as the request: older than
    a lease that is taken now, which then would not void the fill of an old value. The snapshot is
    ended, unless such rows are in use; a unit of work may hold what will never be committed.
    """
    session = db.session()
    if not session.in_transaction():
        return True
    writes = session.connection().get_execution_options().get("write")
    if writes or session.identity_map or session.new:
        return False
    session.rollback()
    return True


def take(key: str) -> str | None:
    """A token that allows one fill of `key`; None while another loader holds the lease.

    None too when another one filled it since the caller missed it.
    """
    token = secrets.token_hex(8)
    names = [key, keys.lease(key)]
    return token if _TAKE.call(resp.pool(cache.url), names, [token, LEASE_MS]) else None


def try_take(key: str) -> str | None:
    """As `take`; None too while Redis is out of reach."""
    return cache_breaker.attempt(lambda: take(key), None)


def retake(key: str, lease_ms: int) -> str:
    """A token that allows one fill over what is there; whoever took one before has lost it."""
    token = secrets.token_hex(8)
    must_reach(lambda: cache.client.set(keys.lease(key), token, px=lease_ms))
    return token


def try_take_field(key: str) -> str | None:
    """As `try_take`, for an entry that is there already and gets more fields."""
    token = secrets.token_hex(8)
    taken = cache_breaker.attempt(
        lambda: cache.client.set(keys.lease(key), token, nx=True, px=LEASE_MS), None
    )
    return token if taken else None


def try_fill_string(key: str, token: str, value: bytes, ttl_s: int) -> bool:
    """As `fill_string`; False while Redis is out of reach."""
    return cache_breaker.attempt(lambda: fill_string(key, token, value, ttl_s), False)


def jittered(ttl_s: int) -> int:
    """`ttl_s` ± 10 %, so that what was filled together does not expire together."""
    return int(ttl_s * random.uniform(0.9, 1.1))


def fill_string(key: str, token: str, value: bytes, ttl_s: int) -> bool:
    return _fill(key, token, "string", ttl_s, [value])


def fill_set(key: str, token: str, members: Sequence[int], ttl_s: int) -> bool:
    """Fill a set; the member 0 is always there, so an empty set is not a missing one."""
    return _fill(key, token, "set", ttl_s, [0, *members])


def fill_hash(key: str, token: str, values: Mapping[str, int], ttl_s: int) -> bool:
    return _fill(key, token, "hash", ttl_s, [part for pair in values.items() for part in pair])


def fill_zset(key: str, token: str, scores: Sequence[bytes | int], ttl_s: int) -> bool:
    """Fill a sorted set of score, member, score, member …; of at least one."""
    return _fill(key, token, "zset", ttl_s, scores)


def _fill(key: str, token: str, kind: str, ttl_s: int, values: Sequence[bytes | int | str]) -> bool:
    arguments = [token, kind, jittered(ttl_s), *values]
    return bool(_FILL.call(resp.pool(cache.url), [key, keys.lease(key)], arguments))


def evict(*evicted: str) -> None:
    """Forget keys and their leases, each pair in one command.

    Unavailable when Redis cannot be told: a unit of work, whose data stands, logs it, and the job
    that its event promised is tried again.
    """
    if evicted:
        must_reach(lambda: _delete_pairs(evicted))


def _delete_pairs(evicted: Sequence[str]) -> None:
    resp.pool(cache.url).pipeline(
        [b"DEL", key.encode(), keys.lease(key).encode()] for key in evicted
    )
