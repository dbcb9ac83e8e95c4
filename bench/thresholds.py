"""From how many followers on somebody is a celebrity: what writing and reading cost together.

Both are measured; how many authors are above a threshold is assumed: everybody follows 1,000, and
every tenfold of followers, from ten to a million, has as many of them as the next.
"""

from __future__ import annotations

import math
import time

import numpy as np

from bench import fan_out, merging, rounds
from bench.ground import Ground
from bench.results import Curve, Group, Row, Table, figure, ratio, shown, spread
from pigeon.services.timelines import pulls
from pigeon.stores.timelines import Pusher

FOLLOWEES = 1_000
TENFOLDS = 5
LEAST = 10
"""Followers of the least followed; a million, of the most."""
RATIOS = (1, 10, 100)
"""Pages that are read for each post that somebody writes."""
MILLI = 1_000
Costs = dict[int, list[float]]
"""Seconds by threshold, one per round."""


def measure(ground: Ground) -> Group:
    group = Group(name="thresholds", title="The threshold of celebrities")
    readers = fan_out.prepare(ground)
    pushes, pulled = _writing(ground, readers)
    pages = merging.page_s(ground)
    default = min(ground.plan.thresholds, key=lambda t: abs(math.log(t / ground.plan.threshold)))
    curves = {}
    for reads in RATIOS:
        costs = _costs(reads, pushes, pulled, pages)
        _report(group, reads, costs, default)
        curves[f"{reads}"] = [
            (threshold, spread([cost * MILLI for cost in values]))
            for threshold, values in costs.items()
        ]
    group.curves.append(Curve(name="thresholds", series=curves))
    _spans(group, pushes)
    group.notes += [
        f"Where an author has more followers than the {len(readers):,} lists there are, the same"
        " lists are written to again.",
        "A celebrity's post costs its writer one change of version, and one process the reading of"
        " its index; every other process reads it, too.",
    ]
    return group


def _writing(ground: Ground, readers: list[int]) -> tuple[Costs, list[float]]:
    """Seconds of one push by followers, and of one post that is pulled."""
    publication = ground.plan.posts

    def push(followers: int) -> float:
        pusher = Pusher(publication)
        began = time.perf_counter()
        for first in range(0, followers, len(readers)):
            pusher.push(readers[: followers - first])
        took_s = time.perf_counter() - began
        ground.lists.cut(readers)
        return took_s

    def pull() -> float:
        began = time.perf_counter()
        pulls.changed()
        pulls.current(None)
        return time.perf_counter() - began

    with ground.app().app_context():
        ways = {str(n): (lambda n=n: push(n)) for n in ground.plan.thresholds}
        found = rounds.interleaved({**ways, "pull": pull}, ground.plan.rounds)
    pulled = found.pop("pull")
    return {int(followers): times for followers, times in found.items()}, pulled


def _costs(reads: int, pushes: Costs, pulled: list[float], pages: Costs) -> Costs:
    """Seconds for one post and its share of reads, by threshold."""
    found = {}
    for threshold in pushes:
        page = _at(pages, _share_above(threshold) * FOLLOWEES)
        found[threshold] = [
            sum(_pushed(pushes, threshold, nth)) + pulled[nth] * LEAST / threshold + reads * read_s
            for nth, read_s in enumerate(page)
        ]
    return found


def _share_above(threshold: int) -> float:
    """Of what everybody follows, those with more followers than this."""
    return max(0.0, 1 - math.log10(threshold / LEAST) / TENFOLDS)


def _pushed(pushes: Costs, threshold: int, nth: int) -> list[float]:
    """Seconds of the entries that a mean post leaves in lists, by tenfold below the threshold."""
    return [
        times[nth] / followers * FOLLOWEES / TENFOLDS
        for followers, times in pushes.items()
        if followers <= threshold
    ]


def _at(pages: Costs, celebrities: float) -> list[float]:
    """Between what was measured; beyond it, as long as at its end."""
    numbers = list(pages)
    return [
        float(np.interp(celebrities, numbers, times)) for times in zip(*pages.values(), strict=True)
    ]


def _report(group: Group, reads: int, costs: Costs, default: int) -> None:
    least = min(costs, key=lambda threshold: spread(costs[threshold]).median)
    everybody = costs[max(costs)]
    what = f"writing and reading at {reads} pages a post"
    group.rows += [
        Row(
            metric=f"{what}: push to everybody / threshold {default:,}",
            value=ratio(everybody, costs[default]),
        ),
        Row(
            metric=f"{what}: threshold {default:,} / the cheapest, {least:,}",
            value=ratio(costs[default], costs[least]),
        ),
    ]
    rows = [(f"{t:,}", shown(spread([c * MILLI for c in values]))) for t, values in costs.items()]
    title = f"{what}; cheapest at {least:,}"
    group.tables.append(Table(title=title, head=("threshold", "ms per post"), rows=rows))


def _spans(group: Group, pushes: Costs) -> None:
    """How long the last follower waits, which is why there is a threshold at all."""
    points = [(n, spread([t * MILLI for t in times])) for n, times in pushes.items()]
    rows = [(f"{n:,}", figure(value.median)) for n, value in points]
    head = ("followers", "ms")
    group.tables.append(Table(title="One push, until the last list has it", head=head, rows=rows))
    group.curves.append(Curve(name="push spans", series={"ours": [(n, v) for n, v in points]}))
