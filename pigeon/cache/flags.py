"""A person's yes or no about many things, as one hash per person: known, or to be looked up.

The field `floor` says from which id on every yes is in the hash, so that a missing field is a no.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import Any

from pigeon import metrics
from pigeon.cache import keys, leases, resp, trips
from pigeon.cache.breaker import cache_breaker, must_reach
from pigeon.cache.keys import Family
from pigeon.cache.scripts import Script
from pigeon.cache.trips import Read
from pigeon.extensions import cache

FLOOR = "floor"
STORED_AT_ONCE = 500

_FILL = Script("""
if redis.call('GET', KEYS[2]) ~= ARGV[1] then return 0 end
redis.call('DEL', KEYS[2])
redis.call('HSET', KEYS[1], unpack(ARGV, 3))
redis.call('EXPIRE', KEYS[1], ARGV[2])
return 1
""")


class Flags:
    """`newest(person, n)` loads the ids of their newest n yeses, highest first; `among` some."""

    def __init__(
        self,
        family: Family,
        name: str,
        *,
        newest: Callable[[int, int], list[int]],
        among: Callable[[int, Sequence[int]], set[int]],
        kept: int = 2_000,
    ) -> None:
        self._family = family
        self._name = name
        self._newest = newest
        self._among = among
        self._kept = kept
        self._tally = metrics.Tally(f"{family.name}.{name}")

    def key(self, person: int) -> str:
        return self._family.key(self._name, person)

    def among(self, person: int, ids: Sequence[int]) -> set[int]:
        """Those of `ids` with a yes."""
        return trips.one(self.read(person, ids))

    def read(self, person: int, ids: Sequence[int]) -> Read[set[int]]:
        """As `among`, in a trip with others."""
        fields = [b"%d" % number for number in ids]
        command = resp.encode([b"HMGET", self.key(person).encode(), FLOOR.encode(), *fields])
        return Read(
            [command] if ids else [],
            partial(self.complete, person, ids),
            partial(self._plain, person, ids),
        )

    def _plain(self, person: int, ids: Sequence[int]) -> set[int]:
        leases.begin_fresh_read()
        return self._among(person, ids)

    def complete(self, person: int, ids: Sequence[int], replies: Sequence[Any]) -> set[int]:
        """The yeses in the reply to an HMGET of the floor and `ids`; what is unknown is loaded."""
        if not ids:
            return set()
        floor, *flags = replies[0] or [None] * (len(ids) + 1)
        least = int(floor) if floor is not None else None
        found = dict(zip(ids, flags, strict=True))
        unknown = [
            number
            for number, flag in found.items()
            if flag is None and (least is None or number < least)
        ]
        self._tally.count(len(ids) - len(unknown), len(unknown))
        yes = {number for number, flag in found.items() if flag == b"1"}
        return yes | self._load(person, unknown, fills_floor=least is None) if unknown else yes

    def _load(self, person: int, ids: list[int], *, fills_floor: bool) -> set[int]:
        key = self.key(person)
        token = leases.try_take_field(key) if leases.begin_fresh_read() else None
        newest = self._newest(person, self._kept) if fills_floor else []
        floor = newest[-1] if len(newest) == self._kept else 0
        below = [number for number in ids if not fills_floor or number < floor]
        yes = set(newest).intersection(ids) | (self._among(person, below) if below else set())
        if token:
            values = {str(number): int(number in yes) for number in below}
            values |= dict.fromkeys(map(str, newest), 1) | ({FLOOR: floor} if fills_floor else {})
            self._fill(key, token, values)
        return yes

    def _fill(self, key: str, token: str, values: dict[str, int]) -> None:
        parts = [part for pair in values.items() for part in pair]
        names = [key, keys.lease(key)]
        arguments = [token, leases.jittered(self._family.ttl_s), *parts]
        cache_breaker.attempt(lambda: _FILL.call(resp.pool(cache.url), names, arguments), None)

    def store(self, values: Iterable[tuple[int, int, int]]) -> None:
        """Write through (person, id, flag) where a hash is, and void fills that are under way.

        Unavailable when Redis cannot be told.
        """
        by_person: dict[int, list[int]] = {}
        for person, number, flag in values:
            by_person.setdefault(person, []).extend((number, flag))
        must_reach(lambda: self._store(by_person))

    def _store(self, by_person: dict[int, list[int]]) -> None:
        """Leases first: who fills from now on reads what is stored."""
        people, pool = list(by_person), resp.pool(cache.url)
        for first in range(0, len(people), STORED_AT_ONCE):
            some = people[first : first + STORED_AT_ONCE]
            names = [self.key(person) for person in some]
            known = pool.checked(b"".join(map(_void_and_look, names)), 2 * len(names))[1::2]
            writes = [
                [b"HSET", name.encode(), *(b"%d" % number for number in by_person[person])]
                for person, name, is_there in zip(some, names, known, strict=True)
                if is_there
            ]
            if writes:
                pool.pipeline(writes)

    def evict(self, *people: int) -> None:
        leases.evict(*map(self.key, people))


def _void_and_look(name: str) -> bytes:
    """The encoded commands: void the fills of a hash, and say whether it is there."""
    lease = keys.lease(name)
    return (
        f"*2\r\n$3\r\nDEL\r\n${len(lease)}\r\n{lease}\r\n"
        f"*2\r\n$6\r\nEXISTS\r\n${len(name)}\r\n{name}\r\n"
    ).encode()
