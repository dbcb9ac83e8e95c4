"""Workers: one preloaded parent that holds no connection, one forked child per slot.

`python -m pigeon.jobs.worker media=2 fanout=1` keeps that many children alive. Importing the
application costs seconds; forking it costs milliseconds.
"""

from __future__ import annotations

import importlib
import os
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import Any

import structlog
from flask import Flask
from redis.exceptions import RedisError, ResponseError
from rq import Queue, SimpleWorker
from rq.exceptions import NoSuchJobError, StopRequested
from rq.job import Job
from rq.serializers import JSONSerializer
from rq.utils import now

from pigeon import create_app
from pigeon.extensions import db, leave_connections, state
from pigeon.faults import Outage, is_passing, reason_of
from pigeon.jobs.queues import QUEUES, RUN
from pigeon.processes.parent import die_with_parent
from pigeon.services.media import media
from pigeon.services.outbox import outbox

log = structlog.get_logger()
STOP_S = 7.0
LONGEST_WAIT_S = 4.0
SHORT_LIFE_S = 2.0
REFUSED_WAIT_S = 1.0


class OutboxJob(Job):
    """What a queue may hold: the id of an outbox row, and nothing that names code or addresses."""

    @classmethod
    def fetch(cls, *args: Any, **kwargs: Any) -> Job:
        """A number that cannot be one belongs to no job."""
        try:
            return super().fetch(*args, **kwargs)
        except ValueError as error:
            raise NoSuchJobError from error

    def restore(self, raw_data: dict[bytes, bytes]) -> Any:
        """Load it; a foreign one is deleted and does not exist, whoever wrote it into Redis."""
        try:
            answer = super().restore(raw_data)
            is_ours = self._is_ours()
        except Exception:
            is_ours = False
        if is_ours:
            return answer
        log.error("foreign_job_refused", job_id=str(self.id)[:80])
        self.connection.delete(self.key)
        raise NoSuchJobError

    def _is_ours(self) -> bool:
        """Callbacks, webhooks and dependencies would be run or called by RQ."""
        extras = (
            self.instance,
            self.kwargs,
            self.webhooks,
            self._success_callback_name,
            self._failure_callback_name,
            self._stopped_callback_name,
            self._dependency_ids,
        )
        is_one_number = len(self.args) == 1 and type(self.args[0]) is int
        return self.func_name == RUN and is_one_number and not any(extras)


class PigeonWorker(SimpleWorker):
    """Runs outbox rows and nothing else, in one thread: what renders pictures forks."""

    job_class = OutboxJob
    refusal: ResponseError | None = None
    on_heartbeat: Callable[[], object] = staticmethod(lambda: None)
    max_connection_wait_time = LONGEST_WAIT_S

    def _set_ip_address(self, connection: Any) -> None:
        """Without asking Redis: redis-py cannot parse an answer with a space in a socket's path.

        The hook is RQ's own, which is pinned; a test starts a site in such a folder.
        """
        self.ip_address = "unknown"

    def dequeue_job_and_maintain_ttl(self, *args: Any, **kwargs: Any) -> Any:
        return self._unless_refused(super().dequeue_job_and_maintain_ttl, *args, **kwargs)

    def execute_job(self, *args: Any, **kwargs: Any) -> Any:
        return self._unless_refused(super().execute_job, *args, **kwargs)

    def heartbeat(self, *args: Any, **kwargs: Any) -> None:
        self._unless_refused(super().heartbeat, *args, **kwargs)
        self.on_heartbeat()

    def _unless_refused(self, call: Any, *args: Any, **kwargs: Any) -> Any:
        """RQ would print a traceback and end: a full Redis is no fault of ours, and passes."""
        try:
            return call(*args, **kwargs)
        except ResponseError as error:
            self.refusal = error
            raise StopRequested from error

    def subscribe(self) -> None:
        """To no commands: they would come on a second thread, from whoever can write to Redis."""

    def run_maintenance_tasks(self) -> None:
        """RQ's own books matter to nobody: what is promised is in the outbox."""
        try:
            super().run_maintenance_tasks()  # type: ignore[no-untyped-call]
        except StopRequested:
            raise
        except Exception as error:
            log.warning("queue_maintenance_failed", error=type(error).__name__)
            self.last_cleaned_at = now()  # type: ignore[assignment]


def work(app: Flask, queue_name: str) -> None:
    """Serve one queue until SIGTERM; a worker on a single queue loses no job that it has taken."""
    outage = Outage("worker_waits", queue=queue_name)
    with app.app_context():
        leave_connections()
        take_back()
        while not _serve(queue_name, outage):
            signal.signal(signal.SIGTERM, signal.SIG_DFL)
            db.session.remove()
            time.sleep(REFUSED_WAIT_S)


def take_back() -> None:
    """What processes of this host held that are gone is free again, before the first job.

    Every scheduler may be on other hosts, and cannot tell that they are gone.
    """
    try:
        outbox.free_claims_of_the_dead()
    except Exception as error:
        if not is_passing(error):
            raise
        log.warning("claims_kept", reason=reason_of(error))  # until their leases end
    finally:
        db.session.remove()


def _serve(queue_name: str, outage: Outage) -> bool:
    """Whether it ended because it was told to, and not because Redis refused."""
    connection = state.connect(timeout_s=None)
    try:
        worker = PigeonWorker(
            [Queue(queue_name, connection=connection, serializer=JSONSerializer)],
            connection=connection,
            serializer=JSONSerializer,
            worker_ttl=45,
            maintenance_interval=60,
        )
        worker.on_heartbeat = outage.over
        worker.work(logging_level="WARNING", with_scheduler=False)
        refusal: RedisError | None = worker.refusal
    except RedisError as error:  # when it says that it is there, or goes
        refusal = error
    finally:
        connection.close()
    if refusal is not None:
        outage.note(refusal)
    return refusal is None


class Pool:
    """Keeps one child per slot alive until it is told to stop."""

    def __init__(self, app: Flask, slots: list[str]) -> None:
        self._app = app
        self._slots = slots
        self._children: dict[int, tuple[str, float]] = {}
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
            self._children[pid] = (queue_name, time.monotonic())
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
            time.sleep(0.1)
            return
        queue_name, since = self._children.pop(pid, ("", 0.0))
        if queue_name and not self._stopping:
            log.warning("worker_restarted", queue=queue_name)
            time.sleep(1.0 if time.monotonic() - since < SHORT_LIFE_S else 0.05)
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


def preload(app: Flask, slots: list[str]) -> None:
    """Import before the fork what else every child would import at its first picture."""
    if "media" in slots:
        importlib.import_module("pigeon.stores.imaging_worker")
        with app.app_context():
            media.store()


def announce_ready() -> None:
    """Tell a supervisor that children are being served, by the file it named.

    An empty one needs no room; where even that cannot be made, work is worth more than the news.
    """
    path = os.environ.get("PIGEON_READY_FILE")
    try:
        if path:
            Path(path).touch()
    except OSError as error:
        log.warning("ready_file_unwritten", reason=reason_of(error))


def main(arguments: list[str]) -> int:
    app = create_app("worker")
    app.extensions["check_start"]()
    slots = parse_slots(arguments)
    preload(app, slots)
    announce_ready()
    return Pool(app, slots).run()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
