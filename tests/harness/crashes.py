"""Processes that are killed at a named place, and what is left in the incoming area."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from contextvars import Context

from flask import Flask

from pigeon.extensions import db, settings


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


def _run(app: Flask, call: Callable[[], object]) -> None:
    with app.app_context():
        db.engine.dispose(close=False)
        call()


def left_in_incoming() -> list[str]:
    """Names of everything in the folder of uploads."""
    return sorted(path.name for path in settings().incoming.glob("*"))


def stored_objects() -> list[str]:
    """Names of everything in the media folder."""
    folder = settings().data / "media"
    return sorted(path.name for path in folder.rglob("*") if path.is_file())
