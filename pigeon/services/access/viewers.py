"""Who asks: a person or a stranger, and how they stand to the people whose things are asked for."""

from __future__ import annotations

from collections.abc import Iterable
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field

from pigeon.services.follows import followees

NOBODY: AbstractSet[int] = frozenset()


class Relations:
    """How one viewer stands to others: asked when a rule needs it, once about each person.

    Rules ask about a whole page of people at once. What is read for that can travel in the trip
    that a page makes anyway: a reader that has the answer hands it to `learn_followed`, and then
    the rule asks nobody. Blocks and mutes join here in the same way: one question about many
    people, one `learn`.
    """

    __slots__ = ("_followed", "_viewer_id")

    def __init__(self, viewer_id: int | None) -> None:
        self._viewer_id = viewer_id
        self._followed: dict[int, bool] = {}

    def hidden_among(self, ids: Iterable[int]) -> AbstractSet[int]:
        """Those of the people whom the viewer must not meet: nobody, until people can block."""
        return NOBODY

    def followed_among(self, ids: Iterable[int]) -> set[int]:
        """Those of the people whom the viewer follows."""
        asked = list(ids)
        unknown = [user_id for user_id in asked if user_id not in self._followed]
        if unknown and self._viewer_id is not None:
            self.learn_followed(unknown, followees.among(self._viewer_id, unknown))
        return {user_id for user_id in asked if self._followed.get(user_id)}

    def learn_followed(self, asked: Iterable[int], followed: AbstractSet[int]) -> None:
        """Take over what another read has found out about `asked`."""
        self._followed.update((user_id, user_id in followed) for user_id in asked)


@dataclass(frozen=True, slots=True)
class Viewer:
    """Somebody who asks; `id` is None for a stranger. Rules of reading are alike for every role."""

    id: int | None
    role: str
    relations: Relations = field(compare=False, repr=False)


def viewer(viewer_id: int | None, role: str = "user") -> Viewer:
    """The viewer of an id; nothing is read yet.

    Make one where a request or job begins to read and hand it on: each has its own memory of its
    relations, which must not outlive what it was made for.
    """
    return Viewer(viewer_id, role, Relations(viewer_id))


STRANGER = viewer(None)
"""Who is not signed in. Whether strangers may read at all is the affair of `web.guards`."""
