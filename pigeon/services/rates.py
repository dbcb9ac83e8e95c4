"""Rate limits: atomic counters in the state Redis, counted in this process while it is down."""

from __future__ import annotations

import os
import time
from functools import cache

from limits import RateLimitItemPerSecond
from limits.storage import MemoryStorage, RedisStorage, Storage
from limits.strategies import FixedWindowRateLimiter
from redis.exceptions import RedisError

from pigeon.cache import keys
from pigeon.domain.errors import TooMany
from pigeon.extensions import settings, state


@cache
def _limiter(pid: int, url: str) -> FixedWindowRateLimiter:
    storage: Storage = MemoryStorage()
    if url:
        pool = state.client.connection_pool
        storage = RedisStorage("redis://", connection_pool=pool, key_prefix="rate")
    return FixedWindowRateLimiter(storage)


def hit(name: str, key: str, times: int, per_s: int) -> None:
    """Count one more; TooMany (with the seconds to wait) beyond `times` in `per_s`."""
    if not settings().rate_limits:
        return
    item = RateLimitItemPerSecond(times, per_s)
    if not _count(item, keys.RATE.key(name, key)):
        raise TooMany(_wait_s(item, keys.RATE.key(name, key)))


def give_back(name: str, key: str, times: int, per_s: int) -> None:
    """Take back one hit that proved harmless; counting first is what stops a burst."""
    if not settings().rate_limits:
        return
    item = RateLimitItemPerSecond(times, per_s)
    name_key = item.key_for(keys.RATE.key(name, key))
    try:
        _shared().storage.incr(name_key, item.get_expiry(), amount=-1)
    except (RedisError, OSError):
        _local().storage.incr(name_key, item.get_expiry(), amount=-1)


def check(name: str, key: str, times: int, per_s: int) -> None:
    """TooMany when the next hit would be refused; counts nothing."""
    if not settings().rate_limits:
        return
    item = RateLimitItemPerSecond(times, per_s)
    name_key = keys.RATE.key(name, key)
    try:
        passes = _shared().test(item, name_key)
    except (RedisError, OSError):
        passes = _local().test(item, name_key)
    if not passes:
        raise TooMany(_wait_s(item, name_key))


def _count(item: RateLimitItemPerSecond, key: str) -> bool:
    try:
        return _shared().hit(item, key)
    except (RedisError, OSError):
        return _local().hit(item, key)


def _wait_s(item: RateLimitItemPerSecond, key: str) -> int:
    try:
        stats = _shared().get_window_stats(item, key)
    except (RedisError, OSError):
        stats = _local().get_window_stats(item, key)
    return max(1, int(stats.reset_time - time.time()) + 1)


def _shared() -> FixedWindowRateLimiter:
    return _limiter(os.getpid(), state.url)


def _local() -> FixedWindowRateLimiter:
    return _limiter(os.getpid(), "")
