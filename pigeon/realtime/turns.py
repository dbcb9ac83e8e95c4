"""What a connection sends is handled in the order it came, one after another, in a greenlet.

The library starts every handler on its own, so that a short one overtakes a slow one; run in the
reader they would stop its pings, and what comes meanwhile would pile up where nothing counts it.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable

MESSAGES = 100
CHARACTERS = 256 * 1024
"""That may wait for a slow handler, of one connection."""

Message = str | bytes


class Line:
    """The messages of one connection that wait; its end comes after the one at work."""

    def __init__(self) -> None:
        self.waiting: deque[Message] = deque()
        self.size = 0
        self.is_at_work = False
        self.connects = 0
        self.ended: str | None = None

    @property
    def is_full(self) -> bool:
        return len(self.waiting) >= MESSAGES or self.size > CHARACTERS

    def add(self, message: Message) -> None:
        self.waiting.append(message)
        self.size += len(message)

    def take(self) -> Message:
        message = self.waiting.popleft()
        self.size -= len(message)
        return message

    def drop(self) -> None:
        self.waiting.clear()
        self.size = 0


class Turns:
    """A line per connection; `handle` and `leave` get its id, and raise nothing."""

    def __init__(
        self,
        *,
        handle: Callable[[str, Line, Message], None],
        leave: Callable[[str, str], None],
        spawn: Callable[..., object],
    ) -> None:
        self._handle = handle
        self._leave = leave
        self._spawn = spawn
        self._lines: dict[str, Line] = {}

    def add(self, sid: str, message: Message) -> bool:
        """Whether it waits now; False when too much does."""
        line = self._lines.get(sid)
        if line is None:
            line = self._lines[sid] = Line()
        if line.ended is not None:
            return True
        if line.is_full:
            return False
        line.add(message)
        if not line.is_at_work:
            line.is_at_work = True
            self._spawn(self._work, sid, line)
        return True

    def end(self, sid: str, reason: str) -> None:
        """The connection is gone: what waits is dropped, its rooms are left when nothing runs."""
        line = self._lines.pop(sid, None)
        if line is None or not line.is_at_work:
            self._leave(sid, reason)
            return
        line.drop()
        line.ended = reason

    def _work(self, sid: str, line: Line) -> None:
        while line.waiting:
            self._handle(sid, line, line.take())
        line.is_at_work = False
        if line.ended is not None:
            self._leave(sid, line.ended)
