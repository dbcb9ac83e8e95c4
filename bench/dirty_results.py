"""What two orders of write-back did with the same likes, as rows, a table and a curve."""

from __future__ import annotations

from dataclasses import dataclass

from bench.original_write_back import CHECKPOINT_S
from bench.results import Curve, Group, Row, Table, ratio, shown, spread

OURS, ORIGINAL = "oldest write first", "least recently written first"
POSTS, PER_S = 100, 20
PARTS = 20
"""Of the time, each a point of the curve."""
SHARES = {
    "statements": "statements a stored like",
    "work_s": "seconds a stored like",
    "missing": "in no row, share",
    "lost": "lost, share",
}


@dataclass(frozen=True, kw_only=True)
class Done:
    """What became of the likes of one run."""

    ages: list[int]
    """Of the hot post's oldest unflushed write, at the end of each second."""
    statements: float
    """Per like that became a row, as the seconds of work."""
    work_s: float
    missing: float
    """The share of likes that is in no row."""
    lost: float
    """The share that does not even wait for one."""


def report(group: Group, done: dict[str, list[Done]], seconds: int) -> None:
    most = {way: [float(max(run.ages)) for run in runs] for way, runs in done.items()}
    group.rows.append(
        Row(
            metric=f"the hot post's oldest unflushed write in {seconds} s: {ORIGINAL} / {OURS}",
            value=ratio(most[ORIGINAL], most[OURS]),
            note="in whole seconds, rounded up",
        )
    )
    said = {"statements": "SQL statements per stored like", "work_s": "time per stored like"}
    for name, words in said.items():
        value = ratio(_each(done[ORIGINAL], name), _each(done[OURS], name))
        group.rows.append(Row(metric=f"{words}: {ORIGINAL} / {OURS}", value=value))
    for way in (ORIGINAL, OURS):
        for name, words in (("missing", "in no row"), ("lost", "lost")):
            shares = spread([share * 100 for share in _each(done[way], name)])
            metric = f"likes that are {words} after {seconds} s: {way}"
            group.rows.append(Row(metric=metric, value=shares, unit=" %"))
    rows: list[tuple[str, ...]] = [
        (way, shown(spread(most[way])), *(shown(spread(_each(runs, name))) for name in SHARES))
        for way, runs in done.items()
    ]
    head = ("order", "oldest, s", *SHARES.values())
    group.tables.append(Table(title=f"{seconds} s of {PER_S} likes/s", head=head, rows=rows))
    group.notes.append(
        f"{POSTS} posts by Zipf's law. The original takes three names every ten seconds, and a"
        f" tenth of all every {CHECKPOINT_S} s; its sets expire a minute after their last like."
    )


def _each(runs: list[Done], name: str) -> list[float]:
    return [float(getattr(run, name)) for run in runs]


def curve(group: Group, done: dict[str, list[Done]]) -> None:
    """The worst age in each part of the time."""
    step = max(1, len(done[OURS][0].ages) // PARTS)
    series = {
        way: [
            (float(end), spread([float(max(run.ages[end - step : end])) for run in runs]))
            for end in range(step, len(runs[0].ages) + 1, step)
        ]
        for way, runs in done.items()
    }
    group.curves.append(Curve(name="dirty order", series=series))
