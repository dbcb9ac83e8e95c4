"""A thousand clients come back at once, and every one of them is served."""

from __future__ import annotations

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import pytest
import websocket

from pigeon.extensions import cache
from pigeon.realtime.handlers import SOCKETS_PER_USER
from tests.factories import make_post, make_user
from tests.harness import children, redis_pair
from tests.harness.redis_pair import RedisPair
from tests.harness.sites import Site, new_site
from tests.harness.sockets import Realtime, realtime_process, token_of
from tests.harness.stage import migrate

pytestmark = [pytest.mark.processes, pytest.mark.xdist_group("storm")]

CLIENTS = 1_000


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RedisPair]:
    found = redis_pair.start(tmp_path_factory.mktemp("r"))
    yield found
    found.stop()


@pytest.fixture(params=["sqlite", pytest.param("mariadb", marks=pytest.mark.mariadb)])
def storm_site(
    request: pytest.FixtureRequest, pair: RedisPair, tmp_path_factory: pytest.TempPathFactory
) -> Site:
    folder = tmp_path_factory.mktemp("storm")
    own = {
        "DATA": str(folder / "data"),
        "REDIS_CACHE_URL": pair.cache_url,
        "REDIS_STATE_URL": pair.state_url,
        "RATE_LIMITS": "on",
    }
    if request.param == "mariadb":
        own["DATABASE_URL"] = request.getfixturevalue("mariadb").create("storm")
    pair.empty()
    site = new_site(folder, children.free_port(), own)
    migrate(site.app)
    return site


def test_a_thousand_clients_of_one_address_come_in_and_watch(storm_site: Site) -> None:
    """All at once, with cold caches, and as few files as a user has by default."""
    with storm_site.app.app_context():
        people = [make_user() for _ in range(CLIENTS // SOCKETS_PER_USER)]
        post = make_post(people[0])
        tokens = [token_of(storm_site, person) for person in people] * SOCKETS_PER_USER
        cache.client.flushdb()
    with realtime_process(storm_site, files=512) as server:
        sockets: list[websocket.WebSocket] = []

        def come(token: str) -> bool:
            """Each to its end, for who leaves a ping unanswered is taken for gone."""
            socket = _knock(server, storm_site, token)
            sockets.append(socket)
            assert _heard(socket).startswith("40{")
            socket.send(f'420["post.watch",{{"post_id":"{post.id}"}}]')
            return bool(json.loads(_heard(socket)[3:])[0]["ok"])

        try:
            with ThreadPoolExecutor(100) as pool:
                answers = list(pool.map(come, tokens))
        finally:
            for socket in sockets:
                with suppress(OSError):
                    socket.shutdown()
    assert answers == [True] * CLIENTS


def _knock(server: Realtime, site: Site, token: str) -> websocket.WebSocket:
    url = server.url.replace("http", "ws")
    address = f"{url}/socket.io/?EIO=4&transport=websocket"
    opened = websocket.create_connection(address, timeout=60, origin=site.url)
    assert opened.recv().startswith("0{")
    opened.send("40" + json.dumps({"token": token}))
    return opened


def _heard(socket: websocket.WebSocket) -> str:
    """The next message; the bus may say that it begins to listen, and a slow machine pings."""
    while (text := str(socket.recv())) in ('42["resync",{}]', "2"):
        if text == "2":
            socket.send("3")
    return text
