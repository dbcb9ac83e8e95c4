"""Pictures are rendered in a child, whose end is no end of ours."""

from __future__ import annotations

import errno
import faulthandler
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import psutil
import pytest

from pigeon.stores import imaging, imaging_render, imaging_worker
from pigeon.stores.imaging_render import render, render_avatar
from tests.stores import hostile
from tests.stores.renditions import refusal

Write = Callable[[bytes], Path]


@pytest.mark.parametrize("may_fork", [True, False], ids=["forked", "started"])
def test_a_child_makes_the_same_files(
    upload: Write, out: Path, monkeypatch: pytest.MonkeyPatch, may_fork: bool
) -> None:
    monkeypatch.setattr(imaging, "_may_fork", lambda: may_fork)
    path = upload(hostile.photograph(900, 600))

    assert imaging.render_limited(path, out) == render(path, out)
    assert imaging.render_avatar_limited(path, out, (0.1, 0.2, 0.5)) == render_avatar(
        path, out, (0.1, 0.2, 0.5)
    )
    path.write_bytes(hostile.damaged_png())
    assert refusal(lambda: imaging.render_limited(path, out)) == "unreadable"


def _for_ever(*_: object) -> None:
    while True:
        pass


def _die_of(number: int) -> None:
    faulthandler.disable()
    os.kill(os.getpid(), number)


@pytest.mark.parametrize("number", [signal.SIGSEGV, signal.SIGABRT, signal.SIGBUS])
def test_a_crash_is_the_pictures_fault(
    upload: Write, out: Path, fork_here: None, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    monkeypatch.setattr(imaging_worker, "render", lambda *_: _die_of(number))
    path = upload(hostile.encoded(hostile.picture(), "PNG"))

    assert refusal(lambda: imaging.render_limited(path, out)) == "unreadable"


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_being_ended_from_outside_is_not(
    upload: Write, out: Path, fork_here: None, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    monkeypatch.setattr(imaging_worker, "render", lambda *_: _die_of(number))
    path = upload(hostile.encoded(hostile.picture(), "PNG"))

    with pytest.raises(imaging.RenderInterrupted):
        imaging.render_limited(path, out)


def test_a_full_disk_is_not_the_pictures_fault(
    upload: Write, out: Path, fork_here: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(imaging_render, "_save", full)
    path = upload(hostile.encoded(hostile.picture(), "PNG"))

    with pytest.raises(OSError, match="No space left") as caught:
        imaging.render_limited(path, out)
    assert caught.value.errno == errno.ENOSPC


def test_an_interrupted_caller_leaves_no_child(
    upload: Write, out: Path, fork_here: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A job's time limit is an exception that a signal raises in the middle of the wait."""

    class JobTimeout(Exception):
        pass

    def give_up(_: int, wall_s: float) -> bytes:
        raise JobTimeout

    monkeypatch.setattr(imaging_worker, "render", _for_ever)
    monkeypatch.setattr(imaging, "_read_to_end", give_up)

    before = psutil.Process().children()
    with pytest.raises(JobTimeout):
        imaging.render_limited(upload(hostile.encoded(hostile.picture(), "PNG")), out)
    assert psutil.Process().children() == before


FOR_EVER = """
import sys
from functools import partial
from pathlib import Path
from pigeon.stores import imaging, imaging_worker

def for_ever(*_):
    print("rendering", flush=True)
    while True:
        pass

imaging_worker.render = for_ever
assert imaging._may_fork()
imaging.render_limited(Path(sys.argv[1]), Path(sys.argv[1]).parent)
"""


def test_a_killed_worker_takes_its_child_along(upload: Write) -> None:
    path = upload(hostile.encoded(hostile.picture(), "PNG"))
    with subprocess.Popen([sys.executable, "-c", FOR_EVER, path], stdout=subprocess.PIPE) as worker:
        assert worker.stdout is not None
        assert worker.stdout.readline() == b"rendering\n"

        worker.kill()

        assert worker.stdout.read() == b""  # the end comes when nobody holds the pipe any more


def test_no_fork_beside_threads_or_under_gevent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(threading, "active_count", lambda: 1)
    monkeypatch.delitem(sys.modules, "gevent.monkey", raising=False)
    assert imaging._may_fork()

    monkeypatch.setattr(threading, "active_count", lambda: 2)
    assert not imaging._may_fork()

    patched = SimpleNamespace(is_module_patched=lambda name: True)
    monkeypatch.setattr(threading, "active_count", lambda: 1)
    monkeypatch.setitem(sys.modules, "gevent.monkey", patched)
    assert not imaging._may_fork()


def test_files_without_an_end_are_looked_at_one_at_a_time(
    upload: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever waits too long for their turn is taken: the rendering looks again."""
    path = upload(hostile.encoded(hostile.picture(), "JPEG")[:-2])
    monkeypatch.setattr(imaging, "CHECK_S", 0.2)
    asked = []
    monkeypatch.setattr(imaging, "_reply_to", lambda task, wall_s: asked.append(task))

    with imaging._checking:
        assert imaging.inspect(path).width == 60
    assert asked == []

    assert imaging.inspect(path).width == 60
    assert [task["work"] for task in asked] == ["check"]


def test_a_machine_that_is_busy_is_not_the_pictures_fault(
    upload: Write, fork_here: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(imaging, "CHECK_S", 0.2)
    monkeypatch.setattr(imaging_worker, "check", _for_ever)
    path = upload(hostile.encoded(hostile.picture(), "JPEG")[:-2])
    others = psutil.Process().children()

    assert imaging.inspect(path).width == 60
    assert psutil.Process().children() == others
