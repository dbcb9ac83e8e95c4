"""Counters and gauges; `PROMETHEUS_MULTIPROC_DIR` makes processes share them through files."""

from __future__ import annotations

from functools import cached_property

from prometheus_client import Counter, Gauge, Histogram

from pigeon import metrics_files

metrics_files.use()
sql_statements = Counter("pigeon_sql_statements", "SQL statements sent", ["route"])
requests = Histogram(
    "pigeon_request_seconds",
    "Time to answer",
    ["route", "status"],
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
)
cache_requests = Counter("pigeon_cache_requests", "Look-ups in a cache", ["cache", "result"])
fanout_entries = Counter("pigeon_fanout_entries", "Timeline entries pushed")
jobs_done = Counter("pigeon_jobs", "Jobs finished", ["job", "result"])
sockets = Gauge("pigeon_sockets", "Open sockets of signed-in people", multiprocess_mode="livesum")
clock_drift = Gauge(
    "pigeon_clock_drift_seconds",
    "This clock minus the database's",
    multiprocess_mode="liveall",
)


class Tally:
    """Hits and misses of one cache; finding a labelled counter costs more than counting."""

    def __init__(self, name: str) -> None:
        self._name = name

    def count(self, hits: int, misses: int) -> None:
        if hits:
            self._hits.inc(hits)
        if misses:
            self._misses.inc(misses)

    @cached_property
    def _hits(self) -> Counter:
        return cache_requests.labels(self._name, "hit")

    @cached_property
    def _misses(self) -> Counter:
        return cache_requests.labels(self._name, "miss")
