"""How long something takes beside something else in the same run: no limit in seconds.

What is compared takes turns, so that a machine that is slow, or busy for a moment, is so for both.
"""

from __future__ import annotations

import time
from collections.abc import Callable

TRIES = 7
STEPS = 1_000_000


def cost(call: Callable[[], object]) -> float:
    """The processor time of a call, in that of a million steps of plain Python."""
    return ratio(call, _steps, clock=time.process_time)


def ratio(
    call: Callable[[], object],
    control: Callable[[], object],
    *,
    clock: Callable[[], float] = time.perf_counter,
) -> float:
    """The fastest of some tries by that of the control: what others do only adds to a try."""
    tries = [(_timed(call, clock), _timed(control, clock)) for _ in range(TRIES)]
    return min(one for one, _ in tries) / min(other for _, other in tries)


def _timed(call: Callable[[], object], clock: Callable[[], float]) -> float:
    began = clock()
    call()
    return clock() - began


def _steps() -> None:
    total = 0
    for number in range(STEPS):
        total += number
