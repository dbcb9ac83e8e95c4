"""Two people in two browsers whose sockets are on different processes of a site."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import psutil
import redis

from tests.harness import children, procfile, redis_pair

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.factories import Person
    from tests.harness.sites import Site

TRIES = 20


class Processes:
    """The realtime processes of a site; each connection to one is a socket of a browser."""

    NAMES = ("realtime.0", "realtime.1")

    def __init__(self, site: Site) -> None:
        self._site = site

    def sockets(self) -> dict[tuple[str, int], str]:
        """Process names by the far end of each open connection."""
        found = {}
        for name in self.NAMES:
            for connection in self._connections(name):
                if connection.status == psutil.CONN_ESTABLISHED and connection.raddr:
                    found[tuple(connection.raddr)] = name
        return found

    def settled_sockets(self) -> dict[tuple[str, int], str]:
        """Once those of pages that were left have ended."""
        found, before = self.sockets(), None
        while found != before:
            time.sleep(0.3)
            found, before = self.sockets(), found
        return found

    def kill(self, name: str) -> None:
        """With all that belongs to it, at once; then it is started again where it listened."""
        port = self._port(name)
        os.killpg(self._site.processes[name].pid, signal.SIGKILL)
        self._site.processes[name].wait()
        command = ["sh", "-c", procfile.commands()["realtime"]]
        self._site.start(name, command, PORT=str(port))

    def _port(self, name: str) -> int:
        found = {one.laddr.port for one in self._connections(name) if one.status == "LISTEN"}
        (port,) = found
        return port

    def _connections(self, name: str) -> list[psutil._common.pconn]:
        master = psutil.Process(self._site.processes[name].pid)
        workers = master.children(recursive=True)
        found = [one for process in (master, *workers) for one in process.net_connections("tcp")]
        port = {one.laddr.port for one in found if one.status == "LISTEN"}
        return [one for one in found if one.laddr.port in port]


@dataclass(kw_only=True)
class Reader:
    """Somebody's page, and the realtime process that its socket is on."""

    person: Person
    page: Page
    go_live: Callable[[Page, str], None]
    process: str = ""

    def follow(self, processes: Processes, path: str) -> None:
        """Load a page and note where its socket goes."""
        self.page.goto("about:blank")
        before = processes.settled_sockets()
        self.go_live(self.page, path)
        self.page.evaluate("window.isSamePage = true")
        found = processes.sockets()
        (self.process,) = {name for end, name in found.items() if end not in before}

    def apart_from(self, other: Reader, processes: Processes, path: str) -> None:
        """Load a page until its socket is on another process than the other's."""
        for _ in range(TRIES):
            self.follow(processes, path)
            if self.process != other.process:
                return
        raise AssertionError("all sockets went to one process")

    def is_same_page(self) -> bool:
        return bool(self.page.evaluate("window.isSamePage === true"))


@dataclass(frozen=True, kw_only=True)
class Pair:
    """Ann on a phone in Korean; bob at a desk in English, elsewhere than where ann acts."""

    ann: Reader
    bob: Reader
    processes: Processes

    def meet(self, ann_at: str, bob_at: str) -> None:
        self.ann.follow(self.processes, ann_at)
        self.bob.apart_from(self.ann, self.processes, bob_at)


# -- a state Redis that is not there -------------------------------------------------------------


@contextmanager
def state_redis_away(site: Site) -> Iterator[None]:
    """The state instance is killed, and there again after the block, with what it had stored."""
    process = _state_redis(site)
    process.kill()
    process.wait()
    if "redis" in site.processes:  # ours, of a time before: whoever started it has to wait for it
        site.processes["redis"].wait()
    try:
        yield
    finally:
        site.processes["redis"] = redis_pair.start_one("state", site.logs)


@contextmanager
def state_redis_paused(site: Site) -> Iterator[None]:
    """The state instance answers nobody and hangs up on nobody, until the end of the block."""
    process = _state_redis(site)
    children.pause(process.pid)
    try:
        yield
    finally:
        process.resume()


def _state_redis(site: Site) -> psutil.Process:
    with redis.Redis.from_url(site.env["REDIS_STATE_URL"], socket_timeout=2) as client:
        return psutil.Process(client.info("server")["process_id"])
