"""The door: what a client is told that cannot come in, and a process that stops."""

from __future__ import annotations

import signal
import socket
import threading
import time
from contextlib import closing, suppress
from typing import Any

import pytest
import requests
import socketio
import websocket

from tests.factories import Person
from tests.harness.sites import Site
from tests.harness.sockets import (
    Realtime,
    Socket,
    base_of,
    new_client,
    realtime_process,
    token_of,
)

pytestmark = [pytest.mark.processes, pytest.mark.xdist_group("sockets")]

POLL = "EIO=4&transport=polling"
HANDSHAKE = {
    "Connection": "Upgrade",
    "Upgrade": "websocket",
    "Sec-WebSocket-Version": "13",
    "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
}


def ask(site: Site, query: str, method: str = "GET", **how: Any) -> requests.Response:
    url = f"{base_of(site, 1)}/socket.io/?{query}"
    return requests.request(method, url, timeout=20, **how)


# -- clients that poll -----------------------------------------------------------------------------


def test_a_polling_handshake_is_answered_with_the_reason(sockets_site: Site) -> None:
    """As a client reads it: an open packet, then the refusal of the namespace."""
    answer = ask(sockets_site, POLL)
    assert answer.status_code == 200
    opened, refused = answer.text.split("\x1e")
    assert opened.startswith("0{") and '"upgrades": []' in opened
    assert refused == '44{"message":"websocket only"}'
    sid = answer.text.split('"sid": "')[1].split('"')[0]
    asked = ask(sockets_site, f"{POLL}&sid={sid}", "POST", data="40")
    assert (asked.status_code, asked.text) == (200, "ok")
    assert ask(sockets_site, f"{POLL}&sid={sid}").text == "1"


def test_a_client_that_polls_hears_why_it_cannot_connect(sockets_site: Site, ann: Person) -> None:
    told: list[Any] = []
    client = new_client(sockets_site)
    client.on("connect_error", told.append)
    with pytest.raises(socketio.exceptions.ConnectionError):
        client.connect(
            base_of(sockets_site, 1),
            auth={"token": token_of(sockets_site, ann)},
            transports=["polling"],
            wait_timeout=20,
        )
    client.disconnect()
    assert told == [{"message": "websocket only"}]


@pytest.mark.parametrize("query", [f"{POLL}&j=0", "EIO=3&transport=polling", "transport=polling"])
def test_what_is_older_than_the_protocol_is_refused(sockets_site: Site, query: str) -> None:
    answer = ask(sockets_site, query)
    assert answer.status_code == 400 and "sid" not in answer.text


def test_pages_of_others_are_told_nothing(sockets_site: Site) -> None:
    answer = ask(sockets_site, POLL, headers={"Origin": "https://evil.example"})
    assert answer.status_code == 400 and "sid" not in answer.text
    assert "Access-Control-Allow-Origin" not in answer.headers


# -- handshakes and namespaces ---------------------------------------------------------------------


@pytest.mark.parametrize(
    "change",
    [
        {"Sec-WebSocket-Key": None},
        {"Sec-WebSocket-Key": "short"},
        {"Sec-WebSocket-Key": "é" * 24},
        {"Sec-WebSocket-Version": None},
        {"Sec-WebSocket-Version": "12"},
        {"Upgrade": None},
        {"Upgrade": "h2c"},
        {"Connection": "close"},
        {"Host": "ex\xe4mple..xn--a"},
        {"Host": None},
    ],
    ids=str,
)
def test_a_malformed_handshake_is_a_400_without_a_traceback(
    sockets_site: Site, change: dict[str, str | None]
) -> None:
    log = sockets_site.log("site")
    before = log.stat().st_size
    headers = {"Host": "localhost"} | HANDSHAKE | change
    lines = [f"{name}: {value}" for name, value in headers.items() if value is not None]
    request = "\r\n".join(["GET /socket.io/?EIO=4&transport=websocket HTTP/1.1", *lines, "", ""])
    host, port = base_of(sockets_site, 1).removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=20) as sock:
        sock.sendall(request.encode("latin-1"))
        assert sock.recv(4096).startswith(b"HTTP/1.1 400 ")
    assert b"Traceback" not in log.read_bytes()[before:]


def test_other_methods_are_no_handshake(sockets_site: Site) -> None:
    for method in ("POST", "PUT", "OPTIONS", "TRACE"):
        answer = ask(sockets_site, "EIO=4&transport=websocket", method, headers=HANDSHAKE)
        assert answer.status_code == 400


def test_an_unknown_namespace_is_refused_with_an_object(raw: Any) -> None:
    opened = raw()
    opened.recv()
    opened.send("40/nothing,")
    assert opened.recv() == '44/nothing,{"message":"Invalid namespace"}'


# -- a process that stops --------------------------------------------------------------------------


def test_nobody_comes_back_into_a_process_that_stops(sockets_site: Site, ann: Person) -> None:
    """From the moment at which it lets go of somebody until it is gone."""
    token = token_of(sockets_site, ann)
    with realtime_process(sockets_site) as server:
        mine = Socket(sockets_site, server, token=token)
        answers: list[str] = []

        def come_back() -> None:
            mine.closed.wait(30)
            while server.process.poll() is None:
                answers.append(_try(server, sockets_site))
                time.sleep(0.02)

        thread = threading.Thread(target=come_back)
        thread.start()
        server.process.send_signal(signal.SIGTERM)
        thread.join(60)
        mine.close()
    assert server.process.returncode == 0
    assert answers and "in" not in answers


def _try(server: Realtime, site: Site) -> str:
    url = server.url.replace("http", "ws")
    with suppress(OSError, websocket.WebSocketException):
        address = f"{url}/socket.io/?EIO=4&transport=websocket"
        with closing(websocket.create_connection(address, timeout=5, origin=site.url)) as opened:
            if opened.recv():
                return "in"
    return "out"
