"""`python -m bench.tables [--quick] [--table N ...] [--again] [--page] [--out FOLDER]`."""

from __future__ import annotations

import argparse
import signal
import sys
import time
import traceback
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from bench import report
from bench.__main__ import DOCS, TRIED, measured
from bench.controls import Controls
from bench.ground import ground
from bench.plan import FULL, QUICK, Plan
from bench.tables import TABLES, commits, found, page, readme
from bench.tables.declared import Seven
from bench.tables.found import Found
from tests.harness.environment import ROOT

WHOLE = replace(FULL, node=False)
"""No table compares with Node, whose packages take minutes to install."""
AGAIN = 3
"""So often groups with an unsteady ratio are measured again."""
PAGE = "v1-v2.md"
README = ROOT / "README.md"


def main(arguments: list[str]) -> int:
    options = _parse(arguments)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that everything is cleaned up
    plan = QUICK if options.quick else WHOLE
    folder = options.out or (TRIED if options.quick else DOCS)
    if options.page:
        return make_page(folder, TABLES)
    commit = commits.measured()
    if commit.endswith(commits.CHANGED) and folder == DOCS:
        print("Commit your changes first: a page says which commit it measured.", file=sys.stderr)
        return 1
    for table in due(options.table, folder, commit, plan, again=options.again):
        print(f"table {table.number}: {', '.join(table.groups)}", flush=True)
        found.write(folder, measure(table, plan, commit))
    return make_page(folder, TABLES)


def measure(table: Seven, plan: Plan, commit: str) -> Found:
    """All of its groups, and what is unsteady again, each time on data made anew."""
    began = time.monotonic()
    at = datetime.now(UTC).isoformat(timespec="seconds")
    result = Found(number=table.number, commit=commit, at=at, plan=plan.name, machine={})
    _attempt(table, plan, table.groups, result)
    for _ in range(AGAIN):
        if names := result.unsteady_groups(table):
            print(f"  unsteady, measured again: {', '.join(names)}", flush=True)
            _again(table, plan, names, result)
    result.took_s = round(time.monotonic() - began)
    return result


def _again(table: Seven, plan: Plan, names: Sequence[str], result: Found) -> None:
    """One more try; what was found before outlives one that fails, and the page says so."""
    try:
        _attempt(table, plan, names, result)
    except Exception as error:
        traceback.print_exc()
        note = f"Measuring {', '.join(names)} again failed: {type(error).__name__}."
        result.notes += [note] if note not in result.notes else []


def _attempt(table: Seven, plan: Plan, names: Sequence[str], result: Found) -> None:
    with ground(plan) as place:
        controls = Controls(place)
        groups = []
        for name in names:
            controls.look()
            began = time.monotonic()
            groups.append(measured(name, place))
            print(f"  {name}: {time.monotonic() - began:.0f} s", flush=True)
        controls.look()
        result.machine = report.machine(place)
        for name, values in controls.found.items():
            result.controls.setdefault(name, []).extend(values)
    result.add(table, groups)


def make_page(folder: Path, wanted: Sequence[Seven]) -> int:
    """From what is stored, if it is whole and of one commit; else say which tables are not."""
    stored = [(table, found.read(folder, table.number)) for table in wanted]
    missing = [table.number for table, one in stored if one is None]
    there = [(table, one) for table, one in stored if one is not None]
    if not there or missing:
        print(f"No page yet: tables {_list(missing)} are not measured.", file=sys.stderr)
        return 0
    newest = max((one for _, one in there), key=lambda one: one.at)
    others = [one.number for _, one in there if one.commit != newest.commit]
    if others:
        print(
            f"No page: tables {_list(others)} are of another commit than"
            f" {commits.short(newest.commit)}; `make bench` measures them.",
            file=sys.stderr,
        )
        return 1
    (folder / PAGE).write_text(page.text(there, folder))
    print(f"{folder / PAGE} is written.")
    if folder == DOCS:
        README.write_text(readme.filled(README.read_text(), there))
    return 0


def _list(numbers: Sequence[int]) -> str:
    return ", ".join(map(str, numbers))


def due(
    numbers: list[int] | None, folder: Path, commit: str, plan: Plan, *, again: bool
) -> list[Seven]:
    """Those that were asked for; else those that no earlier run measured at this commit."""
    if numbers:
        return [table for table in TABLES if table.number in numbers]
    return [
        table
        for table in TABLES
        if again
        or (one := found.read(folder, table.number)) is None
        or (one.commit, one.plan) != (commit, plan.name)
    ]


def _parse(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.tables", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="SQLite and little data, for trying")
    parser.add_argument(
        "--table", action="append", type=int, choices=[table.number for table in TABLES]
    )
    parser.add_argument("--page", action="store_true", help="of what is stored; measure nothing")
    parser.add_argument("--again", action="store_true", help="measure what is measured, too")
    parser.add_argument("--out", type=Path, help="keep results and write the page there")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
