"""gunicorn 27.0.1: which connections it keeps, and how long it waits for a client.

Expected: `keepalive` is how long an unused connection is kept by every worker, and something ends
a client that stalls. Seen: the sync worker keeps none and says so in each answer, so its
`keepalive` means nothing (`workers/sync.py`, `resp.force_close()`). The gevent worker counts the
pause before a request and the request's head together against it, so a head that comes late in the
pause has almost no time (`workers/base_async.py`, `timeout_ctx`). Nothing bounds a body: the
worker of gevent waits for ever, and reads all of a refused one before the next request
(`http/parser.py`, `finish_body`). `pigeon/processes/gunicorn_*.py` mend the last two.
"""

from __future__ import annotations

import socket
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.harness import children

APP = """
def app(environ, start_response):
    status = "413 Too Large" if "CONTENT_LENGTH" in environ else "200 OK"
    start_response(status, [("Content-Length", "2")])
    return [b"ok"]
"""
GET = b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"
POST = b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 20000000\r\n\r\n"

Connect = Callable[[str], socket.socket]


@pytest.fixture
def connect(tmp_path: Path) -> Iterator[Connect]:
    """`connect("gevent")` is a connection to the stock worker of that kind, `keepalive` 1 s."""
    (tmp_path / "tiny.py").write_text(APP)
    running, opened = [], []

    def start(kind: str) -> socket.socket:
        port = children.free_port()
        options = ("--bind", f"127.0.0.1:{port}", "-k", kind, "--keep-alive", "1", "-w", "1")
        command = [sys.executable, "-m", "gunicorn", "--no-control-socket", *options, "tiny:app"]
        running.append(children.start(command, log=tmp_path / "log", cwd=tmp_path))
        children.wait_until(lambda: children.accepts(port), what="gunicorn")
        opened.append(socket.create_connection(("127.0.0.1", port), 20))
        return opened[-1]

    yield start
    for one in opened:
        one.close()
    for process in running:
        children.stop(process)


def everything(connection: socket.socket) -> bytes:
    found = b""
    while part := connection.recv(65_536):
        found += part
    return found


def answer(connection: socket.socket) -> bytes:
    found = b""
    while not found.endswith(b"ok"):
        found += connection.recv(65_536)
    return found


def test_a_sync_worker_keeps_no_connection(connect: Connect) -> None:
    connection = connect("sync")
    connection.sendall(GET)
    found = everything(connection)
    assert found.endswith(b"ok") and b"Connection: close" in found


def test_a_gevent_worker_counts_pause_and_head_together(connect: Connect) -> None:
    connection = connect("gevent")
    connection.sendall(GET)
    assert b"Connection: keep-alive" in answer(connection)
    for part in (GET[:10], GET[10:20], GET[20:-2]):
        connection.sendall(part)
    assert everything(connection) == b"", "a second after the last answer, in the middle of a head"


def test_a_gevent_worker_reads_all_of_what_is_refused(connect: Connect) -> None:
    connection = connect("gevent")
    connection.sendall(POST)
    assert b"413" in answer(connection)
    for _ in range(20):
        connection.sendall(b"x" * 1_000_000)
    connection.sendall(GET)
    assert b"200 OK" in answer(connection)
