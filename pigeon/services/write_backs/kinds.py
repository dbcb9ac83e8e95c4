"""The kinds of write-back: one table of what this release reads, one of what it writes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Any, Protocol

from pigeon.cache import write_back, write_back_values
from pigeon.cache.write_back_entries import AnyEntry
from pigeon.domain.events import Event
from pigeon.extensions import settings
from pigeon.services.likes import pairs as likes
from pigeon.services.searches.entries import MOVES
from pigeon.services.stories import views
from pigeon.unit_of_work import UnitOfWork, publish


class Kind(Protocol):
    """What is written back: how it is stored, and where it is shown.

    An entry says of a pair (actor, target) which value it has now. A flush brings the last one of
    each pair, in the order of the journal, and may bring it again: so `store` compares, and
    whatever shows a value is replaced or evicted.
    """

    @property
    def name(self) -> str: ...

    @property
    def is_counted(self) -> bool:
        """Whether the journal adds values up by target (`cache/write_back.py`).

        Else it only knows the newest one of each pair (`cache/write_back_values.py`).
        """

    def store(self, uow: UnitOfWork, wanted: list[Any]) -> None:
        """Bring the rows to these values."""

    def show(self, wanted: list[Any]) -> dict[int, int]:
        """Let every cache that shows these pairs say what SQL says; Unavailable if one cannot.

        Answers what SQL counts by target, {} for what is not counted.
        """

    def evict(self, wanted: list[Any]) -> None:
        """Make the caches forget these pairs, so that the next reader asks SQL.

        A writer calls it when somebody else may have stored newer values meanwhile: what it would
        show could be out of date.
        """

    def announce(self, wanted: list[Any]) -> Event | None:
        """What is told to who looks at these pairs, once they are settled."""


_KINDS: tuple[Kind, ...] = (likes.POSTS, likes.COMMENTS, views.VIEWS, MOVES)
KINDS: dict[str, Kind] = {kind.name: kind for kind in _KINDS}
"""What this release reads. Transactions lock in this order."""

WRITTEN = {"post", "comment", "story", "search"}
"""What this release journals: what the release before reads, or parks for this one.

Its flusher may lead while a deployment rolls. Of a kind that it does not know nothing is lost: it
is parked, and pending, until a flusher of this release leads (`parking`). A kind of which somebody
would miss what is parked is first known for one release (above, and stored before the answer).
"""


def is_journalled(name: str) -> bool:
    """Whether a change of this kind goes to the journal, or to SQL before the answer."""
    return settings().write_back and name in WRITTEN


def split(entries: Iterable[AnyEntry]) -> tuple[list[AnyEntry], list[AnyEntry]]:
    """Those that this process can read, and the others."""
    known: list[AnyEntry] = []
    unknown: list[AnyEntry] = []
    for entry in entries:
        (known if entry.kind in KINDS else unknown).append(entry)
    return known, unknown


def fold(entries: Iterable[AnyEntry]) -> dict[str, list[AnyEntry]]:
    """By kind, the last entry of each pair, in the order of the journal."""
    last: dict[tuple[str, int, int | str], AnyEntry] = {}
    for entry in entries:
        pair = (entry.kind, entry.actor, entry.target)
        last.pop(pair, None)  # a pair's place is that of its last entry
        last[pair] = entry
    folded: dict[str, list[AnyEntry]] = defaultdict(list)
    for entry in last.values():
        folded[entry.kind].append(entry)
    return folded


def store(uow: UnitOfWork, folded: dict[str, list[AnyEntry]]) -> None:
    """In a unit of work: bring SQL to what is folded."""
    for name in KINDS:
        if name in folded:
            KINDS[name].store(uow, folded[name])


def clear(
    name: str,
    last: list[AnyEntry],
    upto: str,
    counted: dict[int, int] | None = None,
    settled: str | None = None,
) -> None:
    """Take stored entries back from what is pending, as `write_back.clear`."""
    if KINDS[name].is_counted:
        write_back.clear(name, last, upto, counted, settled=settled)
    else:
        write_back_values.clear(name, last)


def announce(name: str, last: list[AnyEntry]) -> None:
    """Tell who looks at these pairs."""
    if event := KINDS[name].announce(last):
        publish(event)
