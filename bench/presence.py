"""Presence: what the status of a page of people costs, and what renewing costs whoever holds them.

The old ways are what this project did before: everybody who is online read and looked through, and
one lease a person, each renewed every 15 s.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Sequence
from functools import partial

from bench import rounds
from bench.ground import Ground
from bench.results import Goal, Group, Row, Table, figure, ratio, spread
from pigeon.cache import keys
from pigeon.extensions import state
from pigeon.realtime.here import Here
from pigeon.stores import presence as store
from pigeon.stores.leases import LEASE_S, Leases
from pigeon.stores.presence import now_ms

FIRST = 800_000_000
"""People of whom there is nothing but a connection."""
PAGE = 100
MILLI = 1_000
EVERYBODY, ONE_BY_ONE, OURS = "everybody online, read", "a lease for each", "ours"


def measure(ground: Ground) -> Group:
    group = Group(name="presence", title="Presence")
    with ground.app().app_context():
        people = list(range(FIRST, FIRST + ground.plan.online))
        here, leases = _hold(people)
        try:
            _page(ground, group, people)
            _renewing(ground, group, people, here, leases)
        finally:
            _let_go(people, leases)
    group.notes.append(
        "Ours answers available, away and the last input; both old ways only whether there is a"
        " socket."
    )
    return group


def _hold(people: Sequence[int]) -> tuple[Here, Leases]:
    here, leases = Here(lambda: None), Leases(keys.ONLINE, keys.ONLINE_BY)
    for one in people:
        here._inputs[f"socket-{one}"] = one, now_ms()
    here.renew()
    here.write_noted()
    leases.renew(people)
    return here, leases


def _let_go(people: Sequence[int], leases: Leases) -> None:
    leases.release(people)
    state.client.delete(keys.SHOWN.key(), keys.DUE.key(), keys.SEEN.key())
    for one in people:
        state.client.delete(keys.HERE.key(one))


# -- a page of people ------------------------------------------------------------------------------


def _page(ground: Ground, group: Group, people: Sequence[int]) -> None:
    """Half of the page is there."""
    step = max(1, len(people) // (PAGE // 2))
    nobody = range(people[-1] + 1, people[-1] + 1 + PAGE // 2)
    page = [*people[::step][: PAGE // 2], *nobody]
    leases = Leases(keys.ONLINE, keys.ONLINE_BY)
    ways: dict[str, Callable[[], object]] = {
        EVERYBODY: lambda: _online_of_everybody(page),
        ONE_BY_ONE: lambda: leases.live_among(page),
        OURS: lambda: store.look(page),
    }
    store.sweep()
    words = store.look(page)
    assert [words[one].word == "available" for one in page] == [one not in nobody for one in page]
    assert _online_of_everybody(page) == leases.live_among(page)
    found = _timed(ground, ways)
    group.rows.append(
        Row(
            metric=f"status of {len(page)} of {len(people):,} people online: {EVERYBODY} / ours",
            value=ratio(found[EVERYBODY], found[OURS]),
            unit=" ×",
            goal=Goal(at_least=8),
        )
    )
    group.tables.append(_table(f"Status of {len(page)} people", found))


def _online_of_everybody(user_ids: Sequence[int]) -> list[int]:
    """As it was before leases became a class of their own."""
    live = state.client.zrangebyscore(keys.ONLINE.key(), f"({time.time()}", "+inf")
    online = set(map(int, live))
    return [user_id for user_id in user_ids if user_id in online]


# -- renewing --------------------------------------------------------------------------------------


def _renewing(
    ground: Ground, group: Group, people: Sequence[int], here: Here, leases: Leases
) -> None:
    """The time of this thread alone: while it waits for Redis other greenlets run."""

    def one_command() -> None:
        ends = time.time() + LEASE_S
        state.client.zadd(keys.ONLINE.key(), {str(one): ends for one in people})

    found = _timed(
        ground,
        {
            "a lease for each": lambda: leases.renew(people),
            "all of them in one command": one_command,
            OURS: here.renew,
        },
        clock=time.thread_time,
    )
    group.rows.append(
        Row(
            metric=f"renewing {len(people):,} connections, the loop held",
            value=spread([one * MILLI for one in found[OURS]]),
            unit=" ms",
            goal=Goal(at_most=1),
        )
    )
    group.tables.append(_table(f"Renewing {len(people):,} connections", found))


def _timed(
    ground: Ground,
    ways: dict[str, Callable[[], object]],
    clock: Callable[[], float] = time.perf_counter,
) -> dict[str, list[float]]:
    def took(way: Callable[[], object]) -> float:
        began = clock()
        way()
        return clock() - began

    def p50(way: Callable[[], object]) -> float:
        store.sweep()  # as realtime processes do each second
        return statistics.median(took(way) for _ in range(ground.plan.sql_calls))

    measured = {name: partial(p50, way) for name, way in ways.items()}
    return rounds.interleaved(measured, ground.plan.rounds)


def _table(title: str, found: dict[str, list[float]]) -> Table:
    rows = [(name, figure(spread(values).median * MILLI)) for name, values in found.items()]
    return Table(title=title, head=("way", "ms"), rows=rows)
