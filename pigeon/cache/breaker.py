"""Reads go on without the cache: a Redis that fails is left alone for a second."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

import structlog
from redis.exceptions import RedisError

T = TypeVar("T")
log = structlog.get_logger()

FAILURES_TO_OPEN = 3
OPEN_S = 1.0


class Breaker:
    """Closed until `FAILURES_TO_OPEN` calls in a row failed; then open for `OPEN_S`."""

    def __init__(self) -> None:
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
        except (RedisError, OSError) as error:
            self._failed(error)
            return fallback
        self._failures = 0
        return answer

    def _failed(self, error: Exception) -> None:
        self._failures += 1
        if self._failures >= FAILURES_TO_OPEN:
            self._open_until = time.monotonic() + OPEN_S
            self._failures = FAILURES_TO_OPEN - 1
        log.warning("cache_unreachable", error=type(error).__name__)


cache_breaker = Breaker()
