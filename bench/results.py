"""What a measurement says: rows with goals, and tables with everything else."""

from __future__ import annotations

import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Spread:
    """One figure per round."""

    values: tuple[float, ...]

    @property
    def median(self) -> float:
        return statistics.median(self.values)

    @property
    def low(self) -> float:
        return min(self.values)

    @property
    def high(self) -> float:
        return max(self.values)


def spread(values: Sequence[float]) -> Spread:
    return Spread(tuple(values))


def ratio(over: Sequence[float], under: Sequence[float]) -> Spread:
    """Round by round, so that both sides saw the same machine."""
    return Spread(tuple(a / b for a, b in zip(over, under, strict=True)))


@dataclass(frozen=True, kw_only=True)
class Goal:
    """`at_least` or `at_most`, whichever is given."""

    at_least: float | None = None
    at_most: float | None = None

    def text(self, unit: str) -> str:
        sign, bound = ("≥", self.at_least) if self.at_least is not None else ("≤", self.at_most)
        return f"{sign} {bound:g}{unit}"

    def missed_by(self, value: float) -> float:
        """The part of the goal that is missing; 0 when it is reached."""
        if self.at_least is not None:
            return max(0.0, 1 - value / self.at_least)
        assert self.at_most is not None
        return max(0.0, value / self.at_most - 1) if self.at_most else float(value > 0)


@dataclass(frozen=True, kw_only=True)
class Row:
    """One figure; without a goal it is published, whatever it is."""

    metric: str
    value: Spread
    unit: str = "×"
    goal: Goal | None = None
    note: str = ""

    @property
    def verdict(self) -> str:
        if self.goal is None:
            return "published"
        missed = self.goal.missed_by(self.value.median)
        return "reached" if missed == 0 else f"**short by {missed:.1%}**"


@dataclass(frozen=True, kw_only=True)
class Table:
    title: str
    head: tuple[str, ...]
    rows: Sequence[tuple[str, ...]]


@dataclass(frozen=True, kw_only=True)
class Curve:
    """One figure as another grows: per series, (x, rounds of y); every x and y is above zero."""

    name: str
    series: Mapping[str, Sequence[tuple[float, Spread]]]


@dataclass(kw_only=True)
class Group:
    """What one module measured."""

    name: str
    title: str
    rows: list[Row] = field(default_factory=list)
    tables: list[Table] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    curves: list[Curve] = field(default_factory=list)


def figure(value: float) -> str:
    """Three significant digits, without an exponent."""
    if value == 0:
        return "0"
    digits = 0 if abs(value) >= 100 else 1 if abs(value) >= 10 else 2 if abs(value) >= 1 else 3
    return f"{value:,.{digits}f}"


def shown(found: Spread) -> str:
    return f"{figure(found.median)} ({figure(found.low)}-{figure(found.high)})"
