"""The bus between realtime processes: the stock Redis manager with two changes.

It is back within 5 s of Redis, and then tells every local client that it may have missed something.
The hook is private: python-socketio is pinned, and a test holds it.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import socketio
import structlog

from pigeon.cache import keys
from pigeon.realtime.push import FAST

log = structlog.get_logger()
LONGEST_WAIT_S = 5.0


class ResyncRedisManager(socketio.RedisManager):  # type: ignore[misc]
    """Reconnects with a short back-off and emits `resync` locally after a gap."""

    def _redis_listen_with_retries(self) -> Iterator[Any]:
        is_first, wait_s = True, 0.5
        while True:
            try:
                self._redis_connect()
                self.pubsub.subscribe(self.channel)
                if not is_first:
                    self.emit("resync", {}, namespace="/", ignore_queue=True)
                is_first, wait_s = False, 0.5
                yield from self._messages()
            except Exception as error:  # whatever it was: the listener must outlive it
                log.warning("bus_lost", error=type(error).__name__)
                time.sleep(wait_s)
                wait_s = min(wait_s * 2, LONGEST_WAIT_S)

    def _messages(self) -> Iterator[Any]:
        while True:
            message = self.pubsub.get_message(timeout=5)
            if message:
                yield message


def manager(url: str) -> ResyncRedisManager:
    return ResyncRedisManager(
        url, channel=keys.BUS_CHANNEL, redis_options=FAST | {"health_check_interval": 10}
    )
