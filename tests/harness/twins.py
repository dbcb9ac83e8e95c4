"""What a rule says: of rows in SQL, and one by one; and who there is to ask it for.

`World` has two authors whose things are looked at, `ann` who is public and `private` who is not.
Everybody in `ACTORS` stands to both of them in the way that their name says.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from pigeon.domain.errors import NotFound
from pigeon.extensions import db
from pigeon.services import access
from pigeon.services.access.viewers import Viewer

ACTORS = (
    *("stranger", "ann", "private", "ben", "follower", "requested", "declined", "former"),
    *("removed", "blocked", "blocker", "unblocked", "muter", "muted", "suspended"),
)
AUTHORS = ("ann", "private")
GONE = {"suspended", "gone"}
"""Nobody knows of them, whoever asks."""
APART = {
    "ann": {"blocked", "blocker"},
    "private": {"blocked", "blocker"},
    "blocked": {"ann", "private"},
    "blocker": {"ann", "private"},
}
"""Who is nobody to whom, by a block on either side."""
FOLLOWING = {"follower", "muter", "muted"}
"""Who is let in to see the things of `private`."""


@dataclass(frozen=True)
class World:
    """Rows in every state that can be reached."""

    people: dict[str, int]

    def viewer(self, actor: str) -> Viewer:
        return access.viewer(self.people.get(actor))

    def ways(self, actor: str) -> Iterator[tuple[str, Viewer]]:
        """The actor as each kind of reading knows them: nothing is cached, all is, and SQL alone.

        Caches hold what was read for others, too, so the first is cold for the relation alone.
        """
        yield "cold", self.viewer(actor)
        yield "warm", self.viewer(actor)
        if actor != "stranger":
            yield "writing", access.writer(self.people[actor])

    # -- what must come out, in plain words --------------------------------------------------------

    def knows(self, actor: str) -> set[int]:
        """Of whom an actor may know."""
        hidden = GONE | APART.get(actor, set())
        return {number for name, number in self.people.items() if name not in hidden}

    def sees_posts_of(self, actor: str) -> set[int]:
        """Whose posts and lists are open to an actor."""
        known = self.knows(actor)
        if actor not in FOLLOWING and actor != "private":
            known.discard(self.people["private"])
        return known


def in_sql(column: Any, condition: Any) -> set[Any]:
    db.session.rollback()
    return set(db.session.scalars(select(column).where(condition)))


def everything(column: Any) -> list[Any]:
    return list(db.session.scalars(select(column)))


def passing(check: Callable[[Any], object], ids: list[Any]) -> set[Any]:
    """Those that a check lets pass."""
    found = set()
    for number in ids:
        with suppress(NotFound):
            check(number)
            found.add(number)
    return found
