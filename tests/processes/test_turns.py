"""Who is served next: counted at a real worker, which keeps its process busy for each answer."""

from __future__ import annotations

import itertools
import socket
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from pathlib import Path

import pytest

from pigeon.processes.turns import Turns
from tests.harness import children
from tests.harness.environment import ROOT

APP = """
import time

WORK_S = 0.003
served = 0

def work(environ):
    if environ["PATH_INFO"] == "/big":
        return b"x" * 30_000_000
    if environ["PATH_INFO"] == "/body":
        return environ["wsgi.input"].read()
    until = time.perf_counter() + WORK_S
    while environ["PATH_INFO"] != "/count" and time.perf_counter() < until:
        continue
    return b""

def app(environ, start_response):
    global served
    served += 1
    body = work(environ) or b"%d" % served
    start_response("200 OK", [("Content-Length", str(len(body)))])
    return [body]
"""
WORK_S = 0.003  # as in there
MANY = 400
ASKED = 7
FEW = 40
"""Requests of the crowd that are served before somebody else; without turns it is most of them."""
US, CROWD = "127.0.0.2", "127.0.0.1"
UNNAMED = b"WHO"
Connect = Callable[..., socket.socket]


@pytest.fixture(params=["0", "1"], ids=["direct", "behind a proxy"])
def connect(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Connect]:
    """`connect(CROWD, b"...")` has sent that; behind a proxy the address is one that it names."""
    (tmp_path / "tiny.py").write_text(APP)
    port = children.free_port()
    worker = ("-c", str(ROOT / "gunicorn.conf.py"), "-k", "pigeon.processes.gunicorn_gevent.Worker")
    env = {"PIGEON_ROLE": "realtime", "PORT": str(port), "TRUSTED_PROXIES": request.param}
    running = children.start(
        [sys.executable, "-m", "gunicorn", *worker, "tiny:app"],
        log=tmp_path / "log",
        cwd=tmp_path,
        env={"PYTHONPATH": f"{ROOT}:{tmp_path}", "PATH": ""} | env,
    )
    children.wait_until(lambda: children.accepts(port), what="gunicorn")
    with ExitStack() as stack:

        def open_one(who: str, *sent: bytes) -> socket.socket:
            source = CROWD if request.param == "1" else who
            made = socket.create_connection(("127.0.0.1", port), 20, source_address=(source, 0))
            stack.enter_context(closing(made))
            made.sendall(b"".join(sent).replace(UNNAMED, who.encode()))
            return made

        yield open_one
    children.stop(running)


def ask(path: str, *lines: bytes) -> bytes:
    """`UNNAMED` stands for who asks, as the last proxy saw it."""
    head = b"GET %s HTTP/1.1\r\nHost: x\r\nX-Forwarded-For: 10.0.0.1, %s\r\n"
    return head % (path.encode(), UNNAMED) + b"".join(lines) + b"\r\n"


def count_of(connection: socket.socket, who: str) -> int:
    """The number of its answer: how many were served until then."""
    connection.sendall(ask("/count").replace(UNNAMED, who.encode()))
    return int(body_of(connection))


def body_of(connection: socket.socket) -> bytes:
    """Of a short answer, which is sent in one piece after its head."""
    found = b""
    while not found.partition(b"\r\n\r\n")[2] and (part := connection.recv(65_536)):
        found += part
    return found.partition(b"\r\n\r\n")[2]


def steps_of(ours: socket.socket) -> list[int]:
    """How many others were served from one answer to the next."""
    counts = [count_of(ours, US) for _ in range(ASKED)]
    return [later - before for before, later in itertools.pairwise(counts)]


FLOODS = {
    "connections": lambda connect: [connect(CROWD, ask("/")) for _ in range(MANY)],
    "one connection": lambda connect: [connect(CROWD, ask("/") * MANY)],
    "a wrong upgrade": lambda connect: [
        connect(CROWD, ask("/", b"Connection: upgrade\r\nUpgrade: websocket\r\n"))
        for _ in range(MANY)
    ],
}


@pytest.mark.parametrize("flood", FLOODS)
def test_others_wait_for_a_few_requests_of_a_crowd(connect: Connect, flood: str) -> None:
    ours = connect(US)
    count_of(ours, US)
    FLOODS[flood](connect)
    assert statistics.median(steps_of(ours)) <= FEW


def test_who_reads_or_sends_slowly_holds_up_nobody_of_the_same_address(connect: Connect) -> None:
    for _ in range(4):
        connect(CROWD, ask("/big"))
        connect(CROWD, ask("/body", b"Content-Length: 9\r\n"), b"half")
    assert count_of(connect(CROWD), CROWD) > 0
    slow = connect(CROWD, ask("/body", b"Content-Length: 9\r\n"), b"half")
    count_of(connect(CROWD), CROWD)
    slow.sendall(b" more")
    assert body_of(slow) == b"half more"


def test_who_left_the_line_is_not_served(connect: Connect) -> None:
    before = count_of(connect(US), US)
    began = time.monotonic()
    for one in [connect(CROWD, ask("/")) for _ in range(MANY)]:
        one.close()
    served_while_they_came = (time.monotonic() - began) / WORK_S  # many on a slow machine
    served = count_of(connect(CROWD), CROWD) - before
    assert served < served_while_they_came + MANY / 2


def test_a_line_is_gone_when_nobody_stands_in_it() -> None:
    turns = Turns(at_once=1)
    first, unknown = turns.of("192.0.2.1"), turns.of("")
    assert not first.take() and not unknown.take()
    with first.paused(), unknown.paused():
        assert not turns._lines
    assert turns._lines
    first.give_back()
    first.give_back()
    unknown.give_back()
    assert not turns._lines
