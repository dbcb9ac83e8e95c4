"""How long somebody waits who posts photographs: everything in the request, or in workers."""

from __future__ import annotations

import time

from bench import rounds
from bench.ground import Ground
from bench.results import Goal, Group, Row, Table, ratio, shown, spread
from bench.uploads import WORKERS, Poster, photograph, start_store, wait_published

STORE_S = 0.04
PHOTOGRAPHS = 5
INSIDE, OURS = "all in the request", "ours"
ON_A_DISK = "ours, when uploads waited on a disk that all processes see"
MILLI = 1_000


def measure(ground: Ground) -> Group:
    """Both store into the same slow object store; workers are idle when a request begins."""
    group = Group(name="posting", title="Posting photographs")
    token = ground.token_of(ground.data.small_author)
    count = min(PHOTOGRAPHS, ground.plan.photographs)
    with ground.processes() as running:
        env = start_store(running, STORE_S)
        running.worker(*WORKERS, **env)
        urls = {
            INSIDE: running.web(ASYNC="off", **env),
            OURS: running.web(**env),
            ON_A_DISK: running.web("bench.on_a_disk:app", **env),
        }
        posters = {
            way: Poster(url, token, count, photograph(ground.plan.photograph_px))
            for way, url in urls.items()
        }
        running.wait()

        visible: dict[str, list[float]] = {way: [] for way in posters}

        def post(way: str) -> float:
            began = time.perf_counter()
            post_id, took_s = posters[way].post()
            visible[way].append(wait_published(ground, post_id) - began)
            return took_s

        found = rounds.interleaved(
            {way: (lambda w=way: post(w)) for way in posters}, ground.plan.slow_rounds
        )
    size = len(photograph(ground.plan.photograph_px)) / 1e6
    group.rows.append(
        Row(
            metric=f"`POST /posts` with {count} photographs of {size:.1f} MB, object store at"
            f" {STORE_S * MILLI:.0f} ms each: all in the request / ours, time to answer",
            value=ratio(found[INSIDE], found[OURS]),
            goal=Goal(at_least=20),
        )
    )
    group.rows.append(
        Row(
            metric="the same, uploads wait in the object store / on a disk (before)",
            value=ratio(found[OURS], found[ON_A_DISK]),
        )
    )
    seen = {way: times[1:] for way, times in visible.items()}  # without the round that warms
    group.rows.append(
        Row(
            metric=f"`POST /posts` with {count} photographs of {size:.1f} MB, object store at"
            f" {STORE_S * MILLI:.0f} ms each: all in the request / ours, time to visible",
            value=ratio(seen[INSIDE], seen[OURS]),
            note="until everybody can see it; one media worker",
        )
    )
    for title, times in (("Time to answer", found), ("Time to visible", seen)):
        rows = [(way, shown(spread([t * MILLI for t in times[way]]))) for way in times]
        group.tables.append(Table(title=title, head=("way", "ms"), rows=rows))
    group.notes.append(
        f"The store takes {STORE_S * MILLI:.0f} ms for each object it stores (every photograph has"
        " several renditions) and answers everything else at once. All in the request: `ASYNC=off`,"
        " which works on files of its own disk. Ours puts each upload into the store before it"
        " answers, five at a time, and asks whether it is there; workers read it from there."
    )
    return group
