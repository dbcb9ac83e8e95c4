"""Redis as it fails."""

from __future__ import annotations

import socket
import tempfile
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest


@pytest.fixture
def dead_redis(with_settings: Callable[..., None]) -> None:
    """Nobody listens."""
    with_settings(redis_cache_url="unix:///nonexistent/redis.sock")


class Hanging:
    """Takes connections and never answers; counts how often it was asked."""

    def __init__(self, listener: socket.socket, url: str) -> None:
        self.url = url
        self._listener = listener
        self._taken: list[socket.socket] = []

    def connections(self) -> int:
        with suppress(BlockingIOError):
            while True:
                self._taken.append(self._listener.accept()[0])
        return len(self._taken)

    def close(self) -> None:
        for taken in self._taken:
            taken.close()


@pytest.fixture
def hanging_url(hanging: Hanging) -> str:
    return hanging.url


@pytest.fixture
def hanging() -> Iterator[Hanging]:
    with (
        tempfile.TemporaryDirectory(prefix="pigeon-") as folder,
        socket.socket(socket.AF_UNIX) as listener,
    ):
        path = Path(folder) / "redis.sock"
        listener.bind(str(path))
        listener.listen(64)
        listener.setblocking(False)
        found = Hanging(listener, f"unix://{path}")
        yield found
        found.close()
