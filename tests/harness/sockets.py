"""Real sockets: who somebody is to the servers, and a client that keeps what it hears."""

from __future__ import annotations

import subprocess
import threading
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import socketio

from pigeon.services.accounts import sessions
from tests.factories import Person
from tests.harness import children
from tests.harness.sites import Site, status_of

SERVERS = (1, 2)
"""Behind the port of the pages."""


def base_of(site: Site, server: int) -> str:
    host, _, port = site.url.rpartition(":")
    return f"{host}:{int(port) + server}"


@dataclass(frozen=True, kw_only=True)
class Realtime:
    """A process that holds sockets, beside those of a site."""

    url: str
    process: subprocess.Popen[bytes]


@contextmanager
def realtime_process(
    site: Site, module: str = "wsgi:app", *, files: int = 0, port: int = 0, **env: str
) -> Iterator[Realtime]:
    """One more on the stores of the site, as the Procfile starts it.

    `module` is what it serves, `files` how many its user may open, `port` a chosen one.
    """
    port = port or children.free_port()
    name = f"realtime.{port}"
    server = f"exec gunicorn -c gunicorn.conf.py -k gevent {module}"
    command = ["sh", "-c", f"ulimit -Sn {files}; {server}" if files else server]
    site.start(name, command, PIGEON_ROLE="realtime", PORT=str(port), GRACEFUL_S="5", **env)
    found = Realtime(url=f"http://127.0.0.1:{port}", process=site.processes[name])
    try:
        children.wait_ready(
            found.process,
            lambda: status_of(f"{found.url}/healthz") == 200,
            log=site.log(name),
            timeout_s=60,
        )
        yield found
    finally:
        children.stop(site.processes.pop(name))


def token_of(site: Site, person: Person) -> str:
    with site.app.app_context():
        return sessions.create_token(person.id)


def new_client(site: Site) -> socketio.Client:
    """One that says it runs in a page of this site."""
    return socketio.Client(reconnection=False, websocket_extra_options={"origin": site.url})


class Socket:
    """A connected client that keeps what it hears."""

    def __init__(
        self, site: Site, server: int | Realtime, *, token: str = "", **headers: str
    ) -> None:
        self.heard: dict[str, list[Any]] = defaultdict(list)
        self.refusals: list[Any] = []
        self.closed = threading.Event()
        self.client = new_client(site)
        self.client.on("*", lambda name, *data: self.heard[name].append(data[0] if data else None))
        self.client.on("disconnect", lambda *_: self.closed.set())
        self.client.on("connect_error", self.refusals.append)
        self.client.connect(
            base_of(site, server) if isinstance(server, int) else server.url,
            headers=headers,
            auth={"token": token} if token else None,
            transports=["websocket"],
            wait_timeout=20,
        )
        self._transport = self.client.eio.ws

    def close(self) -> None:
        self.client.disconnect()
        self._transport.shutdown()  # the library forgets it when the server hangs up
