"""A site under fire: what kills its processes, one after another, while others work on it.

What happens is decided by a seed; what was killed when is kept for the message of a failure.
"""

from __future__ import annotations

import os
import random
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field

import psutil
import redis

from tests.harness import children
from tests.harness.sites import Site

QUEUES = ("media", "fanout", "fanout-bulk", "notify", "mail", "default")
AHEAD = 2
PAUSE_S = (0.05, 0.9)
WITHIN_S = 240.0


# -- what can be killed ----------------------------------------------------------------------------


def pids_of(site: Site, kind: str) -> list[int]:
    """The living processes of a kind, as the supervisor started them."""
    supervisor = psutil.Process(site.processes["site"].pid)
    if kind in QUEUES:
        return _children_of_queue(site, supervisor, kind)
    found = [child for child in supervisor.children() if _is(kind, _command_of(child))]
    if kind in ("web", "realtime"):
        found = [worker for master in found for worker in _below(master)]
    return [process.pid for process in found]


def _is(kind: str, command: str) -> bool:
    signs = {
        "web": ("gunicorn", "gunicorn_sync"),
        "web-master": ("gunicorn", "gunicorn_sync"),
        "realtime": ("gunicorn", "gunicorn_gevent"),
        "realtime-master": ("gunicorn", "gunicorn_gevent"),
        "workers": ("pigeon.jobs.worker",),
        "scheduler": ("pigeon.jobs.scheduler",),
        "redis-state": ("state.sock",),
        "redis-cache": ("cache.sock",),
    }
    return all(sign in command for sign in signs[kind])


def _command_of(process: psutil.Process) -> str:
    try:
        return " ".join(process.cmdline())
    except psutil.Error:
        return ""


def _below(process: psutil.Process) -> list[psutil.Process]:
    try:
        return process.children()
    except psutil.Error:
        return []


def _children_of_queue(site: Site, supervisor: psutil.Process, queue: str) -> list[int]:
    """RQ keeps in Redis which process serves which queue."""
    parents = [child for child in supervisor.children() if _is("workers", _command_of(child))]
    living = {child.pid for parent in parents for child in _below(parent)}
    client = redis.Redis.from_url(_state_url(site), socket_timeout=1)
    with client, suppress(redis.RedisError):
        names = client.smembers("rq:workers")
        facts = [client.hmget(name, "pid", "queues") for name in names]
        return [
            int(pid) for pid, queues in facts if queues == queue.encode() and int(pid) in living
        ]
    return []


def _state_url(site: Site) -> str:
    from pigeon.processes.embedded import socket_urls

    return socket_urls(site.logs / "data")[1]


# -- the fight -------------------------------------------------------------------------------------


@dataclass(kw_only=True)
class Fight:
    """Work and kills that last as long as each other; `violations` must stay empty.

    `work` are pieces of work that workers take with `next_piece`, `kills` processes of the kinds
    in `targets`, each of which occurs in every round.
    """

    site: Site
    seed: int
    work: int
    kills: int
    targets: tuple[str, ...]
    violations: list[str] = field(default_factory=list)
    history: list[str] = field(default_factory=list)
    began: float = field(default_factory=time.monotonic)
    killed: int = 0
    started: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)
    over: threading.Event = field(default_factory=threading.Event)

    def workers(self) -> list[Callable[[], None]]:
        """What runs, each in a thread, until there is no piece left."""
        raise NotImplementedError

    def watchers(self) -> list[Callable[[], None]]:
        """What runs until it is over."""
        return []

    def run(self) -> None:
        """Until all is done and killed."""
        threads = [self._thread(call) for call in self.workers()]
        for thread in (*threads, *(self._thread(call) for call in self.watchers())):
            thread.start()
        self._guarded(self._kill)
        for thread in threads:
            thread.join(WITHIN_S)
        self.note("everything is acknowledged")

    def end(self) -> None:
        self.over.set()

    def note(self, what: str) -> None:
        self.history.append(f"{time.monotonic() - self.began:7.2f} {what}")

    def told(self) -> str:
        """For the message of a failure."""
        return "\n".join([f"CHAOS_SEED={self.seed}", *self.history, *self.violations[:20]])

    def achieved(self) -> str:
        """How far the work is, for the history."""
        return f"{self.started} begun"

    def next_piece(self) -> int | None:
        """Not far ahead of the killing, so that both last as long as each other."""
        while not self.over.is_set():
            with self.lock:
                if self.started == self.work:
                    return None
                if self.started * self.kills <= (self.killed + AHEAD) * self.work:
                    self.started += 1
                    return self.started - 1
            time.sleep(0.02)
        return None

    def _thread(self, call: Callable[[], None]) -> threading.Thread:
        return threading.Thread(target=self._guarded, args=(call,))

    def _guarded(self, call: Callable[[], None]) -> None:
        try:
            call()
        except Exception as error:
            self.violations.append(f"{call}: {error!r}")
            self.over.set()

    def _kill(self) -> None:
        dice = random.Random(self.seed)
        for kind in _in_rounds(self.targets, dice, self.kills):
            while self.started * self.kills < self.killed * self.work and not self.over.is_set():
                time.sleep(0.02)
            time.sleep(dice.uniform(*PAUSE_S))
            if self.over.is_set():
                return
            self.note(f"{self.strike(kind, dice)}, {self.achieved()}")
            self.killed += 1

    def strike(self, kind: str, dice: random.Random) -> str:
        """Kill a process of this kind; what was done, for the history."""
        return self.send(signal.SIGKILL, self.one_of(kind, dice), "killed", kind)

    def send(self, number: signal.Signals, pid: int, done: str, kind: str) -> str:
        with suppress(ProcessLookupError):
            os.kill(pid, number)
        return f"{done} {kind} {pid}"

    def one_of(self, kind: str, dice: random.Random) -> int:
        return dice.choice(self._pids(kind))

    def _pids(self, kind: str) -> list[int]:
        found: list[int] = []
        children.wait_until(
            lambda: found or found.extend(pids_of(self.site, kind)),
            timeout_s=90,
            what=f"a process of the kind {kind}",
        )
        return sorted(found)


def _in_rounds(targets: tuple[str, ...], dice: random.Random, kills: int) -> Iterator[str]:
    """Rounds in which every kind occurs, each in an order of its own."""
    left = kills
    while left > 0:
        for kind in dice.sample(targets, min(left, len(targets))):
            left -= 1
            yield kind
