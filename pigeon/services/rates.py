"""Rate limits: atomic counters in the state Redis, counted in this process while it is down."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from functools import cache
from typing import TypeVar

from limits import RateLimitItemPerSecond
from limits.storage import MemoryStorage, RedisStorage, Storage
from limits.strategies import FixedWindowRateLimiter

from pigeon.cache import keys
from pigeon.cache.breaker import state_breaker
from pigeon.domain.errors import TooMany
from pigeon.extensions import settings, state

T = TypeVar("T")


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
    _asked(lambda limiter: limiter.storage.incr(name_key, item.get_expiry(), amount=-1))


def check(name: str, key: str, times: int, per_s: int) -> None:
    """TooMany when the next hit would be refused; counts nothing.

    A full Redis answers what it is asked and counts nothing: what was counted here counts, too.
    """
    if not settings().rate_limits:
        return
    item = RateLimitItemPerSecond(times, per_s)
    name_key = keys.RATE.key(name, key)
    passes = _asked(lambda limiter: limiter.test(item, name_key))
    if not (passes and _local().test(item, name_key)):
        raise TooMany(_wait_s(item, name_key))


def _count(item: RateLimitItemPerSecond, key: str) -> bool:
    return _asked(lambda limiter: limiter.hit(item, key))


def _wait_s(item: RateLimitItemPerSecond, key: str) -> int:
    shared = _asked(lambda limiter: limiter.get_window_stats(item, key))
    own = _local().get_window_stats(item, key)
    return max(1, int(max(shared.reset_time, own.reset_time) - time.time()) + 1)


def _asked(call: Callable[[FixedWindowRateLimiter], T]) -> T:
    """What the shared counters say; this process's own while Redis is away, hangs or is full."""
    answer = state_breaker.attempt(lambda: call(_shared()), None)
    return call(_local()) if answer is None else answer


def _shared() -> FixedWindowRateLimiter:
    return _limiter(os.getpid(), state.url)


def _local() -> FixedWindowRateLimiter:
    return _limiter(os.getpid(), "")
