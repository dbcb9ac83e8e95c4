"""Processes that end with the one that started them, whatever ends it."""

from __future__ import annotations

import ctypes
import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack, suppress
from pathlib import Path

import pytest

LIBC = ctypes.CDLL(None)
PR_SET_PDEATHSIG = 1


def start(
    arguments: Sequence[str | Path],
    *,
    log: Path,
    env: Mapping[str, str] | None = None,
    cwd: Path | None = None,
    death_signal: int = signal.SIGKILL,
) -> subprocess.Popen[bytes]:
    """Run a program with its output in `log`; it gets `death_signal` when this process dies.

    Call it in the main thread: the kernel watches the thread that forked.
    """
    parent = os.getpid()

    def follow_parent() -> None:
        LIBC.prctl(PR_SET_PDEATHSIG, death_signal)
        if os.getppid() != parent:
            os._exit(1)

    with log.open("ab") as output:
        return subprocess.Popen(
            [str(argument) for argument in arguments],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            env=env,
            cwd=cwd,
            preexec_fn=follow_parent,
            start_new_session=True,
        )


def stop(process: subprocess.Popen[bytes], *, timeout_s: float = 10) -> int:
    """End it politely, then by force; its exit status."""
    process.terminate()
    try:
        return process.wait(timeout_s)
    except subprocess.TimeoutExpired:
        process.kill()
        return process.wait()


def pause(pid: int) -> None:
    """Stop a process until SIGCONT; its connections stay.

    The kernel stops each thread when that one next runs: on a busy machine a thread answers for a
    while after the signal was sent, so this waits until all stand still.
    """
    os.kill(pid, signal.SIGSTOP)
    wait_until(lambda: _stands_still(pid), what=f"the stop of {pid}")


def _stands_still(pid: int) -> bool:
    states = [_state_of(thread) for thread in Path(f"/proc/{pid}/task").iterdir()]
    return all(state in "TtZX" for state in states)


def _state_of(thread: Path) -> str:
    """Its letter in /proc; X, dead, once it is gone."""
    try:
        return (thread / "stat").read_text().rpartition(") ")[2][0]
    except FileNotFoundError:
        return "X"


def wait_until(is_true: Callable[[], object], *, timeout_s: float = 30, what: str = "it") -> None:
    """Ask every few milliseconds; AssertionError when `what` does not happen in time."""
    deadline = time.monotonic() + timeout_s
    while not is_true():
        assert time.monotonic() < deadline, f"{what} did not happen within {timeout_s} s"
        time.sleep(0.01)


def wait_ready(
    process: subprocess.Popen[bytes], is_ready: Callable[[], object], *, log: Path, timeout_s: float
) -> None:
    """Wait for a server that was started; its log is the message when it ends or never answers."""

    def answers_or_died() -> bool:
        return process.poll() is not None or bool(is_ready())

    try:
        wait_until(answers_or_died, timeout_s=timeout_s, what="an answer")
    except AssertionError:
        process.kill()
        raise AssertionError(f"no answer in {timeout_s} s:\n{_tail(log)}") from None
    assert process.poll() is None, f"ended with {process.returncode}:\n{_tail(log)}"


def _tail(log: Path) -> str:
    return log.read_text(errors="replace")[-4_000:]


def free_port() -> int:
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return int(sock.getsockname()[1])


def free_ports(count: int) -> int:
    """The first of so many in a row that nobody listens on."""
    while True:
        first = free_port()
        with ExitStack() as stack, suppress(OSError):
            for port in range(first, first + count):
                sock = stack.enter_context(socket.socket())
                sock.bind(("127.0.0.1", port))
            return first


def accepts(port: int) -> bool:
    with socket.socket() as sock:
        sock.settimeout(0.2)
        return sock.connect_ex(("127.0.0.1", port)) == 0


def find(*programs: str) -> str | None:
    """The path of the first of these programs that is here, also where only root looks."""
    places = os.pathsep.join((os.environ.get("PATH", ""), "/usr/sbin", "/usr/local/sbin"))
    return next((path for name in programs if (path := shutil.which(name, path=places))), None)


CHROMIUM = ("chromium-headless-shell", "chromium", "chromium-browser")
"""The first has the same engine without the windows: a profile costs it a fifth of the time."""


def require(*programs: str, package: str) -> str:
    """Like `find`; without one the test is skipped, or fails where `CI=true`."""
    path = find(*programs)
    if path:
        return path
    sentence = f"no {programs[0]} on this machine: install {package}"
    if os.environ.get("CI", "").lower() == "true":
        pytest.fail(sentence, pytrace=False)
    pytest.skip(sentence)
