"""What was found for a table, as it is kept: every round of every attempt."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bench.results import Curve, Group, Row, Spread, spread
from bench.tables.declared import Line, Seven

UNSTEADY = 1.5
"""Rounds of a ratio that differ by more than this are measured again."""
RATIO = "×"


def is_unsteady(value: Spread, unit: str) -> bool:
    if unit != RATIO or len(value.values) < 2:
        return False
    return value.low <= 0 or value.high / value.low > UNSTEADY


@dataclass(kw_only=True)
class Figure:
    """One line's figure; `attempts` are the rounds of each time it was measured."""

    key: str
    known: dict[str, str]
    """What fills the words of its line."""
    unit: str
    attempts: list[list[float]]

    @property
    def value(self) -> Spread:
        """Of the first attempt that was steady; when none was, of all rounds there are."""
        for rounds in self.attempts:
            if not is_unsteady(spread(rounds), self.unit):
                return spread(rounds)
        return spread([value for rounds in self.attempts for value in rounds])

    @property
    def is_unsteady(self) -> bool:
        return all(is_unsteady(spread(rounds), self.unit) for rounds in self.attempts)


@dataclass(kw_only=True)
class Found:
    """All of a table, and what it was measured with."""

    number: int
    commit: str
    at: str
    plan: str
    machine: dict[str, str]
    took_s: float = 0
    controls: dict[str, list[float]] = field(default_factory=dict)
    figures: list[Figure] = field(default_factory=list)
    curves: dict[str, dict[str, list[tuple[float, list[float]]]]] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)

    def add(self, table: Seven, groups: Sequence[Group]) -> None:
        """One more attempt of these groups."""
        for line in table.lines:
            for group in groups:
                if group.name == line.group:
                    self._add_line(line, group)
        for group in groups:
            self.notes += [note for note in group.notes if note not in self.notes]
            for curve in group.curves:
                self.curves[curve.name] = _plain(curve)

    def unsteady_groups(self, table: Seven) -> list[str]:
        """Those of which a ratio is not steady yet."""
        shaky = {figure.key for figure in self.figures if figure.is_unsteady}
        return list(dict.fromkeys(line.group for line in table.lines if line.key in shaky))

    def of_line(self, line: Line) -> list[Figure]:
        return [figure for figure in self.figures if figure.key == line.key]

    def _add_line(self, line: Line, group: Group) -> None:
        matches = [(row, re.fullmatch(line.metric, row.metric)) for row in group.rows]
        found = [(row, match.groupdict()) for row, match in matches if match]
        if not found and not line.is_optional:
            raise LookupError(f"{group.name} measured nothing named {line.metric!r}")
        figures = self.of_line(line)
        for nth, (row, known) in enumerate(found):
            if nth == len(figures):
                figures.append(Figure(key=line.key, known={}, unit=row.unit, attempts=[]))
                self.figures.append(figures[nth])
            figures[nth].known = known  # another size may be the fastest than the last time
            figures[nth].attempts.append(_rounds(line, row))


def _rounds(line: Line, row: Row) -> list[float]:
    return [1 / value if line.is_inverted else value for value in row.value.values]


def _plain(curve: Curve) -> dict[str, list[tuple[float, list[float]]]]:
    return {
        name: [(x, list(value.values)) for x, value in points]
        for name, points in curve.series.items()
    }


# -- kept ------------------------------------------------------------------------------------------


def path_of(folder: Path, number: int) -> Path:
    return folder / "v1-v2" / f"{number}.json"


def write(folder: Path, found: Found) -> None:
    path = path_of(folder, found.number)
    path.parent.mkdir(parents=True, exist_ok=True)
    content = {**vars(found), "figures": [vars(figure) for figure in found.figures]}
    path.write_text(json.dumps(content, indent=1, ensure_ascii=False) + "\n")


def read(folder: Path, number: int) -> Found | None:
    path = path_of(folder, number)
    if not path.exists():
        return None
    content: dict[str, Any] = json.loads(path.read_text())
    figures = [Figure(**figure) for figure in content.pop("figures")]
    return Found(**content, figures=figures)
