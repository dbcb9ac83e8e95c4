"""Real sockets: who somebody is to the servers, and a client that keeps what it hears."""

from __future__ import annotations

import threading
from collections import defaultdict
from typing import Any

import socketio

from pigeon.services import sessions
from tests.factories import Person
from tests.harness.sites import Site

SERVERS = (1, 2)
"""Behind the port of the pages."""


def base_of(site: Site, server: int) -> str:
    host, _, port = site.url.rpartition(":")
    return f"{host}:{int(port) + server}"


def token_of(site: Site, person: Person) -> str:
    with site.app.app_context():
        return sessions.create_token(person.id)


def new_client(site: Site) -> socketio.Client:
    """One that says it runs in a page of this site."""
    return socketio.Client(reconnection=False, websocket_extra_options={"origin": site.url})


class Socket:
    """A connected client that keeps what it hears."""

    def __init__(self, site: Site, server: int, *, token: str = "", **headers: str) -> None:
        self.heard: dict[str, list[Any]] = defaultdict(list)
        self.refusals: list[Any] = []
        self.closed = threading.Event()
        self.client = new_client(site)
        self.client.on("*", lambda name, *data: self.heard[name].append(data[0] if data else None))
        self.client.on("disconnect", lambda *_: self.closed.set())
        self.client.on("connect_error", self.refusals.append)
        self.client.connect(
            base_of(site, server),
            headers=headers,
            auth={"token": token} if token else None,
            transports=["websocket"],
            wait_timeout=5,
        )
        self._transport = self.client.eio.ws

    def close(self) -> None:
        self.client.disconnect()
        self._transport.shutdown()  # the library forgets it when the server hangs up
