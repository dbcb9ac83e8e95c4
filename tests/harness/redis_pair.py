"""A private pair of Redis instances, started as the application starts its embedded ones."""

from __future__ import annotations

import subprocess
from dataclasses import dataclass
from pathlib import Path

import redis

from pigeon.processes import embedded
from tests.harness import children


@dataclass(frozen=True, kw_only=True)
class RedisPair:
    cache_url: str
    state_url: str
    cache: redis.Redis
    state: redis.Redis
    processes: dict[str, subprocess.Popen[bytes]]

    def empty(self) -> None:
        for client in (self.cache, self.state):
            client.flushdb()

    def stop(self) -> None:
        for client in (self.cache, self.state):
            client.close()
        for process in self.processes.values():
            children.stop(process)


def start(folder: Path) -> RedisPair:
    """Start both; a folder that was used before keeps what its state instance stored."""
    embedded.make_folders(folder)
    processes = {role: start_one(role, folder) for role in embedded.ROLES}
    cache_url, state_url = embedded.socket_urls(folder)
    return RedisPair(
        cache_url=cache_url,
        state_url=state_url,
        cache=redis.Redis.from_url(cache_url, socket_timeout=20),
        state=redis.Redis.from_url(state_url, socket_timeout=20),
        processes=processes,
    )


def start_one(role: str, folder: Path) -> subprocess.Popen[bytes]:
    """Start one of them, again with what it had stored."""
    command = embedded.server_command(role, folder, binary=embedded.server_binary())
    log, path = folder / f"{role}.log", embedded.socket_path(role, folder)
    process = children.start(command, log=log)
    children.wait_ready(process, lambda: embedded.is_answering(path), log=log, timeout_s=60)
    return process
