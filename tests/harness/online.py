"""People with a socket somewhere, without one."""

from __future__ import annotations

from collections.abc import Iterable

from pigeon.stores import presence
from pigeon.stores.presence import Note, now_ms

PROCESS = "0"


def bring_online(user_ids: Iterable[int]) -> None:
    presence.begin(PROCESS)
    presence.write(PROCESS, [Note(one, f"s{one}", now_ms()) for one in user_ids])


def take_offline(user_ids: Iterable[int]) -> None:
    """Long ago, so that nobody counts as about to come back."""
    notes = [Note(one, f"s{one}", None) for one in user_ids]
    presence.write(PROCESS, notes, now_ms() - 60_000)
    presence.sweep()
