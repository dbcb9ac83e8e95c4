"""The search history: a sorted set over rows by write-back, against the rows alone."""

from __future__ import annotations

import itertools
import statistics
from collections.abc import Callable

from flask import Flask

from bench import rounds
from bench.ground import Ground
from bench.results import Group, Row, Table, ratio
from pigeon.domain.page import PageRequest
from pigeon.domain.searches import KEPT
from pigeon.services.searches import history

OURS, SQL, SWITCH = "ours", "rows alone", "one switch off"
SWITCHES = {"adding a word": "WRITE_BACK=off", "reading 20": "CACHE=off"}
LIMIT = 20
MILLI = 1_000
_turns = itertools.count()


def measure(ground: Ground) -> Group:
    """Somebody searches for words they searched for before, as people mostly do, and looks."""
    group = Group(name="history", title="The search history")
    reader = ground.data.viewers[ground.plan.reference][0]
    both = ground.app(WRITE_BACK="off", CACHE="off")
    apps = {
        "adding a word": {OURS: ground.app(), SQL: both, SWITCH: ground.app(WRITE_BACK="off")},
        "reading 20": {OURS: ground.app(), SQL: both, SWITCH: ground.app(CACHE="off")},
    }
    with both.app_context():
        for number in range(KEPT):
            history.add_word(f"word {number}", by=reader)
    rows = []
    for what, act in (("adding a word", _add), ("reading 20", _read)):
        found = rounds.interleaved(
            {
                name: (lambda app=app, act=act: _median(app, act, reader, ground.plan.page_calls))
                for name, app in apps[what].items()
            },
            ground.plan.rounds,
        )
        for way, words in ((SQL, SQL), (SWITCH, SWITCHES[what])):
            metric = f"{what} of a full history: {words} / ours, p50"
            group.rows.append(Row(metric=metric, value=ratio(found[way], found[OURS])))
        rows.append(
            (what, *(f"{statistics.median(found[way]) * MILLI:.2f}" for way in (OURS, SQL, SWITCH)))
        )
    group.tables.append(
        Table(title="Milliseconds, p50", head=("what", OURS, SQL, SWITCH), rows=rows)
    )
    return group


def _median(app: Flask, act: Callable[[int], None], reader: int, calls: int) -> float:
    with app.app_context():
        return rounds.median_of(act, [reader] * calls)


def _add(reader: int) -> None:
    history.add_word(f"word {next(_turns) % KEPT}", by=reader)


def _read(reader: int) -> None:
    assert len(history.list_of(reader, PageRequest(limit=LIMIT)).items) == LIMIT
