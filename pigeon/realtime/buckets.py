"""Token buckets of this process: what may come at once, and how fast it comes back."""

from __future__ import annotations

import time

KEPT = 10_000


class Bucket:
    """Full at first; `take` is refused while it is empty."""

    __slots__ = ("_at", "_per_s", "_size", "_tokens")

    def __init__(self, size: int, per_s: float) -> None:
        self._size = size
        self._per_s = per_s
        self._tokens = float(size)
        self._at = time.monotonic()

    def take(self) -> bool:
        self._refill()
        if self._tokens < 1:
            return False
        self._tokens -= 1
        return True

    @property
    def is_full(self) -> bool:
        self._refill()
        return self._tokens >= self._size

    def _refill(self) -> None:
        now = time.monotonic()
        self._tokens = min(self._size, self._tokens + (now - self._at) * self._per_s)
        self._at = now


class Buckets:
    """One per key; those that are full again are dropped when there are many."""

    def __init__(self, size: int, per_s: float) -> None:
        self._size = size
        self._per_s = per_s
        self._by_key: dict[object, Bucket] = {}

    def take(self, key: object) -> bool:
        bucket = self._by_key.get(key)
        if bucket is None:
            if len(self._by_key) >= KEPT:
                self._drop_full()
            bucket = self._by_key[key] = Bucket(self._size, self._per_s)
        return bucket.take()

    def _drop_full(self) -> None:
        self._by_key = {key: one for key, one in self._by_key.items() if not one.is_full}
