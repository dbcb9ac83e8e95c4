"""Measuring two or more ways side by side on a machine that is never quiet."""

from __future__ import annotations

import math
import statistics
import time
from collections.abc import Callable, Iterable, Mapping
from typing import TypeVar

T = TypeVar("T")


def interleaved(
    variants: Mapping[str, Callable[[], float]], rounds: int, *, is_warm: bool = False
) -> dict[str, list[float]]:
    """Every variant once per round, another one first each time; all once unmeasured before."""
    names = list(variants)
    for name in names if not is_warm else ():
        variants[name]()
    found: dict[str, list[float]] = {name: [] for name in names}
    for number in range(rounds):
        first = number % len(names)
        for name in names[first:] + names[:first]:
            found[name].append(variants[name]())
    return found


def timed(call: Callable[[T], object], arguments: Iterable[T]) -> list[float]:
    """Seconds of each call."""
    found = []
    for argument in arguments:
        began = time.perf_counter()
        call(argument)
        found.append(time.perf_counter() - began)
    return found


def median_of(call: Callable[[T], object], arguments: Iterable[T]) -> float:
    return statistics.median(timed(call, arguments))


def percentile(values: Iterable[float], share: float) -> float:
    """The smallest value that at least `share` of all do not exceed."""
    ordered = sorted(values)
    return ordered[max(0, math.ceil(len(ordered) * share) - 1)]


def taking_turns(items: list[T], count: int) -> list[T]:
    return [items[number % len(items)] for number in range(count)]
