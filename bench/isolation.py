"""What a reader notices of a fan-out that never pauses."""

from __future__ import annotations

import time

from bench import fan_out, rounds
from bench.ground import Ground
from bench.results import Goal, Group, Row, Table, ratio, shown, spread
from pigeon.domain.page import PageRequest
from pigeon.jobs import queues
from pigeon.services import access
from pigeon.services.timelines import timelines

PAUSE_S = 0.0005
JOBS_PER_S = 150
SETTLE_S = 0.5
IDLE, BUSY = "idle", "fan-out without a pause"
MILLI = 1_000


def measure(ground: Ground) -> Group:
    """A reader takes page after page while a worker process has always more to do."""
    group = Group(name="isolation", title="Readers beside a fan-out")
    fan_out.prepare(ground)
    p50: dict[str, list[float]] = {IDLE: [], BUSY: []}
    with ground.app().app_context(), ground.processes() as running:
        running.worker(f"{fan_out.QUEUE}=1")
        running.wait()
        viewers = ground.data.viewers[ground.plan.reference]

        def idle() -> float:
            return note(IDLE, _read(viewers, ground.plan.calm_s))

        def busy() -> float:
            with _Saturated(ground):
                return note(BUSY, _read(viewers, ground.plan.calm_s))

        def note(name: str, times: list[float]) -> float:
            p50[name].append(rounds.percentile(times, 0.5))
            return rounds.percentile(times, 0.99)

        found = rounds.interleaved({IDLE: idle, BUSY: busy}, ground.plan.rounds)
    group.rows.append(
        Row(
            metric="p99 of a reader while fan-out saturates / idle",
            value=ratio(found[BUSY], found[IDLE]),
            goal=Goal(at_most=6),
        )
    )
    rows = [
        (name, *(shown(spread([t * MILLI for t in v])) for v in (p50[name][1:], found[name])))
        for name in (IDLE, BUSY)
    ]
    group.tables.append(
        Table(title="A page of 20 entries", head=("beside it", "p50, ms", "p99, ms"), rows=rows)
    )
    return group


def _read(viewers: list[int], seconds: float) -> list[float]:
    """Seconds per page, for so long."""
    found = []
    until = time.perf_counter() + seconds
    turn = 0
    while (began := time.perf_counter()) < until:
        timelines.page(access.viewer(viewers[turn % len(viewers)]), PageRequest(limit=20))
        found.append(time.perf_counter() - began)
        turn += 1
        time.sleep(PAUSE_S)
    return found


class _Saturated:
    """More jobs wait than a worker can do meanwhile; what is left is forgotten."""

    def __init__(self, ground: Ground) -> None:
        self._ground = ground
        self._jobs = max(100, int(ground.plan.calm_s * JOBS_PER_S))

    def __enter__(self) -> None:
        ids = fan_out.recent(self._ground, self._jobs)
        jobs = fan_out.promise(self._ground, ids, self._ground.data.fan_author)
        queues.enqueue((number, fan_out.QUEUE) for number in jobs)
        while fan_out.waiting() == len(jobs):
            time.sleep(0.002)

    def __exit__(self, *_: object) -> None:
        assert fan_out.waiting(), "the fan-out ended while it was to saturate"
        fan_out.forget_jobs()
        time.sleep(SETTLE_S)
        self._ground.lists.cut([*self._ground.data.fan_followers, self._ground.data.fan_author])
