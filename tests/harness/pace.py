"""Limits on time that mean the same on a fast machine, on a slow one and on a busy one."""

from __future__ import annotations

import time
from collections.abc import Callable

TRIES = 7
LOOPS = 1_000_000
LOOPS_S = 0.03  # of the machine on which the limits were set


def quickest(
    call: Callable[[], object], *, clock: Callable[[], float] = time.perf_counter
) -> float:
    """Seconds of the fastest of some tries: what others do on the machine only adds to them."""
    return min(_timed(call, clock) for _ in range(TRIES))


def cpu_limit(limit_s: float) -> float:
    """A limit on processor time, longer by as much as this machine is slower just now."""
    return limit_s * max(1.0, quickest(_loop, clock=time.process_time) / LOOPS_S)


def _timed(call: Callable[[], object], clock: Callable[[], float]) -> float:
    began = clock()
    call()
    return clock() - began


def _loop() -> None:
    total = 0
    for number in range(LOOPS):
        total += number
