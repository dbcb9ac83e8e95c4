"""Calls that see nothing of the test around them, as other processes and requests do."""

from __future__ import annotations

import contextvars
import threading
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from flask import Flask, has_app_context

from pigeon.extensions import db

T = TypeVar("T")


def in_app(app: Flask, call: Callable[..., T], *args: Any, **kwargs: Any) -> T:
    """Run a call with an application context, and so a SQL session, of its own.

    Afterwards the test's own session begins anew, so that it sees what the call stored.
    """

    def run() -> T:
        with app.app_context():
            return call(*args, **kwargs)

    return apart(run)


def apart(call: Callable[..., T], *args: Any, **kwargs: Any) -> T:
    """Run a call without the test's application context."""
    if has_app_context():
        db.session.rollback()
    return contextvars.Context().run(call, *args, **kwargs)


def concurrently(app: Flask, calls: Sequence[Callable[[], T]]) -> list[T | Exception]:
    """Start all calls at the same moment, a thread each; what each answered or raised, in order."""
    results: list[Any] = [None] * len(calls)
    start = threading.Barrier(len(calls))

    def run(index: int) -> None:
        start.wait()
        try:
            results[index] = in_app(app, calls[index])
        except Exception as error:
            results[index] = error

    threads = [threading.Thread(target=run, args=(index,)) for index in range(len(calls))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results
