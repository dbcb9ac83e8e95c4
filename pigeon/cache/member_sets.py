"""Whether ids belong to somebody, by a Redis set of all of them: one command, filled on a miss."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import compress
from typing import Any

from pigeon.cache import resp, trips
from pigeon.cache.breaker import cache_breaker
from pigeon.cache.keys import Family
from pigeon.cache.trips import Read


@dataclass(frozen=True, kw_only=True)
class MemberSet:
    """The sets of one family, a person each; the member 0 says that a set is loaded.

    `in_sql` answers for some ids, `load` fills the set of a person under a lease, or does not.
    """

    family: Family
    in_sql: Callable[[int, Iterable[int]], set[int]]
    load: Callable[[int], None]

    def read(self, owner_id: int, ids: Sequence[int], *, may_load: bool = True) -> Read[set[int]]:
        """Those of `ids` that are in the set of the person."""
        key = self.family.key(owner_id).encode()
        command = resp.encode([b"SMISMEMBER", key, b"0", *(b"%d" % one for one in ids)])
        return Read(
            [command] if ids else [],
            partial(self._complete, owner_id, ids, may_load),
            partial(self.in_sql, owner_id, ids),
        )

    def _complete(
        self, owner_id: int, ids: Sequence[int], may_load: bool, replies: Sequence[Any]
    ) -> set[int]:
        """A set that is not there is loaded once, then SQL is asked."""
        if not ids:
            return set()
        (flags,) = replies
        if flags is not None and flags[0]:
            return set(compress(ids, flags[1:]))
        if flags is None or not may_load:
            return self.in_sql(owner_id, ids)
        cache_breaker.attempt(lambda: self.load(owner_id), None)
        return trips.one(self.read(owner_id, ids, may_load=False))
