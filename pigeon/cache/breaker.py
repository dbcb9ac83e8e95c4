"""Reads go on without the cache: a Redis that fails is left alone for a second."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

import structlog
from redis.exceptions import RedisError, ResponseError
from redis.exceptions import TimeoutError as RedisTimeoutError

from pigeon.domain.errors import Unavailable
from pigeon.extensions import settings
from pigeon.faults import Outage, reason_of

T = TypeVar("T")
log = structlog.get_logger()

FAILURES_TO_OPEN = 3
OPEN_S = 1.0


class Breaker:
    """Closed until `FAILURES_TO_OPEN` calls in a row failed, or one hung; then open for `OPEN_S`.

    A call that timed out used up the time a page may lose: the next would wait as long.
    """

    def __init__(self, name: str) -> None:
        self._name = name
        self._refusals = Outage("redis_refuses", role=name)
        self.close()

    def close(self) -> None:
        self._failures = 0
        self._open_until = 0.0

    @property
    def is_open(self) -> bool:
        return time.monotonic() < self._open_until

    def attempt(self, call: Callable[[], T], fallback: T) -> T:
        """What `call` answers, or `fallback` when Redis cannot be asked now."""
        if self.is_open:
            return fallback
        try:
            answer = call()
        except ResponseError as error:  # it answers: full, read-only, loading
            self._refusals.note(error)
            return fallback
        except (RedisError, OSError) as error:
            self._failed(error)
            return fallback
        self._failures = 0
        return answer

    def _failed(self, error: Exception) -> None:
        self._failures += 1
        has_hung = isinstance(error, (RedisTimeoutError, TimeoutError))
        if has_hung or self._failures >= FAILURES_TO_OPEN:
            self._open_until = time.monotonic() + OPEN_S
            self._failures = FAILURES_TO_OPEN - 1
        log.warning("redis_unreachable", role=self._name, reason=reason_of(error))


def insist(call: Callable[[], T]) -> T:
    """What `call` answers; Unavailable when Redis cannot be asked, so that a job is tried again."""
    try:
        return call()
    except (RedisError, OSError) as error:
        raise Unavailable from error


cache_breaker = Breaker("cache")
state_breaker = Breaker("state")


def must_reach(call: Callable[[], object]) -> None:
    """Run a call that the cache must not miss, or else it is wrong: Unavailable if it does.

    With `CACHE=off` nobody reads it: then a call is enough.
    """
    if settings().cache:
        insist(call)
    else:
        cache_breaker.attempt(call, None)
