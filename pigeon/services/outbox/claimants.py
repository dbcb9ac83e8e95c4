"""Who holds a job: a process by host, number and time of start, so that its end can be seen.

A number alone is not enough: it is given again, and a process that nobody waited for keeps it.
"""

from __future__ import annotations

import os
import socket
from pathlib import Path

STATE, START = 0, 19
"""Places behind the name in `/proc/<pid>/stat`."""


def own_name() -> str:
    """The name of this process."""
    return f"{_host()}:{os.getpid()}:{_started(os.getpid()) or 0}"


def is_gone(name: str) -> bool:
    """Whether a process that we would see has ended; False for those of other places."""
    host, _, process = name.partition(":")
    pid, _, started = process.partition(":")
    if host != _host() or not (pid.isdecimal() and started.isdecimal()):
        return False
    return _started(int(pid)) != int(started)


def _host() -> str:
    """Host, boot and process namespace: containers may share a name, and number alike."""
    try:
        boot = Path("/proc/sys/kernel/random/boot_id").read_text()[:8]
        space = os.stat("/proc/self/ns/pid").st_ino
    except OSError:
        boot, space = "", 0
    return f"{socket.gethostname()[:32]}-{boot}-{space}".replace(":", "-")


def _started(pid: int) -> int | None:
    """When a living process began, in the kernel's ticks; 1 where the kernel does not say."""
    if not Path("/proc/self/stat").exists():
        return _signalled(pid)
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return None
    return None if fields[STATE] in "ZX" else int(fields[START])


def _signalled(pid: int) -> int | None:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return None
    except PermissionError:
        pass
    return 1
