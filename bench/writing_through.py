"""What one person writes and many read: written into the cache, or evicted for the next reader."""

from __future__ import annotations

import itertools
import time
from functools import partial

from sqlalchemy import update

from bench import fan_out, rounds
from bench.ground import Ground
from bench.results import Group, Row, Table, ratio, shown, spread
from pigeon.extensions import db
from pigeon.models import UserModel
from pigeon.services.users import cards

THROUGH, EVICT = "write-through", "write and evict"
READS = (1, 10, 100)
"""After each write."""
MICRO = 1_000_000
_turns = itertools.count()


def measure(ground: Ground) -> Group:
    """A person's card, declared by the decorator; its reads are those of every page."""
    group = Group(name="writing_through", title="Write-through by the decorator")
    calls = max(3, ground.plan.page_calls // 4)
    firsts: dict[str, list[float]] = {THROUGH: [], EVICT: []}
    rows = []
    with ground.app().app_context():
        person = ground.data.popular[0]
        for reads in READS:
            found = rounds.interleaved(
                {
                    way: partial(_cycle, person, way, reads, calls, firsts)
                    for way in (THROUGH, EVICT)
                },
                ground.plan.rounds,
                is_warm=True,
            )
            metric = f"one write and {reads} reads: evict / write-through, p50"
            group.rows.append(Row(metric=metric, value=ratio(found[EVICT], found[THROUGH])))
            times = (shown(spread([t * MICRO for t in found[w]])) for w in (THROUGH, EVICT))
            rows.append((str(reads), *times))
        fan_out.forget_jobs()
    group.rows.append(
        Row(
            metric="the first read after a write: evict / write-through, p50",
            value=ratio(firsts[EVICT], firsts[THROUGH]),
        )
    )
    head = ("reads after a write", f"{THROUGH}, µs", f"{EVICT}, µs")
    group.tables.append(Table(title="The write and the reads", head=head, rows=rows))
    return group


def _cycle(person: int, way: str, reads: int, calls: int, firsts: dict[str, list[float]]) -> float:
    whole, first = [], []
    for _ in range(calls):
        began = time.perf_counter()
        _write(person, way)
        written = time.perf_counter()
        bio = cards.cards.many([person])[person].bio
        first.append(time.perf_counter() - written)
        for _ in range(reads - 1):
            cards.cards.many([person])
        whole.append(time.perf_counter() - began)
        assert bio == f"bio {_last[0]}", "what is read is what was written"
    firsts[way].append(rounds.percentile(first, 0.5))
    return rounds.percentile(whole, 0.5)


_last = [0]


def _write(person: int, way: str) -> None:
    _last[0] = next(_turns)
    db.session.rollback()
    db.session.connection(execution_options={"write": True})
    changed = update(UserModel).where(UserModel.id == person).values(bio=f"bio {_last[0]}")
    db.session.execute(changed)
    row = db.session.get_one(UserModel, person)
    card = cards.card_of(row)
    db.session.commit()
    if way == THROUGH:
        cards.cards.put(person, card)
    else:
        cards.cards.evict(person)
