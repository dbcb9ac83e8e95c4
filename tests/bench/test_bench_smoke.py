"""Every measurement runs once on a tiny data set: the figures mean nothing, the code works."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from bench import report
from bench.__main__ import GROUPS, measured
from bench.controls import Controls
from bench.ground import Ground, ground
from bench.plan import TINY
from bench.results import Goal, Group, Row, spread
from bench.tables import TABLES, page
from bench.tables.declared import Seven
from bench.tables.found import Found
from tests.harness.environment import ROOT

pytestmark = [
    pytest.mark.bench,
    pytest.mark.xdist_group("bench"),
    pytest.mark.timeout(600),
]


@pytest.fixture(scope="module")
def tiny() -> Iterator[Ground]:
    with ground(TINY) as found:
        yield found


def asks_no_sql(group: Group) -> None:
    rows = {row.metric: row for row in group.rows}
    assert rows["SQL statements on a warm page"].value.high == 0


def adds_no_trip(group: Group) -> None:
    (row,) = (row for row in group.rows if row.metric.startswith("round trips"))
    assert row.value.high == 0, group.tables


def measured_once(name: str, tiny: Ground) -> Group:
    """The page of tables is made of the same measurements."""
    if name not in _measured:
        _measured[name] = measured(name, tiny)
    return _measured[name]


_measured: dict[str, Group] = {}
HANGUL = re.compile("[가-힣]")
TRUE_OF_ANY_DATA = {"timeline": asks_no_sql, "relations": adds_no_trip}
"""Of a warm page, however little there is."""


@pytest.mark.parametrize("name", GROUPS)
def test_measurement_runs(tiny: Ground, name: str) -> None:
    group = measured_once(name, tiny)

    assert group.rows
    assert all(row.value.low <= row.value.median <= row.value.high for row in group.rows)
    TRUE_OF_ANY_DATA.get(name, lambda _group: None)(group)


def test_report_says_what_is_missing_of_a_goal(tiny: Ground, tmp_path: Path) -> None:
    short = Row(metric="speed", value=spread([40, 50, 60]), goal=Goal(at_least=100))
    reached = Row(metric="size", value=spread([5, 6]), unit=" B", goal=Goal(at_most=7))
    groups = [Group(name="one", title="One", rows=[short, reached])]
    controls = Controls(tiny)
    controls.look()

    page = report.text(TINY, tiny, groups, controls.found, 60)
    report.write(tmp_path, page, report.document(TINY, tiny, groups, controls.found, 60))

    assert "| speed | 50.0 (40.0-60.0)× | ≥ 100× | **short by 50.0%** |" in page
    assert "1 of 2 goals are reached." in page
    assert json.loads((tmp_path / "benchmarks.json").read_text())["groups"][0]["name"] == "one"
    assert str(ROOT) not in page


def test_page_of_seven_tables_is_made_of_what_is_measured(tiny: Ground, tmp_path: Path) -> None:
    tables = [(table, _found(table, tiny)) for table in TABLES]

    text = page.text(tables, tmp_path)

    assert text.count("\n## ") == 1 + 7
    for table, found in tables:
        after = text.partition(f"\n## {table.number} · {table.title.en}\n")[2]
        section = after.partition("\n## ")[0]
        _holds_what_a_table_must(table, found, section, tmp_path)


def _found(table: Seven, tiny: Ground) -> Found:
    found = Found(number=table.number, commit="0" * 40, at="2026-01-01", plan="tiny", machine={})
    found.add(table, [measured_once(name, tiny) for name in table.groups])
    return found


def _holds_what_a_table_must(table: Seven, found: Found, section: str, folder: Path) -> None:
    rows = [line for line in section.splitlines() if line.startswith(f"| {table.number}.")]
    assert len(rows) == len(found.figures)
    assert {line.key for line in table.lines if not line.is_optional} <= {
        figure.key for figure in found.figures
    }
    for row in rows:
        _, what, plain, counted, value, rounds = row.split(" | ")[:6]
        assert all(HANGUL.search(cell) for cell in (what, plain, counted)), row
        assert re.match(r"-?[\d.,]+ \(-?[\d.,]+--?[\d.,]+\)", value), row
        assert int(rounds.partition("<br>")[0]) >= 1
        assert "{" not in row
    said = page.sentence(table, found)
    assert f"**{said.en}**" in section
    assert f"**{said.ko}**" in section
    assert HANGUL.search(said.ko)
    drawn = re.findall(r"\]\((images/[^)]+)\)", section)
    assert len(drawn) == 1 + len(table.curves)
    assert all((folder / name).exists() for name in drawn)
