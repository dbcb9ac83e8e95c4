"""Who asks: a person or a stranger, and how they stand to the people whose things are asked for."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from typing import Any

from pigeon.cache import trips
from pigeon.cache.trips import Read
from pigeon.services.follows import followees
from pigeon.services.relations.apart import FROM_NOBODY, Apart, apart
from pigeon.services.relations.standings import PRIVATE, PUBLIC, standings

NOBODY: AbstractSet[int] = frozenset()


class Relations:
    """How one viewer stands to others: asked when a rule needs it, once about each person.

    Rules ask about a whole page of people at once. What they need can travel in a trip that the
    page makes anyway: a reader puts `read_apart()`, `read_standings(ids)` and `read_followed(ids)`
    into it. Then the rule asks nobody.
    """

    __slots__ = ("_apart", "_ask", "_followed", "_followers", "_standings", "_viewer_id")

    def __init__(
        self, viewer_id: int | None, ask: Callable[..., tuple[Any, ...]] = trips.trip
    ) -> None:
        self._viewer_id = viewer_id
        self._ask = ask
        self._apart: Apart | None = FROM_NOBODY if viewer_id is None else None
        self._standings: dict[int, str | None] = {}
        self._followed: dict[int, bool] = {}
        self._followers: dict[int, bool] = {}

    # -- what rules ask ----------------------------------------------------------------------------

    @property
    def apart(self) -> Apart:
        """Whom the viewer does not meet, and whose things they do not want."""
        if self._apart is None:
            self._ask(self.read_apart())
        return self._apart or FROM_NOBODY

    def blocked_among(self, ids: Iterable[int]) -> AbstractSet[int]:
        """Those of the people on either side of a block with the viewer."""
        blocked = self.apart.blocked
        return blocked.intersection(ids) if blocked else NOBODY

    def closed_among(self, ids: Iterable[int]) -> AbstractSet[int]:
        """Those of the people whose posts the viewer must not see, whatever the reason."""
        others = set(ids) - {self._viewer_id}
        self.ask_about(others)
        standings = self._standings
        closed = {one for one in others if standings[one] is None}
        closed.update(self.blocked_among(others))
        private = [one for one in others if standings[one] == PRIVATE]
        return closed | (set(private) - self.followed_among(private)) if private else closed

    def is_public(self, user_id: int) -> bool:
        """The person's things are for everybody, of whom no block keeps them away."""
        if user_id not in self._standings:
            self._ask(self.read_standings([user_id]))
        return self._standings[user_id] == PUBLIC

    def followed_among(self, ids: Iterable[int]) -> set[int]:
        """Those of the people whom the viewer follows."""
        asked = list(ids)
        unknown = [user_id for user_id in asked if user_id not in self._followed]
        if unknown and self._viewer_id is not None:
            self._ask(self.read_followed(unknown))
        return {user_id for user_id in asked if self._followed.get(user_id)}

    def follow_back_among(self, ids: Iterable[int]) -> set[int]:
        """Those of the people whom the viewer follows, and who follow the viewer."""
        followed = self.followed_among(ids)
        unknown = [user_id for user_id in followed if user_id not in self._followers]
        if unknown:
            self._ask(self._read_followers(unknown))
        return {user_id for user_id in followed if self._followers[user_id]}

    def ask_about(self, ids: Collection[int]) -> None:
        """Find out in one trip what decides about their posts and is not known yet."""
        reads = self.reads_about(ids)
        if self._apart is None or any(read.commands for read in reads):
            self._ask(*reads)

    # -- what travels with other reads -------------------------------------------------------------

    def reads_about(self, ids: Iterable[int]) -> tuple[Read[None], Read[None], Read[None]]:
        """To be put into a trip: all that decides about people's posts and is not known yet."""
        strange = [user_id for user_id in ids if user_id not in self._standings]
        strange = [user_id for user_id in strange if user_id != self._viewer_id]
        unfollowed = [user_id for user_id in strange if user_id not in self._followed]
        return self.read_apart(), self.read_standings(strange), self.read_followed(unfollowed)

    def read_apart(self) -> Read[None]:
        """To be put into a trip; without a command when it is known."""
        wanted = [self._viewer_id] if self._viewer_id is not None and self._apart is None else []
        return trips.then(apart.read(wanted), self._learn_apart)

    def read_standings(self, ids: Iterable[int]) -> Read[None]:
        """The same for how these people stand to everybody."""
        wanted = list(ids)

        def learn(found: dict[int, str]) -> None:
            self._standings.update((user_id, found.get(user_id)) for user_id in wanted)

        return trips.then(standings.read(wanted), learn)

    def read_followed(self, ids: Iterable[int]) -> Read[None]:
        """The same for which of these people the viewer follows."""
        wanted = list(ids) if self._viewer_id is not None else []
        read = followees.read(self._viewer_id or 0, wanted)
        return trips.then(read, lambda followed: self.learn_followed(wanted, followed))

    def _read_followers(self, wanted: list[int]) -> Read[None]:
        read = followees.read_back(self._viewer_id or 0, wanted)
        return trips.then(read, lambda found: self.learn_followers(wanted, found))

    def for_strangers(self) -> Relations:
        """The same people as somebody without an account sees them; nothing is asked again."""
        theirs = Relations(None, self._ask)
        theirs._standings = self._standings
        return theirs

    def _learn_apart(self, found: dict[int, Apart]) -> None:
        if self._apart is None and self._viewer_id is not None:
            self._apart = found.get(self._viewer_id, FROM_NOBODY)

    def learn_followed(self, asked: Iterable[int], followed: AbstractSet[int]) -> None:
        """Take over what another read has found out about `asked`."""
        self._followed.update((user_id, user_id in followed) for user_id in asked)

    def learn_followers(self, asked: Iterable[int], followers: AbstractSet[int]) -> None:
        """The same about who follows the viewer."""
        self._followers.update((user_id, user_id in followers) for user_id in asked)


@dataclass(frozen=True, slots=True)
class Viewer:
    """Somebody who asks; `id` is None for a stranger. Rules of reading are alike for every role."""

    id: int | None
    role: str
    relations: Relations = field(compare=False, repr=False)


Who = Viewer | int | None
"""A viewer, or the id of one of whom nothing is known yet; None for a stranger."""


def viewer(who: Who, role: str = "user") -> Viewer:
    """The viewer of an id, of whom nothing is read yet; a viewer is answered as it is.

    Make one where a request or job begins to read and hand it on: each has its own memory of its
    relations, which must not outlive what it was made for.
    """
    return who if isinstance(who, Viewer) else Viewer(who, role, Relations(who))


def writer(viewer_id: int) -> Viewer:
    """The viewer of an id inside a unit of work: relations are as its transaction sees them.

    What is about to be written must not rest on a cache, which may be as old as the request.
    """
    return Viewer(viewer_id, "user", Relations(viewer_id, ask=_load))


def _load(*reads: Read[Any]) -> tuple[Any, ...]:
    return tuple(read.load() if read.commands else read.complete(()) for read in reads)


def stranger(beside: Viewer | None = None) -> Viewer:
    """Who is not signed in. Whether strangers may read at all is the affair of `web.guards`.

    They know of everybody's standing what a viewer `beside` them has found out already.
    """
    return Viewer(None, "user", beside.relations.for_strangers()) if beside else viewer(None)
