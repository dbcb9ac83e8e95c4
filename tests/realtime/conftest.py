"""Two gevent servers beside one for pages, started once; sockets of a test are closed after it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any

import pytest
import websocket

from tests.factories import Person, make_follow, make_user
from tests.harness.messages_callers import Somebody
from tests.harness.sites import Site, running_site
from tests.harness.sockets import SERVERS, Socket, base_of


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


# -- messages --------------------------------------------------------------------------------------


@pytest.fixture
def inside(sockets_site: Site) -> Iterator[None]:
    with sockets_site.app.app_context():
        yield


@pytest.fixture
def new(sockets_site: Site, inside: None, connect: Any) -> Callable[[], Somebody]:
    return lambda: Somebody(sockets_site, make_user(), connect)


@pytest.fixture
def anna(new: Callable[[], Somebody]) -> Somebody:
    """Somebody with a device on every server."""
    return new().on(*SERVERS)


@pytest.fixture
def ben(new: Callable[[], Somebody], anna: Somebody) -> Somebody:
    """The same; both follow each other."""
    ben = new().on(*SERVERS)
    make_follow(anna.person, ben.person)
    make_follow(ben.person, anna.person)
    return ben


@pytest.fixture
def eve(new: Callable[[], Somebody], anna: Somebody, ben: Somebody) -> Somebody:
    """Somebody else, who follows both."""
    eve = new()
    for other in (anna, ben):
        make_follow(eve.person, other.person)
    return eve.on(*SERVERS)
