"""How much a person may ask for in a minute, over all sockets and processes.

Counted here at once and sent to Redis a moment later, many people in one trip; an answer waits for
that trip only when more than `AHEAD` are unsent. While Redis is away each process counts alone.
"""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass
from typing import Any

import structlog
from redis.exceptions import RedisError

from pigeon.cache import keys
from pigeon.domain.errors import TooMany
from pigeon.extensions import state

log = structlog.get_logger()
WINDOW_S = 60
AHEAD = 10
"""How many events of a person this process allows before other processes know of them."""
TOGETHER_S = 0.02
"""Until it is sent, so that it is not in the way of the event that was counted."""
PATIENCE_S = 1.5
REST_S = 1.0
KEPT = 20_000


@dataclass
class Window:
    """A minute of one person and name: `stored` are counted in Redis, for every process."""

    until: float
    stored: int = 0
    leaving: int = 0
    unsent: int = 0

    @property
    def count(self) -> int:
        return self.stored + self.leaving + self.unsent


class Quotas:
    """`hit` from any greenlet; `send` over and over in one of its own."""

    def __init__(self) -> None:
        self._windows: dict[str, Window] = {}
        self._dirty: set[str] = set()
        self._has_dirty = threading.Event()
        self._sent = threading.Condition()
        self._rests_until = 0.0

    def hit(self, name: str, user_id: int, times: int) -> None:
        """Count one more; TooMany, with the seconds to wait, beyond `times` a minute."""
        key = keys.RATE.key("event", name, user_id)
        window = self._window(key)
        if window.count < times and window.unsent + window.leaving >= AHEAD:
            self._wait(window)
            window = self._window(key)
        if window.count >= times:
            raise TooMany(max(1, int(window.until - time.monotonic()) + 1))
        window.unsent += 1
        self._dirty.add(key)
        self._has_dirty.set()

    def send(self) -> None:
        """Wait for something to send, then send everything in one trip."""
        self._has_dirty.wait()
        time.sleep(TOGETHER_S)
        self._has_dirty.clear()
        found = {key: self._windows[key] for key in self._dirty if key in self._windows}
        self._dirty = set()
        for window in found.values():
            window.leaving, window.unsent = window.unsent, 0
        try:
            self._send(found)
        except RedisError as error:
            log.warning("quotas_unsent", error=type(error).__name__)
            self._rests_until = time.monotonic() + REST_S
        finally:
            self._count_here(found.values())

    def _window(self, key: str) -> Window:
        window = self._windows.get(key)
        if window is None or window.until <= time.monotonic():
            if len(self._windows) >= KEPT:
                self._drop_old()
            window = self._windows[key] = Window(time.monotonic() + WINDOW_S)
        return window

    def _wait(self, window: Window) -> None:
        if time.monotonic() < self._rests_until:
            return
        with self._sent:
            self._sent.wait_for(lambda: window.unsent + window.leaving < AHEAD, PATIENCE_S)

    def _send(self, found: dict[str, Window]) -> None:
        pipe = state.client.pipeline(transaction=False)
        for key, window in found.items():
            pipe.set(key, 0, nx=True, ex=WINDOW_S)
            pipe.incrby(key, window.leaving)
            pipe.pttl(key)
        replies: list[Any] = pipe.execute()
        for number, (key, window) in enumerate(found.items()):
            window.stored, left_ms = replies[3 * number + 1], replies[3 * number + 2]
            window.leaving = 0
            if left_ms < 0:  # it ended between the two commands
                state.client.expire(key, WINDOW_S)
            else:
                window.until = time.monotonic() + left_ms / 1_000

    def _count_here(self, windows: Any) -> None:
        """What could not be sent counts here alone."""
        for window in windows:
            window.stored, window.leaving = window.stored + window.leaving, 0
        with self._sent:
            self._sent.notify_all()

    def _drop_old(self) -> None:
        now = time.monotonic()
        self._windows = {key: one for key, one in self._windows.items() if one.until > now}


quotas = Quotas()
