"""Clients that stall, of `make run` alone: they are ended in time and keep nobody else out."""

from __future__ import annotations

import socket
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from pathlib import Path

import pytest

from tests.factories.people import PASSWORD
from tests.harness.children import wait_until
from tests.harness.sites import Site, running_site
from tests.harness.sockets import Socket

pytestmark = [pytest.mark.processes, pytest.mark.xdist_group("connections")]
STALL_S = 3
HANG_S = 60
HEAD = b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n"
FORM = b"Content-Type: application/x-www-form-urlencoded\r\n"
MANY = 300


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    """A site of this module's own, with little patience."""
    with (
        tempfile.TemporaryDirectory(prefix="pigeon-", ignore_cleanup_errors=True) as folder,
        running_site(Path(folder), STALL_S=str(STALL_S)) as site,
    ):
        yield site


@pytest.fixture
def connect(site: Site) -> Iterator[Callable[..., socket.socket]]:
    """`connect(b"GET …", source="127.0.0.2")` is a connection that has sent that."""
    with ExitStack() as stack:

        def open_one(data: bytes = b"", source: str = "127.0.0.1") -> socket.socket:
            port = int(site.url.rpartition(":")[2])
            made = socket.create_connection(("127.0.0.1", port), 30, source_address=(source, 0))
            stack.enter_context(closing(made))
            made.sendall(data)
            return made

        yield open_one


def post(path: str, length: int, *lines: bytes) -> bytes:
    head = f"POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Length: {length}\r\n".encode()
    return head + b"".join(lines) + b"\r\n"


def rest_of(connection: socket.socket) -> bytes:
    """Everything until the server hangs up."""
    found = b""
    try:
        while part := connection.recv(65_536):
            found += part
    except ConnectionResetError:
        pass
    return found


def answer_of(connection: socket.socket) -> bytes:
    """One answer of /healthz."""
    found = b""
    while not found.endswith(b"ok") and (part := connection.recv(65_536)):
        found += part
    return found


def is_open(connection: socket.socket) -> bool:
    connection.setblocking(False)
    try:
        while connection.recv(65_536):
            continue
        return False
    except BlockingIOError:
        return True
    except OSError:
        return False


STALLS = {
    "nothing": b"",
    "half a head": HEAD,
    "half a form": post("/login", 1_000, FORM) + b"login=ann",
    "a body of which nothing comes": post("/login", 1_000, FORM),
    "half a chunk": HEAD.replace(b"GET /healthz", b"POST /login")
    + FORM
    + b"Transfer-Encoding: chunked\r\n\r\nff\r\nlogin=",
}


@pytest.mark.parametrize("kind", STALLS)
def test_a_client_that_stalls_is_ended(connect: Callable[..., socket.socket], kind: str) -> None:
    began = time.monotonic()
    stalled = connect(STALLS[kind])
    assert b" 200 " not in rest_of(stalled)[:20]
    assert time.monotonic() - began >= STALL_S - 0.5


def test_a_slow_upload_goes_on_as_long_as_it_moves(connect: Callable[..., socket.socket]) -> None:
    size, parts = 60_000, 12
    slow = connect(post("/login", size, FORM))
    for _ in range(parts):
        slow.sendall(b"x" * (size // parts))
        time.sleep(STALL_S / 6)  # twice the patience in all: what is slow is the point
    assert slow.recv(100).startswith(b"HTTP/1.1 403 "), "a form without a token, read to its end"


def test_a_body_that_only_trickles_is_ended(connect: Callable[..., socket.socket]) -> None:
    began = time.monotonic()
    give_up_at = began + HANG_S
    slow = connect(post("/login", 1_000_000, FORM))
    slow.settimeout(0.2)
    found = None
    while found is None:
        assert time.monotonic() < give_up_at, "nobody ended it"
        try:
            slow.sendall(b"x")
            found = slow.recv(100)
        except TimeoutError:
            continue
        except ConnectionError:
            found = b""
    assert time.monotonic() - began >= STALL_S - 0.5


@pytest.mark.parametrize("kind", ["half a head", "half a form"])
def test_stalled_connections_keep_nobody_out(
    connect: Callable[..., socket.socket], kind: str
) -> None:
    stalled = [connect(STALLS[kind]) for _ in range(MANY)]
    readers = [connect(source=source) for source in ("127.0.0.1", "127.0.0.2")]
    for _ in range(20):
        for reader in readers:
            reader.sendall(HEAD + b"\r\n")
            assert b" 200 OK" in answer_of(reader)
    assert sum(map(is_open, stalled)) <= 256
    wait_until(lambda: not any(map(is_open, stalled)), timeout_s=20, what="the end of all")
    for reader in readers:
        reader.sendall(HEAD + b"\r\n")
        assert b" 200 OK" in answer_of(reader), "they were idle, which is no stall"


def test_what_waits_for_its_next_request_is_no_stall(
    connect: Callable[..., socket.socket],
) -> None:
    idle = [connect(HEAD + b"\r\n") for _ in range(100)]
    for one in idle:
        assert b" 200 OK" in answer_of(one)
    assert rest_of(connect(HEAD)) == b"", "as long as a stall may take"
    for one in idle:
        one.sendall(HEAD + b"\r\n")
        assert b" 200 OK" in answer_of(one)


def test_a_socket_is_no_stall(site: Site, connect: Callable[..., socket.socket]) -> None:
    who = ("--email", "a@b.test", "--password", PASSWORD, "--confirmed")
    site.flask("users", "create", "ann", *who)
    live = Socket(site, 0, token=site.flask("users", "token", "ann").strip())
    try:
        stalled = [connect(HEAD) for _ in range(MANY)]
        wait_until(lambda: not any(map(is_open, stalled)), timeout_s=20, what="the end of all")
        assert live.client.call("presence.active", {"visible": True}, timeout=HANG_S)
        assert not live.closed.is_set()
    finally:
        live.close()


def test_the_answer_to_a_refused_body_reaches_who_still_sends(
    connect: Callable[..., socket.socket],
) -> None:
    sender = connect(post("/login", 60_000_000, b"Content-Type: text/plain\r\n"))
    for _ in range(60):
        sender.sendall(b"x" * 1_000_000)
    found = rest_of(sender)
    assert found.startswith(b"HTTP/1.1 413 ") and b"Connection: close" in found


def test_who_asks_before_sending_does_not_send_what_is_refused(
    connect: Callable[..., socket.socket],
) -> None:
    expect = b"Expect: 100-continue\r\n"
    refused = connect(post("/login", 20_000_000, expect))
    assert refused.recv(100).startswith(b"HTTP/1.1 413 ")
    welcome = connect(post("/login", 11, expect, FORM))
    assert welcome.recv(100) == b"HTTP/1.1 100 Continue\r\n\r\n"
    welcome.sendall(b"login=ann&x")
    assert welcome.recv(100).startswith(b"HTTP/1.1 403 ")


def test_a_head_without_end_is_refused(connect: Callable[..., socket.socket]) -> None:
    """Of 100 lines of 8 KiB, cookies or others, none is read: nginx refuses them as well."""
    line = b"Cookie: " + b"a=b; " * 1_600 + b"\r\n"
    assert rest_of(connect(HEAD + 98 * line + b"\r\n")).startswith(b"HTTP/1.1 431 ")
    assert b" 200 OK" in answer_of(connect(HEAD + 4 * line + b"\r\n"))
