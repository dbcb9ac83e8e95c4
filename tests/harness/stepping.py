"""Calls that stand still at named places, so that a test says what happens in between."""

from __future__ import annotations

import contextvars
import threading
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from pigeon.cache import write_back
from pigeon.cache.counters import Counters
from pigeon.cache.flags import Flags
from pigeon.extensions import db
from pigeon.services.write_backs import flusher
from pigeon.services.write_backs.pairs import Pairs

PATIENCE_S = 30.0
_here = threading.local()


class Killed(BaseException):
    """The process of this call died where it stood."""


class Stepped:
    """A call in a thread and a session of its own, that goes on only when it is told to."""

    def __init__(self, app: Flask, call: Callable[[], Any]) -> None:
        self.place: str | None = "begin"
        self.answer: Any = None
        self._app, self._call = app, call
        self._error: BaseException | None = None
        self._is_killed = False
        self._go, self._stands = threading.Semaphore(0), threading.Semaphore(0)
        run = contextvars.Context().run
        threading.Thread(target=run, args=(self._run,), daemon=True).start()

    def step(self) -> str | None:
        """Go on to the next place; None at the end. What the call raises is raised."""
        self._go.release()
        assert self._stands.acquire(timeout=PATIENCE_S), f"{self.place} lasts"
        if self._error is not None and not self._is_killed:
            raise self._error
        return self.place

    def go_to(self, place: str) -> None:
        while self.place not in (place, None):
            self.step()
        assert self.place == place

    def finish(self) -> Any:
        while self.place is not None:
            self.step()
        return self.answer

    def kill(self) -> None:
        self._is_killed = True
        self.finish()

    def stand(self, place: str) -> None:
        self.place = place
        self._stands.release()
        self._go.acquire()
        if self._is_killed:
            raise Killed

    def _run(self) -> None:
        _here.call = self
        self._go.acquire()
        try:
            with self._app.app_context():
                self.answer = self._call()
                db.session.rollback()
        except BaseException as error:
            self._error = error
        finally:
            self.place = None
            self._stands.release()


def stand(place: str) -> None:
    """Stand still here, if this is a call that is stepped."""
    call = getattr(_here, "call", None)
    if call is not None:
        call.stand(place)


def stand_in_write_back(monkeypatch: pytest.MonkeyPatch) -> None:
    """Calls stand still at every place between two looks at a store."""
    monkeypatch.setattr(flusher, "crash_point", stand)
    _around(monkeypatch, Pairs, "look", before="look", after="looked")
    _around(monkeypatch, Pairs, "show", after="shown by caches")
    _around(monkeypatch, Flags, "store", before="answers")
    _around(monkeypatch, Flags, "complete", before="mine")
    _around(monkeypatch, Counters, "complete", before="counters")
    _around(monkeypatch, write_back, "overlay", after="waiting")
    _around(monkeypatch, write_back, "clear", after="some cleared")
    _around(monkeypatch, write_back, "trim", before="trim")


def _around(
    monkeypatch: pytest.MonkeyPatch, owner: Any, name: str, before: str = "", after: str = ""
) -> None:
    plain = getattr(owner, name)

    def wrapped(*args: Any, **kwargs: Any) -> Any:
        if before:
            stand(before)
        answer = plain(*args, **kwargs)
        if after:
            stand(after)
        return answer

    monkeypatch.setattr(owner, name, wrapped)
