"""Workers: one preloaded parent that holds no connection, one forked child per slot.

`python -m pigeon.jobs.worker media=2 fanout=1` keeps that many children alive. Importing the
application costs seconds; forking it costs milliseconds.
"""

from __future__ import annotations

import os
import signal
import sys
import time
from pathlib import Path
from types import FrameType
from typing import Any

import structlog
from flask import Flask
from rq import Queue, SimpleWorker
from rq.job import Job
from rq.serializers import JSONSerializer

from pigeon import create_app
from pigeon.extensions import state
from pigeon.jobs.queues import QUEUES, RUN
from pigeon.processes.parent import die_with_parent

log = structlog.get_logger()
STOP_S = 7.0


class PigeonWorker(SimpleWorker):
    """Runs outbox rows and nothing else, whatever somebody wrote into Redis."""

    def execute_job(self, job: Job, queue: Queue) -> None:
        if job.func_name != RUN:
            log.error("foreign_job_refused", queue=queue.name)
            job.delete()
            return
        super().execute_job(job, queue)


def work(app: Flask, queue_name: str) -> None:
    """Serve one queue until SIGTERM; a worker on a single queue loses no job that it has taken."""
    with app.app_context():
        connection = state.connect(timeout_s=None)
        queue = Queue(queue_name, connection=connection, serializer=JSONSerializer)
        worker = PigeonWorker(
            [queue],
            connection=connection,
            serializer=JSONSerializer,
            worker_ttl=45,
            maintenance_interval=60,
        )
        worker.work(logging_level="WARNING", with_scheduler=False)


class Pool:
    """Keeps one child per slot alive until it is told to stop."""

    def __init__(self, app: Flask, slots: list[str]) -> None:
        self._app = app
        self._slots = slots
        self._children: dict[int, str] = {}
        self._stopping = False

    def run(self) -> int:
        signal.signal(signal.SIGTERM, self._stop)
        signal.signal(signal.SIGINT, self._stop)
        for slot in self._slots:
            self._start(slot)
        while not self._stopping:
            self._reap()
        return self._end()

    def _start(self, queue_name: str) -> None:
        parent = os.getpid()
        pid = os.fork()
        if pid:
            self._children[pid] = queue_name
            return
        code = 1
        try:
            signal.signal(signal.SIGTERM, signal.SIG_DFL)
            signal.signal(signal.SIGINT, signal.SIG_IGN)
            die_with_parent(parent)
            work(self._app, queue_name)
            code = 0
        except Exception:
            log.exception("worker_died", queue=queue_name)
        finally:
            os._exit(code)

    def _reap(self) -> None:
        try:
            pid, _ = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            pid = 0
        if pid == 0:
            time.sleep(0.2)
            return
        queue_name = self._children.pop(pid, None)
        if queue_name and not self._stopping:
            log.warning("worker_restarted", queue=queue_name)
            time.sleep(0.1)
            self._start(queue_name)

    def _stop(self, _signum: int, _frame: FrameType | None) -> None:
        self._stopping = True

    def _end(self) -> int:
        """Ask the children to finish their job; who does not in time is killed and re-run later."""
        self._send(signal.SIGTERM)
        until = time.monotonic() + STOP_S
        while self._children and time.monotonic() < until:
            self._reap_ended()
        self._send(signal.SIGKILL)
        return 0

    def _reap_ended(self) -> None:
        try:
            pid, _ = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            self._children.clear()
            return
        self._children.pop(pid, None)
        if pid == 0:
            time.sleep(0.05)

    def _send(self, number: int) -> None:
        for pid in list(self._children):
            try:
                os.kill(pid, number)
            except ProcessLookupError:
                self._children.pop(pid, None)


def parse_slots(arguments: list[str]) -> list[str]:
    """`media=2 fanout=1` as one queue name per slot; SystemExit names what is not a queue."""
    slots: list[str] = []
    for argument in arguments or [f"{name}=1" for name in QUEUES]:
        name, _, count = argument.partition("=")
        if name not in QUEUES:
            raise SystemExit(f"no queue {name!r}; there are {', '.join(QUEUES)}")
        slots += [name] * int(count or 1)
    return slots


def announce_ready() -> None:
    """Tell a supervisor that children are being served, by the file it named."""
    path: Any = os.environ.get("PIGEON_READY_FILE")
    if path:
        Path(path).write_text(str(os.getpid()))


def main(arguments: list[str]) -> int:
    app = create_app("worker")
    app.extensions["check_start"]()
    slots = parse_slots(arguments)
    announce_ready()
    return Pool(app, slots).run()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
