"""Two gevent servers beside one for pages, started once; sockets of a test are closed after it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import pytest
import websocket

from tests.factories import Person, make_user
from tests.harness.sites import Site, running_site
from tests.harness.sockets import Socket, base_of


@pytest.fixture(scope="session")
def sockets_site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with running_site(tmp_path_factory.mktemp("s"), WEB="1", REALTIME="2") as site:
        _warm(site)
        yield site


def _warm(site: Site) -> None:
    """What a first socket brings into memory is not what the tests measure."""
    url = base_of(site, 1).replace("http", "ws")
    for _ in range(3):
        first = websocket.create_connection(
            f"{url}/socket.io/?EIO=4&transport=websocket", timeout=10, origin=site.url
        )
        first.send("2" * 60_000)
        first.shutdown()


@pytest.fixture
def ann(sockets_site: Site) -> Person:
    with sockets_site.app.app_context():
        return make_user()


@pytest.fixture
def connect(sockets_site: Site) -> Iterator[Any]:
    opened: list[Socket] = []

    def make(server: int = 1, **how: Any) -> Socket:
        opened.append(Socket(sockets_site, server, **how))
        return opened[-1]

    yield make
    for each in opened:
        each.close()


@pytest.fixture
def raw(sockets_site: Site) -> Iterator[Any]:
    """A websocket that says nothing by itself; `raw(**headers)`."""
    opened: list[websocket.WebSocket] = []

    def make(**headers: str) -> websocket.WebSocket:
        url = base_of(sockets_site, 1).replace("http", "ws")
        opened.append(
            websocket.create_connection(
                f"{url}/socket.io/?EIO=4&transport=websocket",
                timeout=10,
                origin=sockets_site.url,
                header=headers,
            )
        )
        return opened[-1]

    yield make
    for each in opened:
        with suppress(OSError):
            each.shutdown()
