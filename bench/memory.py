"""What an entry of a timeline costs in memory."""

from __future__ import annotations

from bench.ground import Ground
from bench.results import Goal, Group, Row, Table, figure, spread
from pigeon.cache import keys
from pigeon.services.timelines import timelines
from pigeon.stores.timelines import Pusher

ZSET = "bench:zset"
GROWN = 2**40
"""A reader who does not exist, whose list is pushed to."""


def measure(ground: Ground) -> Group:
    """The server's own account (MEMORY USAGE, key included) over the entries of a list."""
    group = Group(name="memory", title="Memory")
    client = ground.redis.cache
    with ground.app().app_context():
        viewers = ground.data.viewers[ground.plan.reference]
        for viewer in viewers:
            timelines.rebuild(viewer)
        rebuilt = [_bytes_per_entry(client, keys.TIMELINE.key(viewer)) for viewer in viewers]
        ids = [int(cell) for cell in client.lrange(keys.TIMELINE.key(viewers[0]), 0, -1)]
        grown = _grown(client, ids)
    client.zadd(ZSET, {str(number): number for number in ids})
    as_set = client.memory_usage(ZSET, samples=0) / len(ids)
    client.delete(ZSET)
    group.rows.append(
        Row(
            metric=f"Redis bytes per timeline entry at {len(ids)} entries",
            value=spread([*rebuilt, grown]),
            unit=" B",
            goal=Goal(at_most=7),
        )
    )
    group.rows.append(
        Row(
            metric="sorted set of the same ids / list, bytes per entry",
            value=spread([as_set / one for one in (*rebuilt, grown)]),
        )
    )
    rows = [
        ("list, rebuilt from SQL", figure(rebuilt[0])),
        ("list, pushed to one by one", figure(grown)),
        ("sorted set of the same ids", figure(as_set)),
        ("sorted set / list", figure(as_set / rebuilt[0])),
    ]
    group.tables.append(Table(title="Bytes per entry", head=("structure", "bytes"), rows=rows))
    return group


def _grown(client, ids: list[int]) -> float:  # type: ignore[no-untyped-def]
    name = keys.TIMELINE.key(GROWN)
    client.rpush(name, ids[0])
    for number in ids[1:]:
        Pusher(number).push([GROWN])
    found = _bytes_per_entry(client, name)
    client.delete(name)
    return found


def _bytes_per_entry(client, name: str) -> float:  # type: ignore[no-untyped-def]
    return float(client.memory_usage(name, samples=0)) / int(client.llen(name))
