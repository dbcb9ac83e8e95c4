"""A supervisor with real Redis servers, real gunicorn and a stand-in for the application."""

from __future__ import annotations

import socket
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import psutil
import redis

from pigeon.processes import embedded

REPOSITORY = Path(__file__).parents[2]
RUN = """
import os, sys
from pathlib import Path
from pigeon.processes.start import run
sys.exit(run(os.environ, root=Path(sys.argv[1])))
"""
HANG_S = 60  # by far longer than a healthy stop takes on a busy machine


@dataclass(frozen=True, kw_only=True)
class Site:
    """A started supervisor, its output so far in a file."""

    popen: subprocess.Popen[bytes]
    data: Path
    port: int
    log: Path

    @property
    def output(self) -> str:
        return self.log.read_text()

    def wait_ready(self) -> Site:
        eventually(lambda: "is ready" in self.output or self.popen.poll() is not None, 60)
        assert self.popen.poll() is None, self.output
        return self

    def processes(self) -> list[psutil.Process]:
        return psutil.Process(self.popen.pid).children(recursive=True)

    def state(self) -> redis.Redis:
        return redis.Redis.from_url(embedded.socket_urls(self.data)[1])

    def pid_of(self, word: str) -> int:
        return next(p.pid for p in self.processes() if word in " ".join(p.cmdline()))


def eventually(is_so: Callable[[], object], within_s: float = 30) -> None:
    """Poll until something is so; fails after `within_s`."""
    deadline = time.monotonic() + within_s
    while not is_so():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.05)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def answers(site: Site) -> bool:
    try:
        return bool(site.state().ping())
    except redis.RedisError:
        return False


Start = Callable[..., Site]
