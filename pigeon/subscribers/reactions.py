"""What follows from an event: the jobs it promises, and the frames it pushes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from pigeon.domain.events import Event
from pigeon.unit_of_work import JobSpec


@dataclass(frozen=True, kw_only=True)
class Reaction:
    """`jobs` are stored in the event's transaction; `send` runs after it, and may be lost."""

    jobs: Callable[[Any], list[JobSpec]] = lambda _event: []
    send: Callable[[Any], None] | None = None


Table = Mapping[type[Event], Reaction]


def merge(*tables: Table) -> dict[type[Event], Reaction]:
    """The tables of all features as one; ValueError when two of them react to the same event."""
    merged: dict[type[Event], Reaction] = {}
    for table in tables:
        twice = merged.keys() & table.keys()
        if twice:
            names = ", ".join(sorted(event.__name__ for event in twice))
            raise ValueError(f"two reactions to {names}")
        merged |= table
    return merged
