"""A message from a client on one realtime process to one on another, beside relays that only relay.

All ways store before they acknowledge, over the same Redis and database: ours asks the policy,
numbers the message and counts what is unread; the relays commit one row.
"""

from __future__ import annotations

import itertools
import json
import shutil
import subprocess
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path
from typing import Any

from flask import Flask
from sqlalchemy.engine import make_url

from bench import messages_devices, rounds
from bench.ground import Ground, Processes
from bench.messages import homes
from bench.messages_devices import Pair, Person, Times
from bench.messages_mongo import NO_SERVER
from bench.results import Goal, Group, Row, Table, figure, ratio, spread
from config import Settings
from pigeon import create_app
from pigeon.extensions import db
from pigeon.processes import mongo as server_of_messages
from pigeon.services.accounts import sessions
from tests.factories import make_follow, make_user
from tests.harness import children, connections, mongo
from tests.harness.environment import ROOT
from tests.harness.sites import status_of
from tests.harness.stage import migrate

OURS, PYTHON, NODE = "ours", "Flask-SocketIO relay", "Node relay"
ALONE = "the plain way, without a bus"
PACKAGES = (
    "socket.io@4.8.4",
    "@socket.io/redis-adapter@8.3.0",
    "ioredis@6.0.0",
    "mysql2@3.24.6",
    "better-sqlite3@12.11.1",
)
INSTALL_S = 600
EACH = 80
"""Messages of a person: below the 100 a minute that a site with limits lets through."""
SECONDS_MISSED = 1.0
"""After which a device that heard nothing counts as one that hears nothing."""
MILLI = 1_000
MEASURES = {
    "the acknowledgement": "ack",
    "the other side's last device": "other",
    "everybody's last device": "all",
}
GOALS: dict[tuple[str, str, float], float] = {
    ("MariaDB", PYTHON, 0.5): 1.2,
    ("MariaDB", PYTHON, 0.99): 1.5,
    ("MariaDB", NODE, 0.5): 2.0,
    ("SQLite", PYTHON, 0.5): 1.4,
}
"""Of the other side's last device."""
CREATE = (
    "CREATE TABLE bench_messages (id INTEGER PRIMARY KEY {increment}, sender_id BIGINT NOT NULL,"
    " client_msg_id VARCHAR(64) NOT NULL, sent_us BIGINT NOT NULL, text TEXT NOT NULL)"
)
Start = Callable[[str], str]
"""A process of a way, told whether it is on the bus; its address."""


def measure(ground: Ground) -> Group:
    """On the database of this run; where that is MariaDB, on SQLite, too."""
    group = Group(name="messages_across", title="A message between two realtime processes")
    has_node = ground.plan.node and _install(ground.folder, group)
    with homes(ground) as apps:
        for name, app in apps.items():
            with app.app_context():
                _of_home(ground, group, name, app, has_node=has_node)
    _over_mongo(ground, group)
    group.notes += [
        "Two processes of each way, a pair of people with two devices on each; one message at a"
        f" time, every {messages_devices.GAP_S * MILLI:g} ms, the same client for all. Ours keeps"
        " its rates, policies, numbers and badges; a relay commits one row by the same driver and"
        " tells everybody.",
        "Both databases flush every commit to the disk.",
    ]
    if not ground.plan.node:
        group.notes.append("Node is compared in the full run alone, which installs its packages.")
    return group


def _of_home(ground: Ground, group: Group, name: str, app: Flask, *, has_node: bool) -> None:
    _add_table()
    with ground.processes() as running:
        starts = _starts(ground, running, has_node=has_node)
        found = _latencies(ground, app, starts)
        _compare(group, name, found)
        _reach(ground, group, name, app, {OURS: starts[OURS], ALONE: starts[PYTHON]})


def _over_mongo(ground: Ground, group: Group) -> None:
    """Whom messages reach that are kept there; that server's own speed would say nothing."""
    if not server_of_messages.SERVER.exists():
        group.notes.append(NO_SERVER)
        return
    with mongo.running("secantusdb", ground.folder) as server:
        env = {
            "DATABASE_URL": f"sqlite:///{ground.folder / 'across.sqlite3'}",
            "MONGO_URL": server.url("across"),
        }
        app = create_app(settings=Settings.from_env(ground.env(**env)))
        migrate(app)
        try:
            with app.app_context(), ground.processes() as running:
                starts = _starts(ground, running, has_node=False, **env)
                _reach(ground, group, "MongoDB's wire", app, {OURS: starts[OURS]})
        finally:
            connections.close(app)


# -- the ways --------------------------------------------------------------------------------------


def _add_table() -> None:
    increment = "" if db.engine.name == "sqlite" else "AUTO_INCREMENT"
    with db.engine.connect().execution_options(write=True) as connection:
        connection.exec_driver_sql("DROP TABLE IF EXISTS bench_messages")
        connection.exec_driver_sql(CREATE.format(increment=increment))
        connection.commit()


def _starts(
    ground: Ground, running: Processes, *, has_node: bool, **changes: str
) -> dict[str, Callable[..., str]]:
    url = db.engine.url.render_as_string(hide_password=False)
    env = {"DATABASE_URL": url, "SQL_FLUSH": "on", "PIGEON_ROLE": "realtime"} | changes
    ours = ["gunicorn", "-c", "gunicorn.conf.py", "-k", "pigeon.processes.gunicorn_gevent.Worker"]
    stock = ["gunicorn", "-c", "gunicorn.conf.py", "-k", "gevent", "bench.messages_relay:app"]
    ways = {
        OURS: partial(_start, running, [*ours, "wsgi:app"], RATE_LIMITS="on", **env),
        PYTHON: partial(_start, running, stock, BUS="stock", **env),
    }
    if has_node:
        node = ["node", str(ROOT / "bench" / "messages_relay.cjs")]
        packages = str(ground.folder / "node_modules")
        ways[NODE] = partial(_start, running, node, NODE_PATH=packages, **_node_env(url))
    return ways


def _start(running: Processes, command: list[str], **env: str) -> str:
    port = children.free_port()
    running.run("across", command, **env | {"PORT": str(port)})
    url = f"http://127.0.0.1:{port}"
    children.wait_until(lambda: status_of(f"{url}/healthz") == 200, timeout_s=60, what=url)
    return url


def _node_env(database_url: str) -> dict[str, str]:
    url = make_url(database_url)
    if url.get_backend_name() == "sqlite":
        return {"SQLITE": str(url.database)}
    options = {
        "socketPath": url.query["unix_socket"],
        "user": url.username,
        "database": url.database,
    }
    return {"MARIADB": json.dumps(options)}


def _install(folder: Path, group: Group) -> bool:
    """Node's packages, into the folder of this run; without them the group says so."""
    if shutil.which("node") is None or shutil.which("npm") is None:
        group.notes.append("Not compared with Node, which is not installed.")
        return False
    command = ["npm", "install", "--no-audit", "--no-fund", "--prefix", str(folder), *PACKAGES]
    try:
        done = subprocess.run(command, capture_output=True, timeout=INSTALL_S, check=False)
    except subprocess.TimeoutExpired:
        done = None
    if done is None or done.returncode != 0:
        group.notes.append("Not compared with Node, whose packages could not be installed.")
        return False
    return True


# -- how long it takes -----------------------------------------------------------------------------


def _latencies(
    ground: Ground, app: Flask, starts: Mapping[str, Callable[..., str]]
) -> dict[str, list[Times]]:
    each, count = ground.plan.across_messages, ground.plan.rounds
    number = -(-each * (count + 1) // EACH)
    found: dict[str, list[Times]] = {}
    ways = {}
    for way, start in starts.items():
        urls = [start(), start()]
        places = [((urls[0],) * 2, (urls[1],) * 2)] * number
        people = [_persons(app, way, *place) for place in places]
        found[way] = []
        ways[way] = partial(_round, people, each, found[way])
    rounds.interleaved(ways, count)
    return {way: times[1:] for way, times in found.items()}


def _round(people: list[tuple[Person, Person]], count: int, found: list[Times]) -> float:
    """They connect anew: while other ways have their turn nobody would answer their pings."""
    with _connected(people) as pairs:
        found.append(messages_devices.times(itertools.islice(itertools.cycle(pairs), count)))
    return 0.0


Places = list[tuple[tuple[str, ...], tuple[str, ...]]]
"""Of the devices of who writes and who reads, in each pair."""


@contextmanager
def _pairs(app: Flask, way: str, places: Places) -> Iterator[list[Pair]]:
    with _connected([_persons(app, way, *place) for place in places]) as pairs:
        yield pairs


@contextmanager
def _connected(people: list[tuple[Person, Person]]) -> Iterator[list[Pair]]:
    with ExitStack() as stack:
        pairs = []
        for writer, reader in people:
            pairs.append(Pair(writer, reader))
            stack.callback(pairs[-1].close)
        yield pairs


def _persons(
    app: Flask, way: str, mine: tuple[str, ...], theirs: tuple[str, ...]
) -> tuple[Person, Person]:
    writer, reader = _people(app) if way == OURS else _numbered()
    return _at(writer, mine), _at(reader, theirs)


def _at(person: tuple[str, str], urls: tuple[str, ...]) -> Person:
    token, name = person
    return Person(token=token, name=name, urls=urls)


def _people(app: Flask) -> tuple[tuple[str, str], tuple[str, str]]:
    """Two who follow each other."""
    with app.app_context():
        one, other = (make_user(f"across{next(_numbers)}") for _ in range(2))
        make_follow(one, other)
        make_follow(other, one)
        first, second = ((sessions.create_token(who.id), who.username) for who in (one, other))
    return first, second


_numbers = itertools.count(1)


def _numbered() -> tuple[tuple[str, str], tuple[str, str]]:
    first, second = (str(next(_numbers)) for _ in range(2))
    return (first, first), (second, second)


def _compare(group: Group, name: str, found: dict[str, list[Times]]) -> None:
    for rival in [way for way in found if way != OURS]:
        for measure, share in itertools.product(("other", "ack"), (0.5, 0.99)):
            ours, theirs = (
                [rounds.percentile(getattr(times, measure), share) for times in found[way]]
                for way in (OURS, rival)
            )
            goal = GOALS.get((name, rival, share)) if measure == "other" else None
            what = next(words for words, field in MEASURES.items() if field == measure)
            group.rows.append(
                Row(
                    metric=f"{name}: a message to {what}, ours / {rival}, p{share * 100:g}",
                    value=ratio(ours, theirs),
                    goal=Goal(at_most=goal) if goal else None,
                    note="two processes of each, one row committed by the relay",
                )
            )
    group.tables.append(
        Table(
            title=f"{name}: milliseconds from sending a message to",
            head=("to", "way", "messages", "p50", "p99", "most"),
            rows=[
                (words, way, *_cells([one for times in found[way] for one in getattr(times, key)]))
                for words, key in MEASURES.items()
                for way in found
            ],
        )
    )


def _cells(times: list[float]) -> tuple[str, ...]:
    shares = (figure(MILLI * rounds.percentile(times, share)) for share in (0.5, 0.99, 1.0))
    return (str(len(times)), *shares)


# -- whom it reaches -------------------------------------------------------------------------------


def _reach(
    ground: Ground, group: Group, name: str, app: Flask, starts: Mapping[str, Callable[..., Any]]
) -> None:
    """Devices of both are on any of two processes, as a balancer places them."""
    for way, start in starts.items():
        env = {"BUS": "none"} if way == ALONE else {}
        urls = [start(**env), start(**env)]
        places = [((mine,), theirs) for mine in urls for theirs in itertools.product(urls, urls)]
        with _pairs(app, way, places) as pairs:
            messages_devices.shares(pairs, SECONDS_MISSED)  # warm
            found = [
                sum(messages_devices.shares(pairs, SECONDS_MISSED)) / len(pairs)
                for _ in range(max(1, ground.plan.rounds // 2))
            ]
        group.rows.append(
            Row(
                metric=f"{name}: messages that reach the other side's devices on two processes,"
                f" {way}",
                value=spread(found),
                unit="",
                goal=Goal(at_least=1) if way == OURS else None,
                note="every way of placing a writer's device and two of a reader's",
            )
        )
