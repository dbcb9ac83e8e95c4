"""The flusher: a thread of the leading scheduler that brings the journal into SQL."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

import structlog
from flask import Flask
from redis.exceptions import RedisError
from sqlalchemy.exc import SQLAlchemyError

from pigeon.domain.errors import DomainError
from pigeon.extensions import db, settings
from pigeon.faults import Outage
from pigeon.services.write_backs import flusher
from pigeon.services.write_backs.fences import Overtaken
from pigeon.services.write_backs.flusher import FLUSHED_AT_ONCE

log = structlog.get_logger()
LOOK_S = 0.2
REST_S = 1.0
DRAIN_S = 4.0


class Flusher:
    """Flushes every `WRITE_BACK_FLUSH_S`, sooner when much waits; drains before it ends.

    `leads` is asked before each step; should two believe it, the fence in SQL lets one through.
    """

    def __init__(self, app: Flask, leads: Callable[[], bool]) -> None:
        self._app = app
        self._leads = leads
        self._stop = threading.Event()
        self._outage = Outage("flusher_waits")
        self._thread = threading.Thread(target=self._run, name="flusher", daemon=True)
        self._flushed_at = 0.0
        self._checked_at = time.monotonic()

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """Let it drain and end; what is left then waits in the journal for the next one."""
        self._stop.set()
        self._thread.join(timeout=DRAIN_S + REST_S)

    def _run(self) -> None:
        with self._app.app_context():
            while not self._stop.wait(LOOK_S):
                if self._leads():
                    self._guarded(self._tick)
            if self._leads():
                self._guarded(self._drain)

    def _guarded(self, step: Callable[[], None]) -> None:
        try:
            step()
            self._outage.over()
        except Overtaken:
            log.warning("flusher_overtaken")
        except (DomainError, RedisError, SQLAlchemyError, OSError) as error:
            self._outage.note(error)
            self._stop.wait(REST_S)
        except Exception:
            log.exception("flush_failed")
            self._stop.wait(REST_S)
        finally:
            db.session.remove()

    def _tick(self) -> None:
        now = time.monotonic()
        if now - self._checked_at >= settings().write_back_checkpoint_s:
            self._checked_at = now
            flusher.checkpoint()
        if flusher.is_due(now - self._flushed_at):
            self._flushed_at = now
            while flusher.flush() == FLUSHED_AT_ONCE and self._leads():
                pass

    def _drain(self) -> None:
        flusher.drain(within_s=DRAIN_S)
