"""Writes what was measured: a page for people, and the same as JSON."""

from __future__ import annotations

import json
import os
import platform
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bench.ground import Ground
from bench.plan import Plan
from bench.results import Group, Row, Spread, Table, figure, shown

PREFACE = """\
Written by `make bench-reference`; absolute times belong to the machine of that day, only the ratios
mean something. A figure is the median of interleaved rounds with its extremes behind it; a ratio is
made within each round. Every way that is compared answers the same entries, was warm before it was
measured, and shares the machine with its rival. Goals stand beside the figures, and where one is
missed, by how much. Null results are published, too.
"""


def text(
    plan: Plan, ground: Ground, groups: list[Group], controls: dict[str, list[float]], took_s: float
) -> str:
    """The whole page."""
    parts = [f"# Benchmarks\n\n{PREFACE}", _setting(plan, ground, took_s), _all_rows(groups)]
    parts.append(_controls(controls))
    parts += [_section(group) for group in groups]
    return "\n".join(parts)


def document(plan: Plan, ground: Ground, groups: list[Group], controls: Any, took_s: float) -> str:
    """The same as JSON."""
    content = {
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "plan": asdict(plan),
        "machine": machine(ground),
        "data": ground.data.figures,
        "took_s": round(took_s),
        "controls_us": controls,
        "groups": [_group(group) for group in groups],
    }
    return json.dumps(content, indent=1, ensure_ascii=False) + "\n"


def write(folder: Path, page: str, json_text: str) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "benchmarks.md").write_text(page)
    (folder / "benchmarks.json").write_text(json_text)


def machine(ground: Ground) -> dict[str, str]:
    """What it ran on; no name or path of the machine."""
    return {
        "processor": f"{os.cpu_count()} × {_processor()}",
        "system": f"{platform.system()} {platform.machine()}, Python {platform.python_version()}",
        "database": _database(ground),
        "Redis": str(ground.redis.cache.info("server")["redis_version"]),
    }


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.processor()
    return next((line.partition(":")[2].strip() for line in lines if "model name" in line), "?")


def _database(ground: Ground) -> str:
    from pigeon.extensions import db

    with ground.app().app_context(), db.engine.connect() as connection:
        name = "sqlite_version()" if ground.is_sqlite else "version()"
        version = connection.exec_driver_sql(f"SELECT {name}").scalar()
    return f"{'SQLite' if ground.is_sqlite else 'MariaDB'} {version}"


def _setting(plan: Plan, ground: Ground, took_s: float) -> str:
    facts = machine(ground) | {"run": f"{plan.name}, {took_s / 60:.1f} minutes"}
    facts |= {name: _said(value) for name, value in ground.data.figures.items()}
    lines = [f"| {name} | {value} |" for name, value in facts.items()]
    return "\n".join(["## Machine and data", "", "| | |", "|---|---|", *lines, ""])


def _said(value: Any) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{key:,}: {number:,}" for key, number in value.items())
    return f"{value:,}"


def _all_rows(groups: list[Group]) -> str:
    rows = [row for group in groups for row in group.rows]
    lines = [_line(row) for row in rows]
    head = ["| metric | measured | goal | |", "|---|---:|---:|---|"]
    missed = sum("short" in row.verdict for row in rows)
    goals = sum(row.goal is not None for row in rows)
    told = f"{goals - missed} of {goals} goals are reached."
    return "\n".join(["## Goals", "", told, "", *head, *lines, ""])


def _line(row: Row) -> str:
    goal = row.goal.text(row.unit) if row.goal else "-"
    note = f" ({row.note})" if row.note else ""
    return f"| {row.metric}{note} | {_with_unit(row.value, row.unit)} | {goal} | {row.verdict} |"


def _with_unit(value: Spread, unit: str) -> str:
    return f"{shown(value)}{unit}"


def _controls(controls: dict[str, list[float]]) -> str:
    lines = []
    for name, values in controls.items():
        moved = max(values) / min(values)
        said = (
            "**the machine changed under the run: read the ratios with care**" if moved > 2 else ""
        )
        low, high = figure(min(values)), figure(max(values))
        middle = figure(sorted(values)[len(values) // 2])
        lines.append(f"| {name} | {middle} ({low}-{high}) | {moved:.2f} | {said} |")
    head = ["| control, p50 in µs | median (extremes) | most / least | |", "|---|---:|---:|---|"]
    words = "The same two things, measured between all groups: a quiet machine leaves them alone."
    return "\n".join(["## Controls", "", words, "", *head, *lines, ""])


def _section(group: Group) -> str:
    parts = [f"## {group.title}", ""]
    parts += [f"- {note}" for note in group.notes]
    if group.notes:
        parts.append("")
    for table in group.tables:
        parts += _table(table)
    return "\n".join(parts)


def _table(table: Table) -> list[str]:
    marks = "|".join(["---", *["---:"] * (len(table.head) - 1)])
    rows = [
        "| " + " | ".join(cell.replace("|", "\\|") for cell in row) + " |" for row in table.rows
    ]
    return [f"**{table.title}**", "", f"| {' | '.join(table.head)} |", f"|{marks}|", *rows, ""]


def _group(group: Group) -> dict[str, Any]:
    return {
        "name": group.name,
        "rows": [
            {
                "metric": row.metric,
                "unit": row.unit,
                "median": row.value.median,
                "min": row.value.low,
                "max": row.value.high,
                "rounds": list(row.value.values),
                "goal": asdict(row.goal) if row.goal else None,
                "missed_by": row.goal.missed_by(row.value.median) if row.goal else None,
                "note": row.note,
            }
            for row in group.rows
        ],
        "tables": [asdict(table) for table in group.tables],
        "notes": group.notes,
    }
