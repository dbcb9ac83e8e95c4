"""What the sockets of this process hold, people and posts, kept in step with `connections`.

A socket that comes takes its lease at once. One that goes only leaves a note: the loop releases
what nobody here holds any more a moment later, many in one trip, so that a page that is loaded
again costs nothing. Between a trip and its reply sockets come and go, so whoever wrote looks again.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Collection, Iterable, Mapping

from redis.exceptions import RedisError

from pigeon.realtime import connections
from pigeon.realtime.here import Here
from pigeon.services import presence, watches
from pigeon.stores.leases import RENEW_S, Leases

TOGETHER_S = 0.2
_has_notes = threading.Event()
_must_renew = threading.Event()


class Holding:
    """Leases of one kind, and how many sockets of this process hold each of its ids now."""

    def __init__(self, leases: Leases, held: Mapping[int, int]) -> None:
        self._leases = leases
        self._held = held
        self._noted: set[int] = set()

    def keep(self, ids: Collection[int]) -> dict[int, int]:
        """Store how often this process holds each id now; answers how often other processes do.

        An id that nothing here holds any more is released.
        """
        elsewhere: dict[int, int] = {}
        while ids:
            counts = {one: self._held.get(one, 0) for one in ids}
            try:
                elsewhere |= self._leases.keep(counts)
            except RedisError:
                self.note(ids)
                raise
            ids = [one for one, count in counts.items() if self._held.get(one, 0) != count]
        return elsewhere

    def renew(self) -> None:
        """Renew every lease of this process.

        It also tells other processes that this one keeps leases, so it is sent even if it holds
        none.
        """
        if self._held:
            self.keep(list(self._held))
        else:
            self.keep_nothing()

    def keep_nothing(self) -> None:
        """Say that this process keeps leases; what it holds already lasts longer than that."""
        self._leases.keep({})

    def note(self, ids: Iterable[int]) -> None:
        """Remember ids that came or went, for the loop that keeps leases to store."""
        self._noted.update(ids)
        _has_notes.set()

    def keep_noted(self) -> None:
        noted, self._noted = self._noted, set()
        self.keep(noted)


here = Here(_has_notes.set)
people = Holding(presence.people, connections.people)
"""For processes of the release before; see `services/presence/online`."""
posts = Holding(watches.posts, connections.posts)


def renew_soon() -> None:
    """Redis was away, and may have forgotten what this process holds."""
    _must_renew.set()
    _has_notes.set()


def keep_for_a_while() -> None:
    """Renew every lease of this process; until the next time write what comes and goes."""
    _must_renew.clear()
    here.renew()
    people.keep_nothing()
    posts.renew()
    until = time.monotonic() + RENEW_S
    while _has_notes.wait(max(0.0, until - time.monotonic())):
        if _must_renew.is_set():
            return
        time.sleep(TOGETHER_S)
        _has_notes.clear()
        here.write_noted()
        people.keep_noted()
        posts.keep_noted()
        if time.monotonic() >= until:
            return
