"""How soon a post with many photographs is visible: one media worker, or four."""

from __future__ import annotations

import time

from bench import rounds
from bench.ground import Ground
from bench.results import Goal, Group, Row, Table, ratio, shown, spread
from bench.uploads import Poster, photograph, start_store, wait_published

STORE_S = 0.2
MANY = 4


def measure(ground: Ground) -> Group:
    """From the first byte of the request to the commit that publishes; the same server for both."""
    group = Group(name="publishing", title="Publishing photographs")
    token, plan = ground.token_of(ground.data.small_author), ground.plan
    with ground.processes() as running:
        env = start_store(running, STORE_S)
        url = running.web(**env)
        poster = Poster(url, token, plan.photographs, photograph(plan.photograph_px))

        def publish(workers: int) -> float:
            with ground.processes() as pool:
                pool.worker(f"media={workers}", **env)
                pool.wait()
                began = time.perf_counter()
                post_id, _ = poster.post()
                return wait_published(ground, post_id) - began

        found = rounds.interleaved(
            {"1": lambda: publish(1), str(MANY): lambda: publish(MANY)},
            plan.slow_rounds,
            is_warm=True,
        )
    size = len(photograph(plan.photograph_px)) / 1e6
    group.rows.append(
        Row(
            metric=f"{plan.photographs} photographs of {size:.1f} MB, store at"
            f" {STORE_S * 1_000:.0f} ms each: time to published, {MANY} media workers / 1",
            value=ratio(found[str(MANY)], found["1"]),
            goal=Goal(at_most=0.6),
        )
    )
    rows = [(workers, shown(spread(times))) for workers, times in found.items()]
    head = ("media workers", "seconds")
    group.tables.append(Table(title="Time to published", head=head, rows=rows))
    return group
