"""Look-aside entries declared where their loader is: `@cached(keys.USER_CARD, UserCard)`."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from typing import Any, Generic, TypeAlias, TypeVar

from pigeon import metrics
from pigeon.cache import codec, leases, resp
from pigeon.cache.breaker import cache_breaker
from pigeon.cache.keys import Family
from pigeon.extensions import cache, settings

K = TypeVar("K", int, str)
T = TypeVar("T")

ABSENT_S = 60  # what is not there now may be made at any moment
WAIT_S = 0.02
WAITS = 5

Loader: TypeAlias = Callable[[list[K]], dict[K, T]]


class Cached(Generic[K, T]):
    """A loader `(ids) -> {id: value}` behind a cache; ids that do not exist are remembered too."""

    def __init__(self, loader: Loader[K, T], family: Family, shape: type[T]) -> None:
        self._loader: Loader[K, T] = loader
        self._family = family
        self._tally = metrics.Tally(family.name)
        self._shape = shape
        self.__doc__ = loader.__doc__

    def one(self, key: K) -> T | None:
        return self.many([key]).get(key)

    def many(self, wanted: Iterable[K]) -> dict[K, T]:
        """The values that exist, in the order wanted: one trip, and one load of what is missing."""
        ids = list(dict.fromkeys(wanted))
        if not ids:
            return {}
        if not settings().cache:
            loaded = self._loader(ids)
            return {key: loaded[key] for key in ids if key in loaded}
        return self._complete(ids, self._read(ids))

    def take(self, replies: dict[K, bytes | None]) -> dict[K, T]:
        """The values in replies that were read elsewhere; what is missing is loaded at once."""
        found: dict[K, T | None] = {}
        for key, reply in replies.items():
            if reply is not None:
                self._decode_into(found, key, reply)
        return self._complete(list(replies), found)

    def _complete(self, ids: list[K], found: dict[K, T | None]) -> dict[K, T]:
        missing = [key for key in ids if key not in found]
        self._count(len(ids) - len(missing), len(missing))
        found.update(self._load(missing) if missing else {})
        return {key: value for key in ids if (value := found.get(key)) is not None}

    def put(self, key: K, value: T) -> None:
        """Write through: replace the entry and void fills that are under way."""
        self.evict(key)
        self._fill({key: value}, [key], self._leases([key]))

    def evict(self, *evicted: K) -> None:
        leases.evict(*(self._family.key(key) for key in evicted))

    def key(self, key: K) -> str:
        return self._family.key(key)

    def _read(self, ids: list[K]) -> dict[K, T | None]:
        names = [self._family.key(key) for key in ids]
        found: dict[K, T | None] = {}
        for key, value in zip(ids, _read_together(names), strict=True):
            if value is not None:
                self._decode_into(found, key, value)
        return found

    def _decode_into(self, found: dict[K, T | None], key: K, value: bytes) -> None:
        try:
            found[key] = codec.decode(value, self._shape)
        except ValueError:  # written by another version: a miss
            name = self._family.key(key)
            cache_breaker.attempt(lambda: cache.client.delete(name), 0)

    def _load(self, missing: list[K]) -> dict[K, T | None]:
        if not leases.begin_fresh_read():
            old = self._loader(missing)
            return {key: old.get(key) for key in missing}
        tokens = self._leases(missing)
        waited: dict[K, T | None] = {}
        others = [key for key in missing if key not in tokens]
        if others and not cache_breaker.is_open:
            waited = self._wait(others)
        ids = [key for key in missing if key not in waited]
        loaded = self._loader(ids) if ids else {}
        self._fill(loaded, ids, tokens)
        return waited | {key: loaded.get(key) for key in ids}

    def _wait(self, ids: list[K]) -> dict[K, T | None]:
        """Another loader is at work: give it a tenth of a second."""
        for _ in range(WAITS):
            time.sleep(WAIT_S)
            found = self._read(ids)
            if len(found) == len(ids):
                return found
            if cache_breaker.is_open:
                break
        return {}

    def _leases(self, ids: list[K]) -> dict[K, str]:
        tokens = {key: leases.try_take(self._family.key(key)) for key in ids}
        return {key: token for key, token in tokens.items() if token}

    def _fill(self, loaded: dict[K, T], ids: list[K], tokens: dict[K, str]) -> None:
        for key in ids:
            if token := tokens.get(key):
                value = loaded.get(key)
                ttl_s = self._family.ttl_s if value is not None else ABSENT_S
                data = codec.encode(value, self._shape)
                leases.try_fill_string(self._family.key(key), token, data, ttl_s)

    def _count(self, hits: int, misses: int) -> None:
        self._tally.count(hits, misses)


def together(*wanted: tuple[Cached[Any, Any], Any]) -> list[Any]:
    """Values of several families in the order wanted, in one trip; None where there is none."""
    replies = _read_together([entries.key(key) for entries, key in wanted])
    by_entries: dict[Cached[Any, Any], dict[Any, bytes | None]] = {}
    for (entries, key), reply in zip(wanted, replies, strict=True):
        by_entries.setdefault(entries, {})[key] = reply
    found = {entries: _take(entries, mine) for entries, mine in by_entries.items()}
    return [found[entries].get(key) for entries, key in wanted]


def _read_together(names: list[str]) -> list[bytes | None]:
    nothing: list[Any] = [[None] * len(names)]
    if not settings().cache:
        return list(nothing[0])
    command = [b"MGET", *(name.encode() for name in names)]
    (replies,) = cache_breaker.attempt(lambda: resp.pool(cache.url).pipeline([command]), nothing)
    return list(replies)


def _take(entries: Cached[Any, Any], replies: dict[Any, bytes | None]) -> dict[Any, Any]:
    return entries.take(replies) if settings().cache else entries.many(replies)


def cached(family: Family, shape: type[T]) -> Callable[[Loader[K, T]], Cached[K, T]]:
    """Put a loader behind look-aside entries of `family`; absence is remembered."""

    def declare(loader: Loader[K, T]) -> Cached[K, T]:
        return Cached(loader, family, shape)

    return declare
