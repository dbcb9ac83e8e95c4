"""What refusing costs: the worst text, body or event, and the same request with nothing in it."""

from __future__ import annotations

import heapq
from collections.abc import Iterator
from itertools import islice

from flask import Flask

from bench.ground import Ground
from bench.results import Goal, Group, Row, Table, figure, ratio
from tests.factories import make_user
from tests.harness import cost_cases, costs
from tests.harness.cost_cases import Case
from tests.harness.cost_doors import Drive

SHOWN = 10
"""Of the dearest cases, which are measured again in every round."""
TRIES = 15


def measure(ground: Ground) -> Group:
    """CPU time of this process; the same cases and doors as the test of them."""
    group = Group(name="costs", title="What refusing costs")
    worst = heapq.nlargest(SHOWN, islice(_cases(ground.app()), ground.plan.cost_cases), key=_share)
    spent = {case.name: [_seconds(case) for _ in range(ground.plan.rounds)] for case in worst}
    shares = {name: ratio(*zip(*rounds, strict=True)) for name, rounds in spent.items()}
    dearest = max(shares, key=lambda name: shares[name].median)
    group.rows.append(
        Row(
            metric="worst refused field, body or event: CPU / the same route with `{}`",
            value=shares[dearest],
            goal=Goal(at_most=2),
            note=dearest,
        )
    )
    rows = [
        (name, figure(rounds[0][0] * 1e3), figure(rounds[0][1] * 1e3), figure(shares[name].median))
        for name, rounds in spent.items()
    ]
    head = ("case", "ms", "ms when empty", "ratio")
    group.tables.append(Table(title="The dearest", head=head, rows=rows))
    return group


def _cases(app: Flask) -> Iterator[Case]:
    with app.app_context():
        doors = Drive(app, make_user("cost_driven"), make_user("cost_scout")).doors()
        yield from cost_cases.far_texts(doors)
        yield from cost_cases.far_bodies(doors)


def _share(case: Case) -> float:
    """At a first look."""
    return costs.cpu_s(case.send) / case.empty.measure(1)


def _seconds(case: Case) -> tuple[float, float]:
    return costs.cpu_s(case.send, TRIES), costs.cpu_s(case.empty.send, TRIES)
