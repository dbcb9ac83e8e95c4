"""Rows per second by the size of a batch, and how long each holds a connection and its locks."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import event
from sqlalchemy.engine import Engine

from bench import fan_out, rounds
from bench.ground import Ground
from bench.notifications import Ways, people_of, run_of
from bench.results import Curve, Group, Row, Table, ratio, shown, spread
from pigeon.extensions import db

WRITES = ("INSERT", "UPDATE", "DELETE", "BEGIN IMMEDIATE")
MILLI = 1_000
_LOCKED_AT, _WROTE, _OUT_AT = "bench_locked_at", "bench_wrote", "bench_out_at"


class Held:
    """Longest seconds, per round, from the first write to the commit, and between pool and pool."""

    def __init__(self) -> None:
        self.locks: dict[str, list[float]] = defaultdict(list)
        self.connection: dict[str, list[float]] = defaultdict(list)


def measure(ground: Ground) -> Group:
    """The job that tells everybody with the bell, without a queue; small batches tell fewer."""
    group = Group(name="batches", title="Batches of notifications")
    held = Held()
    with ground.app().app_context():
        default = ground.app().extensions["settings"].notify_batch
        sizes = sorted({*ground.plan.batches, default})
        ways = Ways(ground)
        ways.close()
        ways.publish(len(sizes) * (ground.plan.slow_rounds + 1))
    found = rounds.interleaved(
        {str(size): _timed(ground, ways, size, held) for size in sizes}, ground.plan.slow_rounds
    )
    with ground.app().app_context():
        fan_out.forget_jobs()
    for times in (held.locks, held.connection):
        for rounds_of in times.values():
            del rounds_of[0]  # the round that warms
    _rows(group, found, held, default)
    _tables(ground, group, ways, found, held)
    return group


def _timed(ground: Ground, ways: Ways, size: int, held: Held) -> Any:
    run = run_of(ground, ways, size)

    def timed() -> float:
        with watched() as (locks, connection):
            rate = run()
        held.locks[str(size)].append(max(locks))
        held.connection[str(size)].append(max(connection))
        return rate

    return timed


@contextmanager
def watched() -> Iterator[tuple[list[float], list[float]]]:
    """Seconds that each transaction kept its locks, and that connections that wrote were out."""
    locks: list[float] = []
    out: list[float] = []

    def wrote(connection: Any, _c: object, statement: str, *_rest: object) -> None:
        known = connection.info
        if statement.lstrip().upper().startswith(WRITES) or "FOR UPDATE" in statement:
            known.setdefault(_LOCKED_AT, time.perf_counter())
            known[_WROTE] = True

    def ended(connection: Any) -> None:
        began = connection.info.pop(_LOCKED_AT, None)
        if began is not None:
            locks.append(time.perf_counter() - began)

    def took(_dbapi: object, record: Any, _proxy: object) -> None:
        record.info[_OUT_AT] = time.perf_counter()

    def gave(_dbapi: object, record: Any) -> None:
        began = record.info.pop(_OUT_AT, None)
        if record.info.pop(_WROTE, False) and began is not None:
            out.append(time.perf_counter() - began)

    heard: list[tuple[str, Any, Any]] = [
        ("before_cursor_execute", Engine, wrote),
        ("commit", Engine, ended),
    ]
    heard += [("rollback", Engine, ended)]
    pools: list[tuple[str, Any, Any]] = [("checkout", Engine, took), ("checkin", Engine, gave)]
    for name, target, hear in heard + pools:
        event.listen(target, name, hear)
    try:
        yield locks, out
    finally:
        for name, target, hear in heard + pools:
            event.remove(target, name, hear)


def _rows(group: Group, found: dict[str, list[float]], held: Held, default: int) -> None:
    usual, sizes = str(default), list(found)
    fastest = max(sizes, key=lambda size: spread(found[size]).median)
    least, most = sizes[0], sizes[-1]
    group.rows += [
        Row(
            metric=f"batches of {default:,} / of {int(least):,}, rows/s",
            value=ratio(found[usual], found[least]),
        ),
        Row(
            metric=f"batches of {default:,} / of the fastest, {int(fastest):,}, rows/s",
            value=ratio(found[usual], found[fastest]),
        ),
        Row(
            metric=f"locks are held: batches of {int(most):,} / of {default:,}, longest",
            value=ratio(held.locks[most], held.locks[usual]),
        ),
        Row(
            metric=f"locks are held by batches of {default:,}, longest",
            value=spread([seconds * MILLI for seconds in held.locks[usual]]),
            unit=" ms",
        ),
        Row(
            metric=f"a connection is held by batches of {default:,}, longest",
            value=spread([seconds * MILLI for seconds in held.connection[usual]]),
            unit=" ms",
        ),
    ]


def _tables(
    ground: Ground, group: Group, ways: Ways, found: dict[str, list[float]], held: Held
) -> None:
    locked = {n: spread([s * MILLI for s in held.locks[n]]) for n in found}
    out = {n: spread([s * MILLI for s in held.connection[n]]) for n in found}
    rows = [
        (
            f"{int(n):,}",
            f"{people_of(ground, ways, int(n)):,}",
            *map(shown, (spread(found[n]), locked[n], out[n])),
        )
        for n in found
    ]
    head = ("batch", "rows", "rows/s", "locks held, ms", "connection held, ms")
    group.tables.append(
        Table(title=f"By `NOTIFY_BATCH` on {db_name(ground)}", head=head, rows=rows)
    )
    speeds = [(int(n), spread(rates)) for n, rates in found.items()]
    group.curves.append(Curve(name="batch rates", series={"ours": speeds}))
    times = {"locks": locked, "connection": out}
    series = {name: [(int(n), value) for n, value in one.items()] for name, one in times.items()}
    group.curves.append(Curve(name="batch locks", series=series))


def db_name(ground: Ground) -> str:
    with ground.app().app_context():
        return db.engine.dialect.name
