"""The supervisor with real Redis servers, real gunicorn and a stand-in for the application."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest
from websocket import WebSocket, WebSocketException, create_connection

from pigeon.processes import plan
from tests.harness.stand_in import HANG_S, Site, Start, answers, eventually

pytestmark = pytest.mark.processes


def commands(site: Site) -> str:
    return "\n".join(" ".join(process.cmdline()) for process in site.processes())


def test_kill_9_of_the_supervisor_leaves_no_process_behind(start: Start) -> None:
    site = start().wait_ready()
    processes = site.processes()
    assert len(processes) >= 6  # two Redis, gunicorn and its worker, worker, scheduler

    site.popen.kill()
    site.popen.wait()

    _, alive = psutil.wait_procs(processes, timeout=HANG_S)
    assert alive == []


def test_what_state_redis_acknowledged_survives_kill_9_of_everything(start: Start) -> None:
    site = start().wait_ready()
    site.state().set("liked", "yes")
    processes = site.processes()
    site.popen.kill()
    psutil.wait_procs(processes, timeout=HANG_S)

    again = start().wait_ready()

    assert again.state().get("liked") == b"yes"


def test_a_killed_redis_comes_back_with_its_data(start: Start) -> None:
    site = start().wait_ready()
    site.state().set("liked", "yes")
    old = site.pid_of("state.sock")

    os.kill(old, signal.SIGKILL)

    eventually(lambda: answers(site))
    assert site.state().get("liked") == b"yes"
    assert site.pid_of("state.sock") != old


def test_a_redis_that_dies_while_others_start_is_started_again(
    start: Start, tmp_path: Path
) -> None:
    gate = tmp_path / "gate"
    site = start(LATE=str(gate))
    eventually(lambda: "Starting" in site.output)
    old = site.pid_of("state.sock")

    os.kill(old, signal.SIGKILL)

    eventually(lambda: "redis-state was ended by SIGKILL; again in 0.2 s" in site.output)
    eventually(lambda: answers(site))
    assert site.pid_of("state.sock") != old
    gate.touch()
    site.wait_ready()


@pytest.mark.parametrize("kind", ["-m gunicorn", "jobs.worker", "jobs.scheduler"])
def test_a_killed_process_is_started_again(start: Start, kind: str) -> None:
    site = start().wait_ready()
    old = site.pid_of(kind)
    ready_files = sorted((site.data / "run").glob("*.ready"))
    assert [path.name for path in ready_files] == ["scheduler.ready", "worker.ready"]

    os.kill(old, signal.SIGKILL)

    eventually(lambda: "SIGKILL; again in 0.2 s" in site.output)
    eventually(lambda: kind in commands(site) and site.pid_of(kind) != old)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_stops_everything(start: Start, number: int) -> None:
    site = start(STUBBORN="on").wait_ready()
    site.state().set("liked", "yes")
    processes = site.processes()

    site.popen.send_signal(number)
    assert site.popen.wait(timeout=HANG_S) == 0

    _, alive = psutil.wait_procs(processes, timeout=0)
    assert alive == []
    assert "worker would not stop and is killed" in site.output
    assert start().wait_ready().state().get("liked") == b"yes"


def test_open_sockets_do_not_delay_a_stop(start: Start) -> None:
    """Not by what gunicorn would give requests; both stops are made in the same run."""
    without_s = _stopped_in(start().wait_ready(), lambda: None)
    site = start().wait_ready()
    client = create_connection(
        f"ws://127.0.0.1:{site.port}/socket.io/?EIO=4&transport=websocket", timeout=HANG_S
    )
    assert str(client.recv()).startswith("0{")

    assert _stopped_in(site, lambda: _read_to_end(client)) < without_s + plan.GRACEFUL_S / 2


def _stopped_in(site: Site, meanwhile: Callable[[], None]) -> float:
    began = time.monotonic()
    site.popen.terminate()
    meanwhile()
    site.popen.wait(timeout=HANG_S)
    return time.monotonic() - began


def _read_to_end(client: WebSocket) -> None:
    try:
        while client.recv():
            pass
    except (WebSocketException, OSError):
        pass
    finally:
        client.shutdown()
