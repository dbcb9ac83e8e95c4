"""Whom to suggest: what a reader waits for, how soon a follow shows, and how well it is guessed."""

from __future__ import annotations

import os
import random
import time
from collections import defaultdict
from collections.abc import Callable, Iterable
from math import log
from pathlib import Path

from bench import data, rounds
from bench.ground import Ground
from bench.loader import Loader
from bench.results import Goal, Group, Row, Table, ratio, shown, spread
from pigeon.domain.page import PageRequest
from pigeon.extensions import db
from pigeon.services.follows import follows
from pigeon.services.suggestions import ranking, suggestions
from tests.harness.stage import migrate

EDGES = "SUGGESTIONS_EDGES"
"""Names a file of undirected edges, two numbers a line: who is friends with whom."""
STRIP = 5
SQL, OURS = "SQL", "ours"
MILLI = 1_000
HIDDEN = 0.1
GUESSED = 10
TRIED = {"full": 500, "quick": 200, "tiny": 10}
AT = "2024-01-07 00:00:00.000000"
Graph = dict[int, set[int]]


def measure(ground: Ground) -> Group:
    group = Group(name="suggestions", title="Suggestions of people")
    _reading(ground, group)
    _following(ground, group)
    _guessing(ground, group)
    return group


# -- what a reader waits for -----------------------------------------------------------------------


def _reading(ground: Ground, group: Group) -> None:
    readers = ground.data.viewers[ground.plan.reference]
    apps = {OURS: ground.app(), SQL: ground.app(CACHE="off")}
    answers = {name: _in(app, _strip, readers[0]) for name, app in apps.items()}
    assert answers[SQL] == answers[OURS]

    def timed(name: str) -> float:
        calls = ground.plan.page_calls if name == OURS else ground.plan.sql_calls
        with apps[name].app_context():
            return rounds.median_of(_strip, rounds.taking_turns(readers, calls))

    found = rounds.interleaved(
        {name: (lambda n=name: timed(n)) for name in (OURS, SQL)}, ground.plan.rounds
    )
    group.rows.append(
        Row(
            metric=f"{STRIP} suggestions for who follows {ground.plan.reference:,}:"
            " SQL at each request / ours, p50",
            value=ratio(found[SQL], found[OURS]),
            goal=Goal(at_least=70),
        )
    )
    rows = [(name, shown(spread([t * MILLI for t in times]))) for name, times in found.items()]
    group.tables.append(Table(title="A strip of five", head=("way", "ms, p50"), rows=rows))


def _in(app: object, call: Callable[[int], list[str]], reader: int) -> list[str]:
    with app.app_context():  # type: ignore[attr-defined]
        return call(reader)


def _strip(reader: int) -> list[str]:
    page = suggestions.page(reader, PageRequest(limit=STRIP))
    db.session.rollback()
    return [item.username for item in page.items]


# -- how soon a follow shows -----------------------------------------------------------------------


def _following(ground: Ground, group: Group) -> None:
    reader = ground.data.viewers[ground.plan.reference][0]
    with ground.processes() as running, ground.app().app_context():
        running.worker("default=1")
        running.wait()
        found = [_time_to_show(reader) for _ in range(ground.plan.rounds)]
    group.rows.append(
        Row(
            metric="from a follow to the changed ranking, by a worker",
            unit=" s",
            value=spread(found),
            goal=Goal(at_most=5),
        )
    )


def _time_to_show(reader: int) -> float:
    """The person who is followed is in the ranking before, and not in the one that is counted."""
    kept = ranking.rankings.one(reader)
    assert kept is not None
    followed = kept.places[0].user_id
    began = time.perf_counter()
    follows.follow(followed, by=reader)
    while followed in _ranked(reader):
        assert time.perf_counter() - began < 60
        time.sleep(0.01)
    return time.perf_counter() - began


def _ranked(reader: int) -> set[int]:
    kept = ranking.rankings.one(reader)
    return {one.user_id for one in kept.places} if kept else set()


# -- how well it is guessed ------------------------------------------------------------------------


def _guessing(ground: Ground, group: Group) -> None:
    path = os.environ.get(EDGES, "")
    if not Path(path).is_file():
        group.notes.append(
            f"How well hidden friendships are guessed was not measured: {EDGES} names no file."
        )
        return
    known, hidden = _parted(Path(path))
    tried = sorted(hidden)[:: max(1, len(hidden) // TRIED[ground.plan.name])]
    ours = _guessed_by_us(ground, known, tried)
    exact = {one: _best(known, one, _weigh) for one in tried}
    plain = {one: _best(known, one, lambda _: 1.0) for one in tried}
    hits = {
        name: sum(len(hidden[one].intersection(guessed[one])) for one in tried)
        for name, guessed in (("ours", ours), ("Adamic-Adar", exact), ("common", plain))
    }
    for name, title in (("ours", "ours"), ("common", "a plain count of common friends")):
        group.rows.append(
            Row(
                metric=f"hidden friendships among the first {GUESSED}: {title} / Adamic-Adar's",
                value=spread([hits[name] / hits["Adamic-Adar"]]),
                goal=Goal(at_least=0.95) if name == "ours" else None,
            )
        )
    rows = [(name, str(count)) for name, count in hits.items()]
    title = f"{HIDDEN:.0%} of {_size(known, hidden):,} friendships hidden, {len(tried):,} people"
    group.tables.append(Table(title=title, head=("way", "hits"), rows=rows))


def _parted(path: Path) -> tuple[Graph, Graph]:
    """What is known, and what is hidden: by person."""
    chance = random.Random(7)
    known: Graph = defaultdict(set)
    hidden: Graph = defaultdict(set)
    for line in path.read_text().splitlines():
        one, other = (int(part) + 1 for part in line.split())
        graph = hidden if chance.random() < HIDDEN else known
        graph[one].add(other)
        graph[other].add(one)
    return known, hidden


def _size(*graphs: Graph) -> int:
    return sum(len(friends) for graph in graphs for friends in graph.values()) // 2


def _weigh(friends: int) -> float:
    return 1 / log(max(friends, 2))


def _best(graph: Graph, one: int, weigh: Callable[[int], float]) -> list[int]:
    """Of friends of friends those with the largest sum of the weights of whom they share."""
    scores: dict[int, float] = defaultdict(float)
    for friend in graph[one]:
        for candidate in graph[friend]:
            scores[candidate] += weigh(len(graph[friend]))
    strange = scores.keys() - graph[one] - {one}
    return sorted(strange, key=lambda candidate: (-scores[candidate], candidate))[:GUESSED]


def _guessed_by_us(ground: Ground, known: Graph, tried: Iterable[int]) -> dict[int, list[int]]:
    """On a database of its own, in which friends follow each other."""
    app = ground.app(DATABASE_URL=f"sqlite:///{ground.folder / 'graph.sqlite3'}", CACHE="off")
    migrate(app)
    with app.app_context():
        loader = Loader(db.engine, ground.folder)
        people = range(1, max(known) + 1)
        counts = {one: len(known.get(one, ())) for one in people}
        loader.load(
            "users",
            data.USER_COLUMNS,
            (data.user_row(one, 0, counts[one], counts[one], False) for one in people),
        )
        pairs = ((one, other) for one in known for other in sorted(known[one]))
        loader.load(
            "follows",
            data.FOLLOW_COLUMNS,
            ((number, *pair, 0, AT) for number, pair in enumerate(pairs, 1)),
        )
        loader.analyze("users", "follows")
        return {one: _guess(one) for one in tried}


def _guess(one: int) -> list[int]:
    places = ranking.count(one).places
    db.session.rollback()
    return [place.user_id for place in places][:GUESSED]
