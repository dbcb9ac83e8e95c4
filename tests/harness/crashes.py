"""Processes that are killed at a named place, and what is left in the incoming area."""

from __future__ import annotations

import os
import signal
import traceback
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import Context
from typing import Any

from flask import Flask

from pigeon.extensions import db, leave_connections, settings


def killed_at(app: Flask, point: str, call: Callable[[], object]) -> None:
    """Run a call in a process of its own that is killed there; AssertionError when it ends well."""
    db.session.rollback()
    pid = os.fork()
    if pid == 0:
        try:
            os.environ["PIGEON_CRASH_AT"] = point
            Context().run(_run, app, call)
        finally:
            os._exit(1)
    _, status = os.waitpid(pid, 0)
    assert os.WIFSIGNALED(status), f"{point} was not reached"
    assert os.WTERMSIG(status) == signal.SIGKILL


@contextmanager
def stopped_at(app: Flask, module: Any, point: str, call: Callable[[], object]) -> Iterator[None]:
    """Run a call in a process that stands still at a crash point of `module` during the block.

    After it the process goes on to its end; what it raises there is nobody's concern.
    """
    db.session.rollback()
    pid = os.fork()
    if pid == 0:
        try:
            module.crash_point = _standing_still_at(point)
            Context().run(_run, app, call)
        finally:
            os._exit(0)
    _, status = os.waitpid(pid, os.WUNTRACED)
    assert os.WIFSTOPPED(status), f"{point} was not reached"
    try:
        yield
    finally:
        os.kill(pid, signal.SIGCONT)
        os.waitpid(pid, 0)


def _standing_still_at(point: str) -> Callable[[str], None]:
    def pass_by(name: str) -> None:
        if name == point:
            os.kill(os.getpid(), signal.SIGSTOP)

    return pass_by


@contextmanager
def beside(app: Flask, calls: Sequence[Callable[[], object]]) -> Iterator[None]:
    """Run calls over and over, each in a process of its own, while the block lasts."""
    db.session.rollback()
    pids = [_fork_over_and_over(app, call) for call in calls]
    try:
        yield
    finally:
        for pid in pids:
            os.kill(pid, signal.SIGTERM)
        statuses = [os.waitpid(pid, 0)[1] for pid in pids]
    assert statuses == [signal.SIGTERM] * len(pids), statuses


def _fork_over_and_over(app: Flask, call: Callable[[], object]) -> int:
    def over_and_over() -> None:
        while True:
            call()

    pid = os.fork()
    if pid == 0:
        try:
            signal.signal(signal.SIGTERM, signal.SIG_DFL)
            Context().run(_run, app, over_and_over)
        finally:
            traceback.print_exc()
            os._exit(1)
    return pid


def _run(app: Flask, call: Callable[[], object]) -> None:
    with app.app_context():
        leave_connections()
        call()


def left_in_incoming() -> list[str]:
    """Names of everything in the folder of uploads."""
    return sorted(path.name for path in settings().incoming.glob("*"))


def stored_objects() -> list[str]:
    """Names of everything in the media folder."""
    folder = settings().data / "media"
    return sorted(path.name for path in folder.rglob("*") if path.is_file())
