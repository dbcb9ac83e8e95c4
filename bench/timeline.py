"""The home timeline where services answer it: entries with filters and counters, warm."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from bench import rounds
from bench.ground import Ground
from bench.results import Goal, Group, Row, Spread, Table, ratio, shown, spread
from bench.timeline_sql import Baselines, Entry
from pigeon.domain.page import PageRequest
from pigeon.extensions import db
from pigeon.services import access
from pigeon.services.timelines import timelines
from tests.harness import counting

LIMIT = 20
OURS, COMPOSITE, SCAN, EACH, PLAIN = (
    "ours",
    "one statement, composite index",
    "one statement, backward scan",
    "one statement per followee",
    "this application with FANOUT=off",
)
FEW = 3
MILLI = 1_000


def measure(ground: Ground) -> Group:
    group = Group(name="timeline", title="Home timeline, service layer")
    with ground.app().app_context():
        sql = Baselines(db.engine, LIMIT)
        try:
            found = {size: _measure_size(ground, sql, size) for size in ground.plan.sizes}
            _explain(ground, sql, group)
        finally:
            sql.close()
        statements = _statements(ground)
    _report(ground, group, found, statements)
    return group


def ours(reader_id: int) -> list[Entry]:
    page = timelines.page(access.viewer(reader_id), PageRequest(limit=LIMIT))
    return [(e.publication_id, e.post_id, e.author_id, *e.counts) for e in page.items]


def _measure_size(ground: Ground, sql: Baselines, size: int) -> dict[str, list[float]]:
    viewers, plan = ground.data.viewers[size], ground.plan
    _check(ground, sql, viewers)
    few = min(FEW, plan.sql_calls)
    slow = few if size >= plan.reference else plan.sql_calls
    ways: dict[str, tuple[Callable[[int], object], int]] = {
        OURS: (ours, plan.page_calls),
        COMPOSITE: (sql.composite, plan.sql_calls),
        SCAN: (sql.scan, slow if size >= plan.reference else few),
        EACH: (sql.per_followee, slow),
        PLAIN: (lambda viewer: _plain(ground, viewer), few),
    }
    variants = {
        name: (lambda c=call, n=count: rounds.median_of(c, rounds.taking_turns(viewers, n)))
        for name, (call, count) in ways.items()
    }
    return rounds.interleaved(variants, plan.rounds)


def _plain(ground: Ground, viewer: int) -> list[Entry]:
    with ground.app(FANOUT="off").app_context():
        return ours(viewer)


def _check(ground: Ground, sql: Baselines, viewers: list[int]) -> None:
    """All ways answer the same entries, or there is nothing to compare."""
    for viewer in viewers[:2]:
        expected = ours(viewer)
        assert len(expected) == LIMIT, f"viewer {viewer} has {len(expected)} entries"
        for way in (sql.composite, sql.scan, sql.per_followee):
            assert way(viewer)[:LIMIT] == expected, f"{way.__name__} differs for {viewer}"
        assert _plain(ground, viewer) == expected
    for viewer in viewers:
        ours(viewer)


def _statements(ground: Ground) -> Spread:
    counts = []
    for viewers in ground.data.viewers.values():
        db.session.rollback()
        with counting.queries() as sent:
            for viewer in viewers:
                ours(viewer)
        counts.append(len(sent) / len(viewers))
    return spread(counts)


def _report(
    ground: Ground, group: Group, found: dict[int, dict[str, list[float]]], statements: Spread
) -> None:
    size = ground.plan.reference
    at = found[size]
    what = f"home timeline, {size:,} followees"
    group.rows += [
        Row(
            metric=f"{what}: SQL on the composite index / ours, p50",
            value=ratio(at[COMPOSITE], at[OURS]),
            goal=Goal(at_least=60),
        ),
        Row(
            metric=f"{what}: one query per followee / ours, p50",
            value=ratio(at[EACH], at[OURS]),
            goal=Goal(at_least=600),
        ),
        Row(
            metric=f"{what}: the best plan for this size / ours, p50",
            value=ratio(_best(at), at[OURS]),
        ),
        Row(metric=f"{what}: FANOUT=off / ours, p50", value=ratio(at[PLAIN], at[OURS])),
        Row(
            metric=f"its growth from {min(found)} to {max(found):,} followees, exponent",
            value=spread(_exponents({size: ways[OURS] for size, ways in found.items()})),
            unit="",
            goal=Goal(at_most=0.08),
        ),
        Row(
            metric="SQL statements on a warm page",
            value=statements,
            unit="",
            goal=Goal(at_most=0),
        ),
        Row(
            metric="for comparison: growth of the statement on the composite index, exponent",
            value=spread(_exponents({size: ways[COMPOSITE] for size, ways in found.items()})),
            unit="",
        ),
    ]
    group.tables.append(_table(found))


def _best(ways: dict[str, list[float]]) -> list[float]:
    return [min(pair) for pair in zip(ways[COMPOSITE], ways[SCAN], strict=True)]


def _exponents(by_size: dict[int, list[float]]) -> list[float]:
    """The slope of log(time) over log(followees), per round."""
    sizes = [math.log(size) for size in by_size]
    return [
        float(np.polyfit(sizes, [math.log(t) for t in times], 1)[0])
        for times in zip(*by_size.values(), strict=True)
    ]


def _table(found: dict[int, dict[str, list[float]]]) -> Table:
    rows = [
        (way, *(shown(spread([t * MILLI for t in found[size][way]])) for size in found))
        for way in (OURS, COMPOSITE, SCAN, EACH, PLAIN)
    ]
    head = ("p50 in ms, by followees", *(f"{size:,}" for size in found))
    return Table(title="A page of 20 entries with counters", head=head, rows=rows)


def _explain(ground: Ground, sql: Baselines, group: Group) -> None:
    viewer = ground.data.viewers[ground.plan.reference][0]
    for name, statement in (
        (COMPOSITE, sql.composite_sql(viewer)),
        (SCAN, sql.scan_sql(viewer)),
    ):
        head, *rows = sql.explain(statement)
        group.tables.append(Table(title=f"EXPLAIN: {name}", head=head, rows=rows))
