"""A process that does not outlive the one that started it."""

from __future__ import annotations

import ctypes
import os
import signal
import sys

PR_SET_PDEATHSIG = 1


def die_with_parent(parent_pid: int, *, by: signal.Signals = signal.SIGKILL) -> None:
    """Ask the kernel to send `by` to this process when its parent ends, however that ends.

    Call it right after a fork, in the child, with the parent's pid. A fork does not inherit it, so
    the children of the child have to say it again. Linux only; elsewhere nothing happens.
    """
    if sys.platform != "linux":
        return
    ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, by)
    if os.getppid() != parent_pid:  # it ended between the fork and the wish
        os._exit(1)
