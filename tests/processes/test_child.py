"""A process of the plan: its lines come whole, and one that keeps dying is waited for longer."""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from pigeon.processes.child import FIRST_DELAY_S, LONGEST_DELAY_S, STEADY_S, Child
from pigeon.processes.plan import Process
from tests.harness.children import wait_until

SAYS = (
    "import os\nos.write(1, '새 '.encode()[:2]); os.write(1, '새 '.encode()[2:] + b'a\\r\\nb\\nno')"
)
Run = Callable[[str], Child]


@pytest.fixture
def run(tmp_path: Path) -> Iterator[Run]:
    made: list[Child] = []

    def make(program: str) -> Child:
        process = Process(name="x", command=(sys.executable, "-c", program))
        made.append(Child(process, root=tmp_path, env=dict(os.environ)))
        return made[-1]

    yield make
    for child in made:
        child.signal(signal.SIGKILL)
        wait_until(lambda child=child: not child.is_alive, what="its end")


def test_lines_come_whole_however_they_are_written(run: Run) -> None:
    child = run(SAYS)
    output = child.start()
    lines: list[str] = []
    wait_until(lambda: _has_ended(child, output, lines), what="the end of its output")
    os.close(output)
    assert lines == ["새 a", "b"]


def _has_ended(child: Child, output: int, lines: list[str]) -> bool:
    found = child.read_lines(output)
    lines.extend(found or ())
    return found is None


def test_who_dies_again_and_again_is_waited_for_longer(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    child = run("")
    os.close(child.start())
    delays = [child.plan_restart() for _ in range(20)]
    assert delays[:3] == [FIRST_DELAY_S, 2 * FIRST_DELAY_S, 4 * FIRST_DELAY_S]
    assert delays[-1] == LONGEST_DELAY_S and delays == sorted(delays)
    later = time.monotonic() + STEADY_S + 1
    monkeypatch.setattr(time, "monotonic", lambda: later)
    assert child.plan_restart() == FIRST_DELAY_S, "it had been steady for long"


def test_what_it_left_in_its_group_ends_with_it(run: Run) -> None:
    program = "import subprocess, sys; print(subprocess.Popen(['sleep', '60']).pid, flush=True)"
    child = run(program)
    output = child.start()
    lines: list[str] = []
    wait_until(lambda: bool(lines) or _has_ended(child, output, lines), what="its child's number")
    left = psutil.Process(int(lines[0]))
    wait_until(lambda: not child.is_alive, what="its end")
    child.plan_restart()
    wait_until(lambda: not _runs(left), what="the end of what it left")
    os.close(output)


def test_who_is_killed_leaves_no_zombie(run: Run) -> None:
    child, before = run("import time; time.sleep(60)"), set(psutil.Process().children())
    os.close(child.start())
    (started,) = set(psutil.Process().children()) - before
    child.kill()
    assert not psutil.pid_exists(started.pid)


def _runs(process: psutil.Process) -> bool:
    return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
