"""`python -m bench [--quick] [--only NAME ...] [--out FOLDER]`."""

from __future__ import annotations

import argparse
import importlib
import signal
import sys
import time
from pathlib import Path

from bench import fan_out, report
from bench.controls import Controls
from bench.ground import Ground, ground
from bench.plan import FULL, QUICK
from bench.results import Group, shown

GROUPS = (
    "timeline",
    "home_page",
    "home_bytes",
    "fan_out",
    "isolation",
    "memory",
    "reads",
    "follow_sets",
    "likes",
    "stories_views",
    "flushing",
    "posting",
    "publishing",
    "phones",
    "pictures",
    "mail",
    "idle",
    "neighbours",
    "notifications",
    "live",
    "messages_live",
    "costs",
    "bus",
    "hostile",
    "relations",
    "suggestions",
    "stories",
    "captions",
    "messages",
    "presence",
    "messages_mongo",
    "messages_across",
    "sockets",
    "searches",
    "history",
    "merging",
    "thresholds",
    "batches",
    "notify_workers",
    "notify_content",
    "dirty_order",
    "writing_through",
)
"""In this order; `notifications` and what follows add people and posts to the data."""
DOCS = Path(__file__).parents[1] / "docs"
TRIED = Path("var/bench")
"""What is left here nobody publishes by accident."""


def main(arguments: list[str]) -> int:
    options = _parse(arguments)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that everything is cleaned up
    plan = QUICK if options.quick else FULL
    began = time.monotonic()
    with ground(plan) as found:
        print(f"data in {time.monotonic() - began:.0f} s: {found.data.figures}", flush=True)
        controls = Controls(found)
        groups = [_measured(name, found, controls) for name in options.only or GROUPS]
        controls.look()
        took_s = time.monotonic() - began
        page = report.text(plan, found, groups, controls.found, took_s)
        folder = options.out or (TRIED if plan is FULL and not options.only else None)
        if folder:
            json_text = report.document(plan, found, groups, controls.found, took_s)
            report.write(folder, page, json_text)
    print(page)
    return 0


def measured(name: str, found: Ground) -> Group:
    """What the module of that name measures, without jobs that an earlier one left to nobody."""
    with found.app().app_context():
        fan_out.forget_jobs()
    group: Group = importlib.import_module(f"bench.{name}").measure(found)
    return group


def _measured(name: str, found: Ground, controls: Controls) -> Group:
    controls.look()
    began = time.monotonic()
    group = measured(name, found)
    print(f"{name}: {time.monotonic() - began:.0f} s", flush=True)
    for row in group.rows:
        print(f"  {row.metric}: {shown(row.value)}{row.unit} {row.verdict}", flush=True)
    return group


def _parse(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="SQLite and little data, in a minute")
    parser.add_argument("--only", action="append", choices=GROUPS, help="measure only this")
    parser.add_argument("--out", type=Path, help="write the report there, whatever the run")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
