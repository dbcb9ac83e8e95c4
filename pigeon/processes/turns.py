"""Requests of one client take turns: others wait for a few of them, however many there are.

A process of gevent serves whatever is ready, one piece of work after another. Without turns a
client with 256 pages under way would be ahead of everybody with each of them.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager

AT_ONCE = 2
"""Requests of one client that are worked on: one computes while another waits for a store."""
NEXT_PASS_S = 1e-9
"""A sleep of gevent that looks for what came in: a sleep of 0 may go on 50 times before."""


def give_way() -> None:
    """Let everybody have a turn who has something to do, also who only now begins to be heard."""
    time.sleep(NEXT_PASS_S)


class Turns:
    """The lines of all clients; a line exists as long as somebody stands in it."""

    def __init__(self, at_once: int = AT_ONCE) -> None:
        self._at_once = at_once
        self._lines: dict[str, _Line] = {}

    def of(self, client: str) -> Turn:
        """A turn to take for one request; nobody bounds whom no address tells from others."""
        return Turn(self, client)

    def take(self, client: str, *, has_begun: bool) -> bool:
        """Whether there was somebody to wait for."""
        line = self._lines.setdefault(client, _Line())
        if line.served < self._at_once:
            line.served += 1
            return False
        called = threading.Event()
        (line.begun if has_begun else line.new).append(called)
        called.wait()
        give_way()
        return True

    def give_back(self, client: str) -> None:
        """To who has waited longest; a request that was begun goes before all that were not."""
        line = self._lines[client]
        following = line.begun or line.new
        if following:
            following.popleft().set()
            return
        line.served -= 1
        if not line.served:
            del self._lines[client]


class Turn:
    """One request's; what waits for its client has none meanwhile."""

    def __init__(self, turns: Turns, client: str) -> None:
        self._turns = turns
        self._client = client
        self._is_taken = False

    def take(self) -> bool:
        """Wait for it; whether that was necessary. Others are let in before in any case.

        So nobody who sends many requests at once over one connection is served in one go.
        """
        if not self._client:
            give_way()
            return False
        has_waited = self._turns.take(self._client, has_begun=False)
        self._is_taken = True
        if not has_waited:
            give_way()
        return has_waited

    def give_back(self) -> None:
        if self._is_taken:
            self._is_taken = False
            self._turns.give_back(self._client)

    @contextmanager
    def paused(self) -> Iterator[None]:
        """Nobody waits for this request while it waits for its own client."""
        if not self._is_taken:
            yield
            return
        self.give_back()
        try:
            yield
        finally:
            self._turns.take(self._client, has_begun=True)
            self._is_taken = True


class _Line:
    """How many are `served`, and who waits: requests that were `begun`, and `new` ones."""

    def __init__(self) -> None:
        self.served = 0
        self.begun: deque[threading.Event] = deque()
        self.new: deque[threading.Event] = deque()
