"""Exactly one scheduler works at a time: it sweeps the outbox and keeps house.

Any number may run; the one that holds the lease works, the others wait for it to end.
"""

from __future__ import annotations

import os
import secrets
import signal
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from types import FrameType

import structlog
from flask import Flask
from redis.exceptions import RedisError
from sqlalchemy.exc import SQLAlchemyError

from pigeon import create_app
from pigeon.cache import keys
from pigeon.domain.errors import DomainError
from pigeon.extensions import db, settings, state
from pigeon.jobs import queues, runner
from pigeon.jobs.worker import announce_ready
from pigeon.services import collectors, outbox

log = structlog.get_logger()
TICK_S = 1.0

_RENEW = """
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
return redis.call('EXPIRE', KEYS[1], ARGV[2])
"""


@dataclass(kw_only=True)
class Task:
    """Something to do every `every_s`; due at once after a start."""

    run: Callable[[], object]
    every_s: float
    due_at: float = field(default=0.0)


def sweep_outbox() -> int:
    """Queue again what was promised and is not in a queue; how many."""
    empty = {name for name, length in queues.lengths().items() if length == 0}
    found = outbox.sweep(empty)
    if found:
        log.info("outbox_swept", count=len(found))
        _start(found)
    return len(found)


def _start(rows: list[tuple[int, str]]) -> None:
    if settings().asynchronous:
        queues.enqueue(rows)
        return
    for outbox_id, _queue in rows:
        runner.run(outbox_id)


TASKS: tuple[tuple[Callable[[], object], float], ...] = (
    (sweep_outbox, TICK_S),
    (collectors.forget_expired, 3_600.0),
    (collectors.collect, 3_600.0),
)


class Scheduler:
    """Runs due tasks while it holds the lease; a task that fails is logged and tried again."""

    def __init__(self, app: Flask) -> None:
        self._app = app
        self._token = f"{os.getpid()}-{secrets.token_hex(4)}"
        self._tasks = [Task(run=run, every_s=every_s) for run, every_s in TASKS]
        self._stop = threading.Event()

    def run(self) -> int:
        signal.signal(signal.SIGTERM, self._stopped)
        signal.signal(signal.SIGINT, self._stopped)
        announce_ready()
        while not self._stop.wait(TICK_S):
            with self._app.app_context():
                self._tick()
        with self._app.app_context():
            self._resign()
        return 0

    def _tick(self) -> None:
        try:
            if self._leads():
                self._run_due()
        except (RedisError, SQLAlchemyError, DomainError) as error:
            log.warning("scheduler_waits", error=type(error).__name__)
        finally:
            db.session.rollback()

    def _leads(self) -> bool:
        name, ttl_s = keys.LEADER.key("scheduler"), keys.LEADER.ttl_s
        renewed = state.client.eval(_RENEW, 1, name, self._token, ttl_s)
        return bool(renewed) or bool(state.client.set(name, self._token, nx=True, ex=ttl_s))

    def _run_due(self) -> None:
        now = time.monotonic()
        for task in self._tasks:
            if task.due_at <= now:
                task.due_at = now + task.every_s
                task.run()

    def _resign(self) -> None:
        """Let the next one begin at once."""
        try:
            if state.client.get(keys.LEADER.key("scheduler")) == self._token.encode():
                state.client.delete(keys.LEADER.key("scheduler"))
        except RedisError:
            return

    def _stopped(self, _signum: int, _frame: FrameType | None) -> None:
        self._stop.set()


if __name__ == "__main__":
    application = create_app("scheduler")
    application.extensions["check_start"]()
    sys.exit(Scheduler(application).run())
