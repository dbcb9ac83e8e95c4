"""Redis as it fails."""

from __future__ import annotations

import socket
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest


@pytest.fixture
def dead_redis(with_settings: Callable[..., None]) -> None:
    """Nobody listens."""
    with_settings(redis_cache_url="unix:///nonexistent/redis.sock")


@pytest.fixture
def hanging_url() -> Iterator[str]:
    """Connections are taken and nothing is ever answered."""
    with (
        tempfile.TemporaryDirectory(prefix="pigeon-") as folder,
        socket.socket(socket.AF_UNIX) as listener,
    ):
        path = Path(folder) / "redis.sock"
        listener.bind(str(path))
        listener.listen(64)
        yield f"unix://{path}"
