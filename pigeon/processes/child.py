"""One supervised process: started, read, started again when it dies, stopped."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import time
from collections.abc import Mapping
from functools import partial
from pathlib import Path

from pigeon.processes.parent import die_with_parent
from pigeon.processes.plan import Process

FIRST_DELAY_S = 0.2
LONGEST_DELAY_S = 5.0
STEADY_S = 60.0  # who lived this long has not failed in a row
READ_BYTES = 65_536
KILLED_WITHIN_S = 1.0  # nothing but a disk that hangs takes longer


class Child:
    """A process of the plan and its present incarnation."""

    def __init__(self, process: Process, *, root: Path, env: Mapping[str, str]) -> None:
        self.process = process
        self.start_at: float | None = None
        self._root = root
        self._env = {**env, **process.env}
        self._popen: subprocess.Popen[bytes] | None = None
        self._started_at = 0.0
        self._deaths = 0
        self._rest = b""

    @property
    def name(self) -> str:
        return self.process.name

    @property
    def is_alive(self) -> bool:
        return self._popen is not None and self._popen.poll() is None

    @property
    def status(self) -> int | None:
        """Exit status as subprocess gives it (negative: a signal); None while it runs."""
        return self._popen.poll() if self._popen else None

    def start(self) -> int:
        """Start it and return the descriptor of its output, which is the caller's to close."""
        if self.process.ready_file:
            self.process.ready_file.unlink(missing_ok=True)
        self.start_at, self._started_at, self._rest = None, time.monotonic(), b""
        output, its_end = os.pipe()
        os.set_blocking(output, False)
        self._popen = subprocess.Popen(
            self.process.command,
            cwd=self._root,
            env=self._env,
            stdin=subprocess.DEVNULL,
            stdout=its_end,
            stderr=its_end,
            start_new_session=True,  # the terminal's Ctrl-C is for the supervisor alone
            preexec_fn=partial(die_with_parent, os.getpid()),
        )
        os.close(its_end)
        return output

    def read_lines(self, output: int) -> list[str] | None:
        """The lines that came since the last call, or None when there will be no more."""
        try:
            data = os.read(output, READ_BYTES)
        except BlockingIOError:
            return []
        if not data:
            return None
        *lines, self._rest = (self._rest + data).split(b"\n")
        return [line.decode(errors="replace").rstrip("\r") for line in lines]

    def plan_restart(self) -> float:
        """Note a death, and after how many seconds the next start is due."""
        self.signal(signal.SIGKILL)  # what it may have left in its group
        now = time.monotonic()
        self._deaths = 1 if now - self._started_at > STEADY_S else min(self._deaths + 1, 16)
        delay_s: float = min(FIRST_DELAY_S * 2 ** (self._deaths - 1), LONGEST_DELAY_S)
        self.start_at = now + delay_s
        return delay_s

    def signal(self, number: signal.Signals) -> None:
        """Send a signal: an ordinary one to the process, SIGKILL to its whole group."""
        if self._popen is None:
            return
        with contextlib.suppress(ProcessLookupError, PermissionError):
            if number == signal.SIGKILL:
                os.killpg(self._popen.pid, number)
            else:
                self._popen.send_signal(number)

    def kill(self) -> None:
        """End its whole group now, and leave no zombie: not every container's init takes those."""
        self.signal(signal.SIGKILL)
        if self._popen is not None:
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._popen.wait(KILLED_WITHIN_S)
