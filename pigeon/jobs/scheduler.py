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
from dataclasses import dataclass
from types import FrameType

import structlog
from flask import Flask
from redis.exceptions import RedisError
from sqlalchemy.exc import SQLAlchemyError

from pigeon import create_app
from pigeon.cache import keys, resp
from pigeon.cache.scripts import Part, Script
from pigeon.domain.errors import DomainError
from pigeon.extensions import db, settings, state
from pigeon.faults import Outage, is_passing, reason_of
from pigeon.jobs import queues, runner
from pigeon.jobs.worker import announce_ready
from pigeon.jobs.write_backs import Flusher
from pigeon.services import collectors
from pigeon.services.accounts import addresses
from pigeon.services.explore import ranking
from pigeon.services.outbox import outbox
from pigeon.services.posts import pieces
from pigeon.services.presence import activity
from pigeon.services.searches import keying
from pigeon.services.stories import drift, ending
from pigeon.services.users import avatar_sizes

log = structlog.get_logger()
TICK_S = 1.0
TIMEOUT_S = 1.0
ACTIVITY_S = 30.0
STORIES_S = 15.0
DRIFT_S = 60.0
RANKING_S = 60.0
DEMO_S = 600.0
KEYS_S = 300.0

_RENEW = Script("""
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
return redis.call('EXPIRE', KEYS[1], ARGV[2])
""")

_TAKE = Script("""
if redis.call('EXISTS', KEYS[1]) == 1 then return 0 end
redis.call('PERSIST', KEYS[1])
redis.call('SET', KEYS[1], ARGV[1], 'EX', ARGV[2])
return 1
""")
"""Also taken in a Redis without room, for only the leader makes room (see `cache/write_back.py`).

`redis.lock.Lock` takes it with a plain SET, which a full Redis refuses: nobody would lead there.
"""


@dataclass(kw_only=True)
class Task:
    """Something to do every `every_s`, and at once after a start; what is long in a thread."""

    run: Callable[[], object]
    every_s: float
    is_long: bool
    due_at: float = 0.0
    thread: threading.Thread | None = None

    @property
    def is_running(self) -> bool:
        return self.thread is not None and self.thread.is_alive()


def sweep_outbox() -> int:
    """Queue again what was promised and is not in a queue; how many."""
    found = outbox.sweep(queues.waiting_since())
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


def keep_house() -> None:
    collectors.delete_expired()
    collectors.collect()


def renew_demo() -> None:
    """Only where `make run` or `flask demo` has made one: its stories are told again."""
    if settings().is_production or not (settings().data / "demo.json").is_file():
        return
    from pigeon.demo.seeds import stories  # it paints, which no other site needs to load

    stories.renew()


TASKS: tuple[tuple[Callable[[], object], float, bool], ...] = (
    (sweep_outbox, TICK_S, False),
    (keep_house, 3_600.0, True),
    (activity.flush, ACTIVITY_S, True),
    (addresses.respell, 3_600.0, True),
    (pieces.fill, 3_600.0, True),
    (avatar_sizes.fill, 3_600.0, True),
    (ending.withdraw_ended, STORIES_S, True),
    (ending.withdraw_failed, 3_600.0, True),
    (drift.check, DRIFT_S, True),
    (ranking.refresh, RANKING_S, True),
    (renew_demo, DEMO_S, True),
    (keying.mend, KEYS_S, True),
)


class Scheduler:
    """Runs due tasks while it holds the lease; a task that fails is logged and tried again."""

    def __init__(self, app: Flask) -> None:
        self._app = app
        self._token = f"{os.getpid()}-{secrets.token_hex(4)}"
        self._tasks = [
            Task(run=run, every_s=every_s, is_long=is_long) for run, every_s, is_long in TASKS
        ]
        self._stop = threading.Event()
        self._outage = Outage("scheduler_waits")
        self._leads_until = 0.0
        self._flusher = Flusher(app, self._is_leading)

    def run(self) -> int:
        signal.signal(signal.SIGTERM, self._stopped)
        signal.signal(signal.SIGINT, self._stopped)
        self._flusher.start()
        announce_ready()
        while not self._stop.wait(TICK_S):
            with self._app.app_context():
                self._tick()
        self._flusher.stop()
        with self._app.app_context():
            self._resign()
        return 0

    def _tick(self) -> None:
        try:
            if self._leads():
                self._run_due()
            self._outage.over()
        except (RedisError, SQLAlchemyError, DomainError, OSError) as error:
            self._outage.note(error)
        finally:
            db.session.rollback()

    def _leads(self) -> bool:
        until = time.monotonic() + keys.LEADER.ttl_s
        leads = self._asks(_RENEW) or self._asks(_TAKE)
        self._leads_until = until if leads else 0.0
        return leads

    def _asks(self, script: Script) -> bool:
        arguments: list[Part] = [self._token, keys.LEADER.ttl_s]
        pool, names = resp.pool(state.url, TIMEOUT_S), [keys.LEADER.key("scheduler")]
        return bool(script.call(pool, names, arguments))

    def _is_leading(self) -> bool:
        return time.monotonic() < self._leads_until

    def _run_due(self) -> None:
        now = time.monotonic()
        for task in self._tasks:
            if task.due_at <= now and not task.is_running:
                task.due_at = now + task.every_s
                self._begin(task)

    def _begin(self, task: Task) -> None:
        """Sweeping must not wait for the walk through a store of a million pictures."""
        if not task.is_long:
            task.run()
            return
        task.thread = threading.Thread(target=self._run_apart, args=(task.run,), daemon=True)
        task.thread.start()

    def _run_apart(self, run: Callable[[], object]) -> None:
        with self._app.app_context():
            try:
                run()
            except Exception as error:
                if not is_passing(error):
                    log.exception("housekeeping_failed")
                    return
                log.warning("housekeeping_waits", reason=reason_of(error))

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
