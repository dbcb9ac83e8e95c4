"""What a phone loads of a home page full of photographs: of the release before, and of this one."""

from __future__ import annotations

import json
import os
import subprocess
import sys

from bench import home_visit
from bench.ground import Ground
from bench.results import Goal, Group, Row, Table, ratio
from tests.harness import children
from tests.harness.environment import ROOT

BEFORE, HERE = "the release before", "this one"
PAGE = "page and pictures, kB"


def measure(ground: Ground) -> Group:
    """Both sites are given the same photographs; a visit is counted once, for bytes do not vary."""
    group = Group(name="home_bytes", title="Bytes of a home page on a phone")
    if not children.find(*children.CHROMIUM):
        group.notes.append("Not measured here: chromium not installed.")
        return group
    before = os.environ.get("RELEASE_BEFORE") or (ROOT / ".release-before").read_text().strip()
    found = {
        BEFORE: _visit(ground, "before", before),
        HERE: _visit(ground, "here", ""),
    }
    group.rows.append(
        Row(
            metric=f"bytes of a home page of {home_visit.POSTS} posts with photographs of"
            f" {home_visit.LONG_SIDE * 3 // 4} px, pictures included, on a phone of 412 px at"
            f" density 1.75: {BEFORE} / {HERE}",
            value=ratio([found[BEFORE][PAGE]], [found[HERE][PAGE]]),
            goal=Goal(at_least=1.5),
        )
    )
    rows = [(name, *(f"{size:,.0f}" for size in sizes.values())) for name, sizes in found.items()]
    head = ("release", *found[HERE])
    group.tables.append(
        Table(title="Loaded by a browser that has nothing yet", head=head, rows=rows)
    )
    return group


def _visit(ground: Ground, name: str, commit: str) -> dict[str, float]:
    folder = ground.folder / f"home_bytes_{name}"
    folder.mkdir()
    done = subprocess.run(
        [sys.executable, "-m", "bench.home_visit", str(folder), commit],
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    found: dict[str, float] = json.loads(done.stdout)
    return found
