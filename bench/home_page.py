"""The home page of people who are signed in, against a page of the same site without content."""

from __future__ import annotations

import time

import psutil

from bench import empty_page, rounds, wrk
from bench.ground import Ground
from bench.pages import Reader
from bench.results import Goal, Group, Row, Table, figure, ratio, shown, spread
from tests.harness import counting

HOME = "/"


def measure(ground: Ground) -> Group:
    """One gunicorn sync worker, both pages in turns, readers who follow many in turns."""
    group = Group(name="home_page", title="Home page")
    cookies = [ground.cookie_of(user_id) for user_id in ground.data.rotating]
    with ground.processes() as running:
        url = running.web("bench.empty_page:app")
        for cookie in cookies:
            wrk.get(url + HOME, cookie)
        cpu: dict[str, list[float]] = {HOME: [], empty_page.PATH: []}

        def drive(path: str) -> float:
            before, began = _cpu_s(running.pids()), time.monotonic()
            rate = wrk.requests_per_s(url + path, cookies, ground.plan.drive_s, ground.folder)
            served = rate * (time.monotonic() - began)
            cpu[path].append((_cpu_s(running.pids()) - before) / served * 1e6)
            return rate

        found = rounds.interleaved(
            {path: (lambda p=path: drive(p)) for path in cpu}, ground.plan.rounds
        )
    _report(ground, group, found, {path: values[1:] for path, values in cpu.items()})
    group.tables.append(_work(ground, cookies[0]))
    return group


def _cpu_s(pids: list[int]) -> float:
    processes = [psutil.Process(pid) for pid in pids]
    processes += [child for process in processes for child in process.children(recursive=True)]
    return sum(sum(process.cpu_times()[:2]) for process in processes)


def _report(
    ground: Ground, group: Group, found: dict[str, list[float]], cpu: dict[str, list[float]]
) -> None:
    group.rows.append(
        Row(
            metric="signed-in home page / empty page of the same application, requests/s",
            value=ratio(found[HOME], found[empty_page.PATH]),
            goal=Goal(at_least=0.45),
        )
    )
    rows = [
        (path, shown(spread(found[path])), shown(spread(cpu[path])))
        for path in (HOME, empty_page.PATH)
    ]
    head = ("page", "requests/s", "CPU of the server, µs per request")
    group.tables.append(Table(title="One sync worker as in the Procfile", head=head, rows=rows))
    group.notes += [
        f"{len(ground.data.rotating)} readers with {ground.plan.reference:,} followees take turns;"
        f" client: {wrk.client()}, {wrk.CONNECTIONS} connections at once.",
        "The empty page has the same middleware, session, guard and headers; its body is empty.",
    ]


def _work(ground: Ground, cookie: str) -> Table:
    """What one warm page asks of the stores."""
    reader = Reader(ground.empty_app, cookie)
    rows = []
    for path in (HOME, empty_page.PATH):
        reader.read(path)
        with (
            counting.queries() as sent,
            counting.redis_commands((ground.redis.cache, ground.redis.state)) as commands,
        ):
            size = len(reader.read(path))
        asked = ", ".join(f"{count} {name}" for name, count in sorted(commands.items()))
        rows.append((path, figure(size), str(len(sent)), asked))
    return Table(
        title="A warm page asks", head=("page", "bytes", "SQL statements", "Redis"), rows=rows
    )
