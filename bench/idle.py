"""Workers that have nothing to do, and how soon they begin when they have."""

from __future__ import annotations

import random
import time
from pathlib import Path

import psutil

from bench import rounds
from bench.ground import Ground, Processes
from bench.results import Goal, Group, Row, Table, figure, spread
from pigeon.domain.clock import utc_now
from pigeon.domain.events import PostEdited
from pigeon.extensions import db
from pigeon.services import counts
from pigeon.unit_of_work import unit_of_work
from tests.harness.procfile import commands

MILLI = 1_000
PATIENCE_S = 10
SETTLE_S = 2.0


def measure(ground: Ground) -> Group:
    """The workers and the scheduler of the Procfile, each in its own process."""
    group = Group(name="idle", title="Idle workers")
    with ground.processes() as running:
        kinds = _start_all(ground, running)
        part_s = ground.plan.idle_s / ground.plan.rounds
        shares = [_cpu(kinds, part_s) for _ in range(ground.plan.rounds)]
        starts = _starts(ground)
    workers = [sum(v for kind, v in share.items() if kind != "scheduler") for share in shares]
    group.rows += [
        Row(
            metric=f"idle workers, CPU: all {len(kinds) - 1} of the Procfile together, of one core",
            value=spread(workers),
            unit=" %",
            goal=Goal(at_most=1),
        ),
        Row(
            metric="enqueue to start, p95",
            value=spread(starts),
            unit=" ms",
            goal=Goal(at_most=100),
            note="measured up to the end of a job that deletes one key, so it is an upper bound",
        ),
    ]
    rows = [(kind, figure(spread([share[kind] for share in shares]).median)) for kind in shares[0]]
    group.tables.append(Table(title="CPU while idle", head=("process", "% of a core"), rows=rows))
    return group


def _start_all(ground: Ground, running: Processes) -> dict[str, list[psutil.Process]]:
    found = {}
    for kind, command in commands().items():
        if kind.startswith("worker"):
            slot = command.rpartition(" ")[2]
            found[kind] = psutil.Process(running.worker(slot))
        elif kind == "scheduler":
            pid = running.run(kind, ["sh", "-c", command])
            found[kind] = psutil.Process(pid)
    running.wait()
    time.sleep(SETTLE_S)
    return {kind: [process, *process.children(recursive=True)] for kind, process in found.items()}


def _cpu(kinds: dict[str, list[psutil.Process]], seconds: float) -> dict[str, float]:
    """Percent of a core that each kind used in the next seconds."""
    before, began = {kind: _used_s(found) for kind, found in kinds.items()}, time.monotonic()
    time.sleep(seconds)
    passed = time.monotonic() - began
    return {kind: 100 * (_used_s(kinds[kind]) - before[kind]) / passed for kind in kinds}


def _used_s(processes: list[psutil.Process]) -> float:
    """The kernel counts in nanoseconds where it counts at all; `cpu_times` has ticks of 10 ms."""
    return sum(_scheduled_s(process) for process in processes)


def _scheduled_s(process: psutil.Process) -> float:
    assert process.status() != psutil.STATUS_ZOMBIE, f"{process} has ended"
    tasks = Path(f"/proc/{process.pid}/task").glob("*/schedstat")
    found = [int(task.read_text().split()[0]) for task in tasks]
    return sum(found) / 1e9 if found else sum(process.cpu_times()[:2])


def _starts(ground: Ground) -> list[float]:
    """p95 per round of the time from the commit that promises a job to its effect, in ms."""
    with ground.app().app_context():
        for number in range(3):
            _one(ground, number)
        return [
            rounds.percentile([_one(ground, n) for n in range(ground.plan.samples)], 0.95) * MILLI
            for _ in range(ground.plan.rounds)
        ]


def _one(ground: Ground, number: int) -> float:
    """A job that evicts a post's counters; polled until they are gone."""
    post_id = ground.data.pictured[number % len(ground.data.pictured)]
    name = counts.posts.key(post_id)
    ground.redis.cache.hset(name, "likes", 1)
    time.sleep(random.uniform(0.002, 0.02))
    with unit_of_work() as uow:
        db.session.flush()
        uow.record(PostEdited(post_id=post_id, publication_id=post_id, author_id=1, named=[]))
    began = time.perf_counter()
    while ground.redis.cache.exists(name):
        assert time.perf_counter() - began < PATIENCE_S, f"no worker began by {utc_now()}"
        time.sleep(0.0005)
    return time.perf_counter() - began
