"""Profile and post pages, with and without the cache."""

from __future__ import annotations

from bench import rounds
from bench.data import username
from bench.ground import Ground
from bench.pages import Reader
from bench.results import Group, Row, Table, ratio, shown, spread

WITH, WITHOUT = "look-aside", "SQL"
PAGES = 40
MILLI = 1_000


def measure(ground: Ground) -> Group:
    """Whole pages of one signed-in reader, who visits the same people and posts again and again."""
    group = Group(name="reads", title="Profile and post pages")
    cookie = ground.cookie_of(ground.data.rotating[0])
    readers = {
        WITH: Reader(ground.app(), cookie),
        WITHOUT: Reader(ground.app(CACHE="off"), cookie),
    }
    kinds = {
        "profile page": [f"/u/{username(user_id)}" for user_id in ground.data.popular[:PAGES]],
        "post page": [f"/p/{post_id}" for post_id in ground.data.pictured[:PAGES]],
        "post as JSON": [f"/api/v1/posts/{post_id}" for post_id in ground.data.pictured[:PAGES]],
    }
    rows = []
    for kind, paths in kinds.items():
        found = _measured(ground, readers, paths)
        group.rows.append(
            Row(metric=f"{kind}: SQL / look-aside, p50", value=ratio(found[WITHOUT], found[WITH]))
        )
        times = (shown(spread([t * MILLI for t in found[way]])) for way in (WITH, WITHOUT))
        rows.append((kind, *times))
    head = ("page", f"{WITH}, ms", f"{WITHOUT}, ms")
    group.tables.append(Table(title="Without a server between", head=head, rows=rows))
    return group


def _measured(
    ground: Ground, readers: dict[str, Reader], paths: list[str]
) -> dict[str, list[float]]:
    calls = rounds.taking_turns(paths, max(4, ground.plan.page_calls // 4))
    variants = {
        way: (lambda r=reader: rounds.median_of(r.read, calls)) for way, reader in readers.items()
    }
    return rounds.interleaved(variants, ground.plan.rounds)
