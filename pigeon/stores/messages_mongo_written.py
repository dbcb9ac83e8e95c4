"""Where a process was a moment ago in the conversations that it writes to."""

from __future__ import annotations

import time

REMEMBERED, REMEMBERED_S = 4_096, 5.0


class Written:
    """The last numbers that this process wrote: a conversation that goes on needs no look before.

    For moments only, and only a place to begin at: who wrote meanwhile is met at the insert.
    """

    def __init__(self) -> None:
        self._numbers: dict[int, tuple[int, float]] = {}

    def find(self, chat_id: int) -> int | None:
        number, until = self._numbers.get(chat_id, (None, 0.0))
        return number if time.monotonic() < until else None

    def note(self, chat_id: int, number: int) -> None:
        if len(self._numbers) >= REMEMBERED:
            self._numbers = {}
        self._numbers[chat_id] = (number, time.monotonic() + REMEMBERED_S)
