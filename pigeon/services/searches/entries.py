"""Where somebody's search history is kept: rows, a sorted set over them, and write-back between.

A row is stored when something is searched for the first time, and deleted for good. That it was
searched again is a later time of the row, which goes through the journal as the pair (person, row).
A flush moves rows that are there and makes none, so nothing that was deleted comes back.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, ClassVar, cast

from sqlalchemy import Table, bindparam, select, update

from pigeon.cache import keys, leases, resp, trips, write_back_values
from pigeon.cache.breaker import cache_breaker, state_breaker
from pigeon.cache.trips import Read
from pigeon.cache.write_back_entries import Entry
from pigeon.domain.clock import time_of_us, us_of
from pigeon.domain.events import Event
from pigeon.domain.searches import KEPT
from pigeon.extensions import cache, db
from pigeon.models import SearchModel
from pigeon.unit_of_work import UnitOfWork

LOADED = b"0"
"""A member beside the entries: without it an empty history would look like a missing one."""

_SEARCHES = cast(Table, SearchModel.__table__)
_MOVE = (
    update(_SEARCHES)
    .where(
        _SEARCHES.c.id == bindparam("of"),
        _SEARCHES.c.user_id == bindparam("by"),
        _SEARCHES.c.searched_at < bindparam("at"),
    )
    .values(searched_at=bindparam("at"))
)


@dataclass(frozen=True, kw_only=True)
class Kept:
    """A row; `at_us` is when it was searched last, in microseconds of Unix time."""

    id: int
    q: str
    found_id: int | None
    at_us: int

    @property
    def member(self) -> bytes:
        """How the sorted set holds it, by its time."""
        return f"{self.id} {self.found_id or ''} {self.q}".encode()


def _kept(member: bytes, score: bytes) -> Kept:
    number, found, q = member.decode().split(" ", 2)
    return Kept(id=int(number), q=q, found_id=int(found) if found else None, at_us=_us(score))


def _us(score: bytes) -> int:
    return int(float(score))  # 2 ** 53 microseconds end in 2255


# -- reading ---------------------------------------------------------------------------------------


def of(user_id: int) -> list[Kept]:
    """A person's entries, what waits in the journal included; searched last comes first."""
    command = [b"ZRANGE", keys.SEARCHES.key(user_id).encode(), b"0", b"-1", b"REV", b"WITHSCORES"]
    commands = [resp.encode(command)]
    return trips.one(Read(commands, partial(_complete, user_id), partial(in_sql, user_id)))


def _complete(user_id: int, replies: Sequence[Any]) -> list[Kept]:
    members = replies[0]
    if not members:
        return _load(user_id)
    pairs = zip(members[::2], members[1::2], strict=True)
    return [_kept(*pair) for pair in pairs if pair[0] != LOADED][:KEPT]


def _load(user_id: int) -> list[Kept]:
    """From SQL, with what waits; the sorted set is filled under a lease."""
    key = keys.SEARCHES.key(user_id)
    token = leases.try_take(key) if leases.begin_fresh_read() else None
    found = in_sql(user_id)
    if token:
        scores: list[bytes | int] = [0, LOADED]
        for one in found:
            scores += (one.at_us, one.member)
        fill = partial(leases.fill_zset, key, token, scores, keys.SEARCHES.ttl_s)
        cache_breaker.attempt(fill, False)
    return found


def in_sql(user_id: int) -> list[Kept]:
    """As `of`, past the sorted set.

    The journal is asked before the times are: what a flush takes out meanwhile is stored by then.
    """
    mine = SearchModel.user_id == user_id
    ids = db.session.scalars(select(SearchModel.id).where(mine)).all()
    waiting = pending(user_id, ids)
    leases.begin_fresh_read()
    query = select(SearchModel.id, SearchModel.q, SearchModel.found_id, SearchModel.searched_at)
    found = [
        Kept(id=number, q=q, found_id=found_id, at_us=max(us_of(at), waiting.get(number, 0)))
        for number, q, found_id, at in db.session.execute(query.where(mine))
    ]
    return sorted(found, key=lambda one: (one.at_us, one.id), reverse=True)[:KEPT]


def pending(user_id: int, ids: Sequence[int]) -> dict[int, int]:
    """The times that wait in the journal; none while it cannot be asked."""
    ask = partial(write_back_values.pending, MOVES.name, user_id, ids)
    return state_breaker.attempt(ask, {})


# -- writing ---------------------------------------------------------------------------------------


class Moves:
    """The kind of write-back: when (value) somebody (actor) searched for it (target) last."""

    name = "search"
    is_counted: ClassVar[bool] = False

    def store(self, _uow: UnitOfWork, wanted: list[Entry[int]]) -> None:
        rows = [
            {"of": entry.target, "by": entry.actor, "at": time_of_us(entry.value)}
            for entry in sorted(wanted, key=lambda entry: entry.target)
        ]
        if rows:
            db.session.connection().execute(_MOVE, rows)

    def show(self, wanted: list[Entry[int]]) -> dict[int, int]:
        self.evict(wanted)
        return {}

    def evict(self, wanted: list[Entry[int]]) -> None:
        evict(*{entry.actor for entry in wanted})

    def announce(self, _wanted: list[Entry[int]]) -> Event | None:
        return None


MOVES = Moves()


def move(user_id: int, one: Kept, at_us: int) -> Kept:
    """Journalled and acknowledged: the entry is the newest; Unavailable when it cannot be.

    Then shown, where the sorted set has it. A fill that is under way may have asked the journal too
    early, and is void.
    """
    write_back_values.append(MOVES.name, user_id, one.id, at_us)
    key = keys.SEARCHES.key(user_id)
    commands = [
        [b"DEL", keys.lease(key).encode()],
        [b"ZADD", key.encode(), b"XX", b"GT", b"%d" % at_us, one.member],
    ]
    cache_breaker.attempt(lambda: resp.pool(cache.url).pipeline(commands), None)
    return replace(one, at_us=at_us)


def evict(*user_ids: int) -> None:
    """Unavailable when the cache cannot be told."""
    leases.evict(*map(keys.SEARCHES.key, user_ids))
