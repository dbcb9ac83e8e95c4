"""Look-aside entries declared where their loader is: `@cached(keys.USER_CARD, UserCard)`."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence
from functools import cached_property, lru_cache, partial
from typing import Generic, TypeAlias, TypeVar

from pigeon import metrics
from pigeon.cache import codec, leases, trips
from pigeon.cache.breaker import cache_breaker
from pigeon.cache.keys import Family
from pigeon.cache.trips import Read
from pigeon.extensions import cache, db

K = TypeVar("K", int, str)
T = TypeVar("T")

ABSENT_S = 60  # what is not there now may be made at any moment
WAIT_S = 0.02
RENEWING_MS = 30_000
WAITS = 5

Loader: TypeAlias = Callable[[list[K]], dict[K, T]]


class Cached(Generic[K, T]):
    """A loader `(ids) -> {id: value}` behind a cache; ids that do not exist are remembered too."""

    def __init__(
        self, loader: Loader[K, T], family: Family, shape: type[T], remembered: int = 0
    ) -> None:
        self._loader: Loader[K, T] = loader
        self._remembered = remembered
        self._family = family
        self._tally = metrics.Tally(family.name)
        self._shape = shape
        self.__doc__ = loader.__doc__

    def one(self, key: K) -> T | None:
        return self.many([key]).get(key)

    def many(self, wanted: Iterable[K]) -> dict[K, T]:
        """The values that exist, in the order wanted: one trip, and one load of what is missing."""
        return trips.one(self.read(wanted))

    def read(self, wanted: Iterable[K]) -> Read[dict[K, T]]:
        """As `many`, in a trip with others."""
        ids = list(dict.fromkeys(wanted))
        return Read(
            [self._family.key(key) for key in ids],
            partial(self._complete, ids),
            partial(self._plain, ids),
        )

    def _plain(self, ids: list[K]) -> dict[K, T]:
        loaded = self._loader(ids)
        return {key: loaded[key] for key in ids if key in loaded}

    def _complete(self, ids: list[K], replies: Sequence[bytes | None]) -> dict[K, T]:
        found = self._decoded(ids, replies)
        missing = [key for key in ids if key not in found]
        self._tally.count(len(ids) - len(missing), len(missing))
        found.update(self._load(missing) if missing else {})
        return {key: value for key in ids if (value := found.get(key)) is not None}

    def put(self, key: K, value: T) -> None:
        """Write through: replace the entry and void fills that are under way."""
        self.evict(key)
        self._fill({key: value}, [key], self._leases([key]))

    def renew(self, key: K) -> None:
        """Load anew what is read meanwhile; of several at once the last to begin stays."""
        token = leases.retake(self._family.key(key), RENEWING_MS)
        db.session.rollback()  # a fresh snapshot, taken after the lease
        self._fill(self._loader([key]), [key], {key: token})

    def evict(self, *evicted: K) -> None:
        leases.evict(*(self._family.key(key) for key in evicted))

    def _decoded(self, ids: list[K], replies: Sequence[bytes | None]) -> dict[K, T | None]:
        found: dict[K, T | None] = {}
        decode = self._decode
        for key, reply in zip(ids, replies, strict=True):
            if reply is not None:
                try:
                    found[key] = None if reply == codec.ABSENT else decode(reply)
                except ValueError:  # written by another version: a miss
                    self._delete(key)
        return found

    @cached_property
    def _decode(self) -> Callable[[bytes], T]:
        """Compiled at the first reading: a page decodes tens of entries.

        What is remembered is found by its bytes, so a changed entry is decoded anew.
        """
        decode = codec.decoder(self._shape)
        return lru_cache(self._remembered)(decode) if self._remembered else decode

    def _delete(self, key: K) -> None:
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
        names = [self._family.key(key) for key in ids]
        look = Read(names, partial(self._decoded, ids), dict[K, T | None])
        for _ in range(WAITS):
            time.sleep(WAIT_S)
            found = trips.one(look)
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


def cached(
    family: Family, shape: type[T], *, remembered: int = 0
) -> Callable[[Loader[K, T]], Cached[K, T]]:
    """Put a loader behind look-aside entries of `family`; absence is remembered.

    So many values are `remembered` decoded, by this process: nobody may change one.
    """

    def declare(loader: Loader[K, T]) -> Cached[K, T]:
        return Cached(loader, family, shape, remembered)

    return declare
