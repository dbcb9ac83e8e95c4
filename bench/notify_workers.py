"""Notifications by one to eight workers: jobs of several posts that wait at once."""

from __future__ import annotations

import time
from functools import partial

from bench import fan_out, rounds
from bench.ground import Ground
from bench.notifications import QUEUE, Ways, promise
from bench.results import Curve, Group, Row, Table, ratio, shown, spread
from pigeon.jobs import queues

POSTS = 8


def measure(ground: Ground) -> Group:
    """Each number of workers tells the same people of as many posts."""
    group = Group(name="notify_workers", title="Workers of notifications")
    with ground.app().app_context():
        ways = Ways(ground)
        ways.close()
        ways.publish(POSTS * len(ground.plan.notify_workers) * ground.plan.slow_rounds)
        found = rounds.interleaved(
            {str(n): partial(_told_by, ground, ways, n) for n in ground.plan.notify_workers},
            ground.plan.slow_rounds,
            is_warm=True,
        )
    for number in ground.plan.notify_workers[1:]:
        metric = f"notifications by {number} workers / by 1, rows/s"
        group.rows.append(Row(metric=metric, value=ratio(found[str(number)], found["1"])))
    rows = [(number, shown(spread(rates))) for number, rates in found.items()]
    title = f"{POSTS} posts, {len(ways.people):,} people each"
    group.tables.append(Table(title=title, head=("workers", "rows/s"), rows=rows))
    series = {"ours": [(int(n), spread(rates)) for n, rates in found.items()]}
    group.curves.append(Curve(name="workers", series=series))
    return group


def _told_by(ground: Ground, ways: Ways, workers: int) -> float:
    """Rows per second, from the first job queued to the last row committed."""
    with ground.processes() as pool:
        pool.worker(f"{QUEUE}={workers}")
        pool.wait()
        jobs = [promise(ways.new_post(), "") for _ in range(POSTS)]
        began = time.perf_counter()
        queues.enqueue([(job, QUEUE) for job in jobs])
        fan_out.finish()
        return POSTS * len(ways.people) / (time.perf_counter() - began)
