"""Sockets that say nothing: how many a process holds, what each costs, and how they come back."""

from __future__ import annotations

import random
import resource
import time
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from itertools import count as counting
from itertools import cycle

import psutil

from bench import rounds
from bench.ground import Ground, Processes
from bench.herd import Herd, await_end
from bench.results import Goal, Group, Row, Table, figure, spread
from pigeon.services.accounts import sessions
from tests.harness import children
from tests.harness.sites import status_of

COMMAND = ["gunicorn", "-c", "gunicorn.conf.py", "-k", "pigeon.processes.gunicorn_gevent.Worker"]
EACH, FEW = 15, 5
"""Sockets of a person; 20 are allowed, and those of a killed process count for a while."""
WARM = 100
SETTLE_S = 2.0
KILO = 1_024
_people = counting(1)
"""Of the plan: others add people behind those, by their ids."""
AT_ONCE = 16
FILES = 12_000
DELAY_S, LONGEST_S, JITTER = 1.0, 5.0, 0.5
"""How the client of our pages waits before it tries again: Socket.IO's own way."""


def measure(ground: Ground) -> Group:
    group = Group(name="sockets", title="Idle sockets and their return")
    _open_files()
    _idle(ground, group)
    _come_back(ground, group)
    group.notes.append(
        "Memory is the proportional set size of the process, after so many sockets beside after"
        f" the first {WARM}. Who comes back waits as Socket.IO's client does before each attempt,"
        " and finds another process, as behind nginx; with the limits of the door."
    )
    return group


def _open_files() -> None:
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = FILES if hard == resource.RLIM_INFINITY else min(FILES, hard)
    resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


def _tokens(ground: Ground, sockets: int, each: int) -> Iterator[str]:
    """Of people who had none before, with so many sockets each, over and over."""
    people = [next(_people) for _ in range(-(-sockets // each))]
    assert people[-1] <= ground.plan.users
    with ground.app().app_context():
        return cycle([sessions.create_token(person) for person in people])


def _start(running: Processes, **env: str) -> tuple[str, psutil.Process]:
    port = children.free_port()
    pid = running.run(
        "sockets", [*COMMAND, "wsgi:app"], PORT=str(port), PIGEON_ROLE="realtime", **env
    )
    url = f"http://127.0.0.1:{port}"
    children.wait_until(lambda: status_of(f"{url}/healthz") == 200, timeout_s=60, what=url)
    (worker,) = psutil.Process(pid).children()
    return url, worker


def _idle(ground: Ground, group: Group) -> None:
    wanted = ground.plan.idle_sockets
    come = _tokens(ground, wanted + WARM, EACH)
    with ground.processes() as running, Herd() as herd:
        url, process = _start(running)
        _let_in(herd, url, (next(come) for _ in range(WARM)))
        time.sleep(SETTLE_S)
        before, began = process.memory_full_info().pss, time.monotonic()
        _let_in(herd, url, (next(come) for _ in range(wanted)))
        took_s = time.monotonic() - began
        time.sleep(SETTLE_S)
        each = (process.memory_full_info().pss - before) / wanted / KILO
        held = len(herd)
    group.rows += [
        Row(
            metric="idle sockets of one realtime process, all of them there",
            value=spread([held]),
            unit="",
            goal=Goal(at_least=3_000) if wanted >= 3_000 else None,
        ),
        Row(
            metric="memory of an idle socket",
            value=spread([each]),
            unit=" KB",
            goal=Goal(at_most=80),
            note="everything that the process holds for it",
        ),
    ]
    cells = (str(held), figure(each), figure(wanted / took_s))
    head = ("sockets", "KB each", "let in, a second")
    group.tables.append(Table(title="Sockets that say nothing", head=head, rows=[cells]))


def _let_in(herd: Herd, url: str, tokens: Iterable[str]) -> None:
    with ThreadPoolExecutor(AT_ONCE) as pool:
        list(pool.map(lambda token: herd.add(url, token), tokens))


def _come_back(ground: Ground, group: Group) -> None:
    count = ground.plan.returning
    found = [_returns(ground, count) for _ in range(min(3, ground.plan.rounds))]
    group.rows.append(
        Row(
            metric=f"{count:,} clients back after their process was killed, 99 % of them",
            value=spread([rounds.percentile(times, 0.99) for times in found]),
            unit=" s",
            goal=Goal(at_most=10),
            note="from the kill to being let in",
        )
    )
    shares = (0.5, 0.9, 0.99, 1.0)
    everyone = [took_s for times in found for took_s in times]
    cells = (f"{count:,}", *(figure(rounds.percentile(everyone, share)) for share in shares))
    head = ("clients", "50 %, s", "90 %, s", "99 %, s", "the last, s")
    group.tables.append(Table(title="Back after a kill", head=head, rows=[cells]))


def _returns(ground: Ground, count: int) -> list[float]:
    """Seconds from the kill until each was let in by the other process.

    People are new in each round: sockets of a killed process count until its leases end.
    """
    come = _tokens(ground, count, FEW)
    with ground.processes() as running, Herd() as herd:
        (first, process), (second, _) = (_start(running, RATE_LIMITS="on") for _ in range(2))
        mine = [next(come) for _ in range(count)]
        _let_in(herd, first, mine)
        time.sleep(SETTLE_S)
        began = time.monotonic()
        process.kill()
        await_end(herd)
        with ThreadPoolExecutor(count) as pool, Herd() as back:
            return list(pool.map(lambda token: _back(back, second, token, began), mine))


def _back(herd: Herd, url: str, token: str, began: float) -> float:
    for delay_s in _delays():
        time.sleep(delay_s)
        with suppress(OSError, ConnectionError):
            herd.add(url, token)
            return time.monotonic() - began
    raise AssertionError("nobody is refused for ever")


def _delays() -> Iterable[float]:
    wait_s = DELAY_S
    while True:
        yield wait_s * random.uniform(1 - JITTER, 1 + JITTER)
        wait_s = min(wait_s * 2, LONGEST_S)
