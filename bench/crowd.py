"""Client processes, each with an application and connections of its own."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
import traceback
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from multiprocessing.connection import Connection
from typing import Any

from bench.ground import Ground
from config import Settings
from pigeon import create_app
from pigeon.jobs.write_backs import Flusher
from tests.harness import counting

CLIENTS = 8
Task = Callable[[Any], Any]


class Crowd:
    """`size` forked processes that wait for something to do; functions are found by their names."""

    def __init__(self, ground: Ground, size: int, **env: str) -> None:
        context = multiprocessing.get_context("fork")
        self._lines: list[Connection] = []
        self._members: list[Any] = []
        for _ in range(size):
            line, far_end = context.Pipe()
            member = context.Process(target=_live, args=(far_end, ground.env(**env)), daemon=True)
            member.start()
            far_end.close()
            self._lines.append(line)
            self._members.append(member)

    def each(self, task: Task, arguments: Sequence[Any]) -> list[Any]:
        """Every member does `task` with its own argument, all at once; the answers in order."""
        self.begin(task, arguments)
        return self.wait()

    def begin(self, task: Task, arguments: Sequence[Any]) -> None:
        for line, argument in zip(self._lines, arguments, strict=True):
            line.send((task, argument))

    def wait(self) -> list[Any]:
        answers = [line.recv() for line in self._lines]
        for is_done, answer in answers:
            assert is_done, answer
        return [answer for _, answer in answers]

    def stop(self) -> None:
        for member in self._members:
            member.kill()
        for member in self._members:
            member.join()
        for line in self._lines:
            line.close()


@contextmanager
def crowd(ground: Ground, size: int = CLIENTS, **env: str) -> Iterator[Crowd]:
    found = Crowd(ground, size, **env)
    try:
        yield found
    finally:
        found.stop()


def _live(line: Connection, env: dict[str, str]) -> None:
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    app = create_app(settings=Settings.from_env(env))
    while True:
        try:
            task, argument = line.recv()
        except EOFError:
            os._exit(0)
        with app.app_context():
            line.send(_attempted(task, argument))


def _attempted(task: Task, argument: Any) -> tuple[bool, Any]:
    try:
        return True, task(argument)
    except Exception:
        return False, traceback.format_exc()


# -- the flusher, as the leading scheduler has it ------------------------------------------------


class _Running:
    """Of the process that flushes: the thread, and what it sent to SQL meanwhile."""

    flusher: Flusher
    counted: Any
    statements: list[str]


def start_flusher(_: None) -> None:
    """To be done by a member of a crowd, which then flushes beside whatever it is asked."""
    from flask import current_app

    _Running.counted = counting.queries()
    _Running.statements = _Running.counted.__enter__()
    app: Any = current_app
    _Running.flusher = Flusher(app._get_current_object(), lambda: True)
    _Running.flusher.start()
    assert threading.active_count() > 1


def statements(_: None) -> int:
    """SQL statements of the flusher since the last time."""
    found = len(_Running.statements)
    _Running.statements.clear()
    return found
