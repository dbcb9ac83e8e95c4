"""Picture files of every kind: how many come out as a browser or HEIC's library shows them."""

from __future__ import annotations

import json
import subprocess
import sys

from bench.ground import Ground
from bench.results import Goal, Group, Row, Table, figure, spread
from tests.harness.judged import MOST, Verdict


def measure(ground: Ground) -> Group:
    """Not a measure of speed: the same files whatever the plan, judged once."""
    version, verdicts = _judged()
    group = Group(name="pictures", title="Picture files, as they are shown")
    shown = [verdict for verdict in verdicts if verdict.is_drawn]
    right = [verdict for verdict in shown if verdict.is_right()]
    group.rows.append(
        Row(
            metric="the picture cases: right / all that Chromium or libheif reads",
            value=spread([len(right) / len(shown)]),
            unit="",
            goal=Goal(at_least=1),
        )
    )
    farthest = sorted(shown, key=_distance, reverse=True)[:5]
    rows = [(one.name, figure(one.distance or 0), one.refusal or "") for one in farthest]
    head = ("file", "mean ΔE2000", "refused as")
    group.tables.append(Table(title=f"Farthest of {len(shown)}", head=head, rows=rows))
    group.notes.append(f"Right is a mean ΔE2000 of at most {MOST:g} beside Chromium {version}.")
    refused = ", ".join(one.name for one in verdicts if not one.is_drawn)
    group.notes.append(f"Shown by neither and refused: {refused}.")
    return group


def _judged() -> tuple[str, list[Verdict]]:
    """In a process of its own: what steers a browser shares none with the rest."""
    command = [sys.executable, "-m", "bench.pictures_judge"]
    answer = subprocess.run(command, check=True, capture_output=True, timeout=300).stdout
    version, found = json.loads(answer)
    return version, [Verdict(**one) for one in found]


def _distance(verdict: Verdict) -> float:
    return float("inf") if verdict.distance is None else verdict.distance
