"""Counters as hashes, by hand: hit, miss, and a remembered absence (`gone`)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from typing import Any

from pigeon import metrics
from pigeon.cache import keys, leases, resp, trips
from pigeon.cache.breaker import cache_breaker, must_reach
from pigeon.cache.keys import Family
from pigeon.cache.scripts import Script
from pigeon.cache.trips import Read
from pigeon.extensions import cache

GONE = "gone"
Counts = tuple[int, ...]

_STORE = Script("""
redis.call('DEL', KEYS[2])
if redis.call('HEXISTS', KEYS[1], ARGV[1]) == 0 then return 0 end
return redis.call('HSET', KEYS[1], ARGV[1], ARGV[2])
""")


class Counters:
    """`loader(ids) -> {id: counts}` behind one hash per id with the named fields."""

    def __init__(
        self,
        family: Family,
        fields: tuple[str, ...],
        loader: Callable[[list[int]], dict[int, Counts]],
    ) -> None:
        self._family = family
        self._tally = metrics.Tally(family.name)
        self.fields = fields
        self._loader = loader

        prefix, suffix = family.key("\n").encode().split(b"\n")
        tail = resp.encode([b"", *(name.encode() for name in (*fields, GONE))])
        self._prefix = b"*%d\r\n$5\r\nHMGET\r\n$" % (len(fields) + 3), prefix
        self._suffix = suffix + tail[tail.index(b"\r\n\r\n") + 2 :]
        self._fixed = len(prefix) + len(suffix)

    def key(self, entity_id: int) -> str:
        return self._family.key(entity_id)

    def many(self, wanted: Iterable[int]) -> dict[int, Counts]:
        """The counts of what exists."""
        return trips.one(self.read(wanted))

    def read(self, wanted: Iterable[int]) -> Read[dict[int, Counts]]:
        """As `many`, in a trip with others."""
        ids = list(dict.fromkeys(wanted))
        commands = list(map(self._command, ids))
        return Read(commands, partial(self.complete, ids), partial(self._plain, ids))

    def _command(self, entity_id: int) -> bytes:
        """The encoded HMGET for `complete`: between constants there is only the id."""
        head, prefix = self._prefix
        digits = b"%d" % entity_id
        return b"%b%d\r\n%b%b%b" % (head, self._fixed + len(digits), prefix, digits, self._suffix)

    def _plain(self, ids: list[int]) -> dict[int, Counts]:
        leases.begin_fresh_read()
        return self._loader(ids)

    def complete(self, ids: list[int], replies: Sequence[Any]) -> dict[int, Counts]:
        """Counts out of HMGET replies for `fields` and `gone`; misses are loaded and filled."""
        found: dict[int, Counts] = {}
        missing: list[int] = []
        for entity_id, reply in zip(ids, replies, strict=True):
            if reply is None or (reply[0] is None and reply[-1] is None):
                missing.append(entity_id)
            elif reply[-1] is None:
                found[entity_id] = tuple(map(int, reply[:-1]))
        self._tally.count(len(ids) - len(missing), len(missing))
        if missing:
            found.update(self._load(missing))
        return found

    def store(self, field: str, values: Mapping[int, int]) -> None:
        """Write one counter through where a hash is, and void fills that are under way.

        The other counters of the hash belong to other writers. Unavailable when Redis cannot be
        told.
        """
        must_reach(lambda: self._store(field, values))

    def _store(self, field: str, values: Mapping[int, int]) -> None:
        commands = []
        for entity_id, value in values.items():
            key = self.key(entity_id)
            commands.append(_STORE.command([key, keys.lease(key)], [field, value]))
        if commands:
            _STORE.run(resp.pool(cache.url), commands)

    def evict(self, *ids: int) -> None:
        leases.evict(*map(self.key, ids))

    def _load(self, ids: list[int]) -> dict[int, Counts]:
        is_fresh = leases.begin_fresh_read()
        tokens = {i: leases.try_take(self.key(i)) for i in ids} if is_fresh else {}
        loaded = self._loader(ids)
        for entity_id, token in tokens.items():
            if token:
                self._fill(entity_id, token, loaded.get(entity_id))
        return loaded

    def _fill(self, entity_id: int, token: str, counts: Counts | None) -> None:
        values = {GONE: 1} if counts is None else dict(zip(self.fields, counts, strict=True))
        cache_breaker.attempt(
            lambda: leases.fill_hash(self.key(entity_id), token, values, self._family.ttl_s), False
        )
