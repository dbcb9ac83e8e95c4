from __future__ import annotations

import os
import pickle
import signal
import subprocess
import sys
import threading
import time
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psutil
import pytest
from flask import Flask
from PIL import Image
from rq import Queue
from rq.job import Job
from rq.serializers import JSONSerializer, PickleSerializer
from sqlalchemy import select, update
from structlog.testing import capture_logs

from pigeon.extensions import db, settings, state
from pigeon.jobs import queues
from pigeon.jobs.worker import PigeonWorker, parse_slots, take_back
from pigeon.models import OutboxRow
from pigeon.services.outbox import claimants, outbox
from pigeon.services.outbox import figures as outbox_figures
from pigeon.services.posts import posts
from pigeon.unit_of_work import unit_of_work
from tests.factories import make_user
from tests.factories.uploads import make_processing_post
from tests.harness import children
from tests.harness.environment import ROOT, SAFE
from tests.stores import hostile

MB = 1024 * 1024
HANG_S = 60  # by far longer than a healthy end takes on a busy machine


def environment() -> dict[str, str]:
    """What a process needs to work on this test's stores."""
    found = settings()
    return {
        "PATH": os.environ["PATH"],
        "DATA": str(found.data),
        "DATABASE_URL": found.database_url,
        "REDIS_CACHE_URL": found.redis_cache_url,
        "REDIS_STATE_URL": found.redis_state_url,
        **SAFE,
    }


@contextmanager
def worker(folder: Path, *slots: str) -> Iterator[subprocess.Popen[bytes]]:
    """A real pool of workers on this test's stores, ready."""
    ready, log = folder / "worker.ready", folder / "worker.log"
    process = children.start(
        [sys.executable, "-m", "pigeon.jobs.worker", *slots],
        log=log,
        env=environment() | {"PIGEON_READY_FILE": str(ready)},
        cwd=ROOT,
    )
    try:
        children.wait_ready(process, ready.exists, log=log, timeout_s=60)
        yield process
    finally:
        children.stop(process)


def children_of(process: subprocess.Popen[bytes]) -> list[psutil.Process]:
    return psutil.Process(process.pid).children()


def is_published(post: Any) -> bool:

    db.session.rollback()
    return posts.get(int(post.id), int(post.author.id)).state == "published"


class Bomb:
    """Runs a command where it is unpickled."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> Any:
        return os.system, (f"touch {self.path}",)


def put(payload: bytes, **fields: str) -> None:
    """A job as somebody writes it who can write to Redis."""
    queue = queues.queue("default")
    number = f"evil-{time.monotonic_ns()}"
    common = {"created_at": "2026-01-01T00:00:00.000000Z", "origin": "default", "status": "queued"}
    state.client.hset(Job.key_for(number), mapping={**common, **fields, "data": payload})
    state.client.rpush(queue.key, number)


def ours(outbox_id: object) -> bytes:
    return zlib.compress(JSONSerializer.dumps((queues.RUN, None, (outbox_id,), {})))


def work_off() -> None:
    queue = Queue("default", connection=state.client, serializer=JSONSerializer)
    worker = PigeonWorker([queue], connection=state.client, serializer=JSONSerializer)
    worker._install_signal_handlers = lambda: None
    worker.work(burst=True, logging_level="CRITICAL")


def test_nothing_but_outbox_rows_is_run(app: Flask, tmp_path: Path) -> None:
    mark = tmp_path / "executed"
    command = f"touch {mark}"
    put(zlib.compress(pickle.dumps(Bomb(mark))))
    put(PickleSerializer.dumps(("os.system", None, (command,), {})))
    put(JSONSerializer.dumps(("os.system", None, (command,), {})))
    put(JSONSerializer.dumps((queues.RUN, None, (command,), {})))
    put(JSONSerializer.dumps((queues.RUN, None, (1, 2), {})))
    put(JSONSerializer.dumps((queues.RUN, "posix", (1,), {})))
    put(ours(1), success_callback_name="os.system", failure_callback_name="os.system")
    put(ours(1), webhooks='[{"url": "http://127.0.0.1:1/", "job_status": "finished"}]')
    put(ours(1), created_at="never")
    put(b"\xff\x00garbage")
    state.client.rpush(queues.queue("default").key, "a job that does not exist")
    user = make_user("ann")
    from pigeon.domain.events import UserChanged

    with unit_of_work() as uow:
        uow.record(UserChanged(user_id=user.id))
    assert outbox_figures.pending() == 1
    with capture_logs() as lines:
        work_off()
    assert not mark.exists()
    assert outbox_figures.pending() == 0, "what came after them was done"
    assert [line["event"] for line in lines].count("foreign_job_refused") == 10
    assert not list(state.client.scan_iter("rq:job:evil*"))


def test_slots_are_spelled_as_queues() -> None:
    assert parse_slots(["media=2", "mail"]) == ["media", "media", "mail"]
    assert parse_slots([]) == list(queues.QUEUES)
    with pytest.raises(SystemExit, match="no queue 'nope'"):
        parse_slots(["nope=1"])
    with pytest.raises(ValueError, match="no queue"):
        queues.queue("nope")


@pytest.mark.processes
def test_a_killed_child_is_replaced_and_its_job_done_by_another(
    app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from pigeon.jobs.scheduler import sweep_outbox

    large = hostile.photograph(6_000, 4_000)
    post = make_processing_post(make_user("ann"), large)
    with worker(tmp_path, "media=1", "fanout=1") as process:
        children.wait_until(lambda: len(children_of(process)) == 2, what="two children")
        before = {child.pid for child in children_of(process)}
        children.wait_until(lambda: _claimed_by(before), what="a claim", timeout_s=60)
        killed = _claimed_by(before)
        os.kill(killed, signal.SIGKILL)

        def swept_and_done() -> bool:
            sweep_outbox()
            time.sleep(0.2)
            return is_published(post)

        before_its_lease_ends_s = outbox.LEASE_S / 2
        children.wait_until(swept_and_done, timeout_s=before_its_lease_ends_s, what="the other")
        after = {child.pid for child in children_of(process)}
        assert len(after) == 2 and killed not in after


def _claimed_by(pids: set[int]) -> int:

    db.session.rollback()
    names = db.session.scalars(select(OutboxRow.claimed_by).where(OutboxRow.state == "claimed"))
    found = {int(name.split(":")[1]) for name in names}
    return next(iter(found & pids), 0)


@pytest.mark.processes
def test_children_end_with_their_parent_however_it_ends(app: Flask, tmp_path: Path) -> None:
    for number in (signal.SIGKILL, signal.SIGTERM):
        with worker(tmp_path, "media=1", "mail=1") as process:
            children.wait_until(lambda: len(children_of(process)) == 2, what="two children")
            pids = [child.pid for child in children_of(process)]
            process.send_signal(number)
            process.wait(HANG_S)
            _wait_for_the_end_of(pids)
        (tmp_path / "worker.ready").unlink()


def _wait_for_the_end_of(pids: list[int]) -> None:
    children.wait_until(lambda: not any(_lives(pid) for pid in pids), what="their end")


def _lives(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


@pytest.mark.processes
def test_a_hostile_picture_costs_a_worker_no_more_than_an_honest_one(
    app: Flask, tmp_path: Path
) -> None:
    ann = make_user("ann")
    largest = hostile.encoded(Image.new("RGB", (5_000, 5_000), "teal"), "PNG")
    with worker(tmp_path, "media=1") as process:
        children.wait_until(lambda: children_of(process), what="a child")
        _peak_of(process, lambda: _send(ann, hostile.encoded(hostile.picture(), "JPEG")))
        resting = _memory(process)
        honest = _peak_of(process, lambda: _send(ann, largest))
        allowed = max(honest, 2 * resting) + 30 * MB  # what is forked counts its shared pages
        for content in (
            hostile.png_bomb(),
            hostile.gif_bomb(),
            hostile.lying_jpeg(),
            hostile.damaged_png(),
            hostile.many_frames(),
        ):
            assert _peak_of(process, lambda content=content: _send(ann, content)) < allowed
        assert _memory(process) < resting + 30 * MB


def _send(person: Any, content: bytes) -> None:
    """As if the request had not looked at it; until its job is done."""
    post = make_processing_post(person, caption="p")

    from pigeon.models import MediaModel

    token = db.session.scalar(select(MediaModel.incoming).order_by(MediaModel.id.desc()).limit(1))
    path = settings().incoming / str(token)
    path.write_bytes(content) if path.exists() else None
    children.wait_until(
        lambda: posts_state(int(post.id), person.id) != "processing", timeout_s=60, what="the job"
    )


def posts_state(post_id: int, viewer_id: int) -> str:

    db.session.rollback()
    return posts.get(post_id, viewer_id).state


def _memory(process: subprocess.Popen[bytes]) -> int:
    """Of the children and of what they start."""
    total = 0
    for child in psutil.Process(process.pid).children(recursive=True):
        try:
            total += child.memory_info().rss
        except psutil.NoSuchProcess:
            continue
    return total


def _peak_of(process: subprocess.Popen[bytes], work: Callable[[], None]) -> int:
    peak, stop = 0, threading.Event()

    def watch() -> None:
        nonlocal peak
        while not stop.is_set():
            peak = max(peak, _memory(process))
            time.sleep(0.003)

    watcher = threading.Thread(target=watch)
    watcher.start()
    work()
    stop.set()
    watcher.join()
    return peak


def test_a_worker_frees_what_its_host_left_behind(app: Flask) -> None:
    """The scheduler may be on another host, which sees neither process."""
    make_processing_post(make_user("ann"), images=2)
    held, other = [row.id for row in db.session.scalars(select(OutboxRow).limit(2))]
    child = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    host, _, _ = claimants.own_name().partition(":")
    started = Path(f"/proc/{child.pid}/stat").read_text().rpartition(")")[2].split()[19]
    _claim(held, f"{host}:{child.pid}:{started}")
    _claim(other, f"elsewhere:{child.pid}:{started}")
    take_back()
    assert _states(held, other) == ["claimed", "claimed"], "both live, as far as we can tell"

    child.communicate(b"\n")
    take_back()

    assert _states(held, other) == ["ready", "claimed"]


def _claim(outbox_id: int, name: str) -> None:
    assert outbox.claim(outbox_id) is not None
    with unit_of_work():
        db.session.execute(
            update(OutboxRow).where(OutboxRow.id == outbox_id).values(claimed_by=name)
        )


def _states(*ids: int) -> list[str]:
    db.session.rollback()
    return [
        state
        for one in ids
        for state in db.session.scalars(select(OutboxRow.state).where(OutboxRow.id == one))
    ]
