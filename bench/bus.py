"""From an emit on one process to the socket that hears it on another, over the same Redis."""

from __future__ import annotations

import json
import statistics
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress

import websocket

from bench import rounds
from bench.ground import Ground, Processes
from bench.results import Goal, Group, Row, Table, figure, ratio
from tests.harness import children
from tests.harness.sites import status_of

BUSES = ("ours", "stock")
CHARACTERS = 200
"""Of a message: as a short chat message with its frame."""


def measure(ground: Ground) -> Group:
    """Two processes on each bus; rounds take turns."""
    group = Group(name="bus", title="An emit heard on another process")
    plan = ground.plan
    with ground.processes() as running, ExitStack() as stack:
        pairs = {bus: stack.enter_context(_pair(running, bus)) for bus in BUSES}
        times: dict[str, list[float]] = {bus: [] for bus in BUSES}

        def median_of(bus: str) -> float:
            found = pairs[bus].times(plan.bus_messages)
            times[bus] += found
            return statistics.median(found)

        ways = {bus: (lambda bus=bus: median_of(bus)) for bus in BUSES}
        found = rounds.interleaved(ways, max(plan.rounds, 1) * 3)
    group.rows.append(
        Row(
            metric="emit to receive across two processes, bus / the stock manager's relay, p50",
            value=ratio(found["ours"], found["stock"]),
            goal=Goal(at_most=1.2),
            note="events of a socket in order on both",
        )
    )
    group.tables.append(
        Table(
            title="Milliseconds from sending to hearing",
            head=("bus", "p50", "p95"),
            rows=[(bus, _ms(times[bus], 0.5), _ms(times[bus], 0.95)) for bus in BUSES],
        )
    )
    return group


def _ms(times: list[float], share: float) -> str:
    return figure(1_000 * rounds.percentile(times, share))


class Pair:
    """Who speaks on one process, and who hears it on the other."""

    def __init__(self, speaker: websocket.WebSocket, hearer: websocket.WebSocket) -> None:
        self._speaker = speaker
        self._hearer = hearer

    def times(self, count: int) -> list[float]:
        return [self._one() for _ in range(count)]

    def _one(self) -> float:
        began = time.perf_counter()
        self._speaker.send(f'42["say","{"x" * CHARACTERS}"]')
        while not (heard := str(self._hearer.recv())).startswith('42["said"'):
            assert heard in ("2", '42["resync",{}]'), heard
            if heard == "2":
                self._hearer.send("3")
        return time.perf_counter() - began


@contextmanager
def _pair(running: Processes, bus: str) -> Iterator[Pair]:
    first, second = (_start(running, bus) for _ in range(2))
    sockets = [_opened(first, hears=False), _opened(second, hears=True)]
    try:
        yield Pair(*sockets)
    finally:
        for each in sockets:
            with suppress(OSError):
                each.shutdown()


def _start(running: Processes, bus: str) -> str:
    port = children.free_port()
    command = ["gunicorn", "-c", "gunicorn.conf.py", "-k", "gevent", "bench.bus_server:app"]
    running.run("bus", command, BUS=bus, PORT=str(port), PIGEON_ROLE="realtime")
    url = f"http://127.0.0.1:{port}"
    children.wait_until(lambda: status_of(url) == 200, timeout_s=60, what=url)
    return url


def _opened(url: str, *, hears: bool) -> websocket.WebSocket:
    address = f"{url.replace('http', 'ws')}/socket.io/?EIO=4&transport=websocket"
    opened = websocket.create_connection(address, timeout=30)
    opened.recv()
    opened.send("40" + json.dumps({"hears": hears}))
    while not str(opened.recv()).startswith("40{"):
        pass
    return opened
