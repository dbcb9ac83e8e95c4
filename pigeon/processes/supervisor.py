"""Runs a plan on one machine: in order, restarted with back-off, stopped together."""

from __future__ import annotations

import os
import selectors
import signal
import socket
import sys
import time
from collections.abc import Iterable, Mapping
from pathlib import Path
from types import FrameType
from typing import Self

from pigeon.processes.child import Child
from pigeon.processes.plan import Process

READY_WITHIN_S = 60.0
STOP_WITHIN_S = 7.2  # then SIGKILL
STORES_WITHIN_S = 2.6  # Redis, and SecantusDB, which looks up every 2 s: together under ten seconds
TICK_S = 0.1
COLOURS = (36, 33, 32, 35, 34, 96, 93, 92, 95, 94)


class StopRequested(Exception):
    """Somebody asked for an end: SIGINT, SIGTERM or SIGHUP."""


class StartFailed(Exception):
    """A process ended, or did not become ready, while the site was starting."""


class Supervisor:
    """Owns child processes for as long as it is entered; leaving it stops them all.

    A single thread: the kernel ties a child's life to the thread that forked it.
    """

    def __init__(self, *, root: Path, env: Mapping[str, str]) -> None:
        self._root = root
        self._env = env
        self._groups: list[list[Child]] = []  # started together; stopped from the last one on
        self._children: list[Child] = []  # all of them, in order of start
        self._selector = selectors.DefaultSelector()
        self._received: list[int] = []

    def __enter__(self) -> Self:
        self._wake, wake_writer = socket.socketpair()
        self._wake.setblocking(False)
        wake_writer.setblocking(False)
        self._wake_writer = wake_writer
        self._selector.register(self._wake, selectors.EVENT_READ)
        signal.set_wakeup_fd(wake_writer.fileno(), warn_on_full_buffer=False)
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, self._note_stop)
        if signal.getsignal(signal.SIGHUP) != signal.SIG_IGN:  # nohup
            signal.signal(signal.SIGHUP, self._note_stop)
        signal.signal(signal.SIGCHLD, lambda _number, _frame: None)  # only to wake the loop
        return self

    def __exit__(self, *_: object) -> None:
        try:
            self._stop_all()
        finally:
            for child in self._children:
                child.signal(signal.SIGKILL)
            signal.set_wakeup_fd(-1)
            self._selector.close()
            self._wake.close()
            self._wake_writer.close()

    def run_once(self, process: Process) -> None:
        """Run a process to its end; raises StartFailed when that was a failure."""
        (child,) = self._start_group((process,))
        while child.is_alive:
            self._tick()
            self._raise_if_stopping()
            self._keep_alive(self._children[:-1])
        self._tick()  # its last words
        if child.status != 0:
            raise StartFailed(f"{child.name} {_ending(child)}")
        self._groups.pop()
        self._children.remove(child)

    def start(self, processes: Iterable[Process], *, within_s: float = READY_WITHIN_S) -> None:
        """Start processes together and return when all are ready.

        One that ends before it was ready is a failure; one that was ready is kept alive.
        """
        waiting = self._start_group(processes)
        deadline = time.monotonic() + within_s
        while waiting:
            self._tick()
            self._raise_if_stopping()
            self._keep_alive(child for child in self._children if child not in waiting)
            waiting = _still_waiting(waiting)
            if waiting and time.monotonic() > deadline:
                names = ", ".join(child.name for child in waiting)
                raise StartFailed(f"not ready after {within_s:.0f} s: {names}")

    def supervise(self) -> None:
        """Keep everything running; ends only by StopRequested."""
        while True:
            self._tick()
            self._raise_if_stopping()
            self._keep_alive(self._children)

    def _keep_alive(self, children: Iterable[Child]) -> None:
        for child in children:
            if child.is_alive:
                continue
            if child.start_at is None:
                ending = _ending(child)
                say(f"{child.name} {ending}; again in {child.plan_restart():.1f} s")
            elif time.monotonic() >= child.start_at:
                self._launch(child)

    def _start_group(self, processes: Iterable[Process]) -> list[Child]:
        group = [Child(process, root=self._root, env=self._env) for process in processes]
        self._groups.append(group)
        for child in group:
            self._children.append(child)
            self._launch(child)
        return list(group)

    def _launch(self, child: Child) -> None:
        output = child.start()
        colour = COLOURS[self._children.index(child) % len(COLOURS)]
        self._selector.register(output, selectors.EVENT_READ, (child, _prefix(child.name, colour)))

    def _tick(self) -> None:
        """Wait a moment for output, a signal or the end of a child, and pass output on."""
        for key, _ in self._selector.select(TICK_S):
            if key.fileobj is self._wake:
                self._wake.recv(4096)
                continue
            child, prefix = key.data
            lines = child.read_lines(key.fd)
            if lines is None:
                self._selector.unregister(key.fd)
                os.close(key.fd)
            for line in lines or ():
                say(prefix + line)

    def _note_stop(self, number: int, _frame: FrameType | None) -> None:
        self._received.append(number)

    def _raise_if_stopping(self) -> None:
        if self._received:
            raise StopRequested

    def _is_hurried(self) -> bool:
        """A second Ctrl-C means now; make may repeat a SIGTERM by itself."""
        return self._received.count(signal.SIGINT) > 1

    def _stop_all(self) -> None:
        """The newest group first, so Redis, which everybody needs, goes last."""
        deadline = time.monotonic() + STOP_WITHIN_S
        for group in reversed(self._groups):
            self._stop(group, deadline)
            deadline = time.monotonic() + STORES_WITHIN_S

    def _stop(self, group: list[Child], deadline: float) -> None:
        alive = [child for child in group if child.is_alive]
        for child in alive:
            child.signal(signal.SIGTERM)
        while any(child.is_alive for child in alive):
            if time.monotonic() > deadline or self._is_hurried():
                break
            self._tick()
        for child in alive:
            if child.is_alive:
                say(f"{child.name} would not stop and is killed")
                child.kill()


def say(line: str) -> None:
    """Print a line at once; a reader that went away must not stop the site."""
    try:
        print(line, flush=True)
    except OSError:
        sys.stdout = open(os.devnull, "w")  # noqa: SIM115


def _prefix(name: str, colour: int) -> str:
    if sys.stdout.isatty() and "NO_COLOR" not in os.environ:
        return f"\033[{colour}m{name:<13}\033[0m "
    return f"{name:<13} "


def _still_waiting(children: Iterable[Child]) -> list[Child]:
    """Those that are not ready yet; StartFailed when one of them has ended."""
    waiting = []
    for child in children:
        if not child.is_alive:
            raise StartFailed(f"{child.name} {_ending(child)}")
        if not child.process.is_ready():
            waiting.append(child)
    return waiting


def _ending(child: Child) -> str:
    status = child.status or 0
    if status < 0:
        return f"was ended by {signal.Signals(-status).name}"
    return f"ended with status {status}"
