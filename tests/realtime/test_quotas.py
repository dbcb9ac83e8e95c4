"""What one socket and one person may send: over it the socket is closed, or the answer is cheap."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from contextlib import closing, suppress
from http.client import HTTPConnection
from itertools import islice
from typing import Any

import psutil
import pytest
import requests
import websocket

from tests.factories import Person, make_post, make_user
from tests.harness.sites import Site
from tests.harness.sockets import Realtime, Socket, realtime_process, token_of

pytestmark = [pytest.mark.processes, pytest.mark.xdist_group("sockets")]

FLOOD = 3_000


@pytest.fixture(scope="module")
def servers(sockets_site: Site) -> Iterator[list[Realtime]]:
    """Two more on the same stores, with limits."""
    with (
        realtime_process(sockets_site, RATE_LIMITS="on") as first,
        realtime_process(sockets_site, RATE_LIMITS="on") as second,
    ):
        yield [first, second]


@pytest.fixture
def other(sockets_site: Site) -> Person:
    with sockets_site.app.app_context():
        return make_user()


class Wire:
    """A connection by hand: it sends as fast as the server takes it, and reads later."""

    def __init__(self, site: Site, server: Realtime, person: Person) -> None:
        url = server.url.replace("http", "ws")
        self.ws = websocket.create_connection(
            f"{url}/socket.io/?EIO=4&transport=websocket", timeout=20, origin=site.url
        )
        self.ws.recv()
        self.ws.send("40" + json.dumps({"token": token_of(site, person)}))
        while not (text := str(self.ws.recv())).startswith("40{"):
            assert text == '42["resync",{}]', "said to everybody, also to who is just let in"

    def send(self, texts: list[str]) -> None:
        with suppress(OSError, websocket.WebSocketException):
            for text in texts:
                self.ws.send(text)

    def texts(self) -> Iterator[str]:
        """What comes until the connection ends."""
        with suppress(OSError, websocket.WebSocketException):
            while text := str(self.ws.recv()):
                yield text

    def answers(self, count: int | None = None) -> list[Any]:
        """So many acknowledgements; all until the connection ends without a count."""
        acks = (text for text in self.texts() if text.startswith("43"))
        return [json.loads(text[text.index("[") :])[0] for text in islice(acks, count)]

    def close(self) -> None:
        self.ws.shutdown()


@pytest.fixture
def wire(sockets_site: Site) -> Iterator[Any]:
    opened: list[Wire] = []

    def make(server: Realtime, person: Person) -> Wire:
        opened.append(Wire(sockets_site, server, person))
        return opened[-1]

    yield make
    for each in opened:
        each.close()


def assert_ended(wire: Wire) -> None:
    with pytest.raises((OSError, websocket.WebSocketConnectionClosedException)):
        for _ in range(100):
            wire.ws.send("3")
            time.sleep(0.01)


def codes(answers: list[Any]) -> list[str]:
    return ["ok" if answer["ok"] else answer["error"]["code"] for answer in answers]


def paced(count: int, per_s: float = 45) -> Iterator[int]:
    """What a busy moment held up is not made up for: all at once it would be a flood."""
    due = 0.0
    for number in range(count):
        time.sleep(max(0.0, due - time.monotonic()))
        due = time.monotonic() + 1 / per_s
        yield number


# -- a socket --------------------------------------------------------------------------------------


def test_fifty_events_at_once_are_answered(ann: Person, servers: list[Realtime], wire: Any) -> None:
    mine = wire(servers[0], ann)
    mine.send([f'42{number}["post.unwatch",{{"post_id":"1"}}]' for number in range(50)])
    assert codes(mine.answers(50)) == ["ok"] * 50


FLOODS = {
    "unknown": '42{n}["nothing",{{}}]',
    "known": '42{n}["post.watch",{{"post_id":"1"}}]',
    "bad-payload": '42{n}["post.watch",[1,2,3],"x"]',
    "acks": "43{n}[]",
    "pings": "2",
    "pongs": "3",
    "other-namespaces": '42/nothing,{n}["x"]',
    "engine-noops": "6",
}


@pytest.mark.parametrize("kind", FLOODS)
def test_a_flood_of_anything_closes_the_socket_after_about_fifty(
    ann: Person, servers: list[Realtime], wire: Any, kind: str
) -> None:
    mine = wire(servers[0], ann)
    mine.send([FLOODS[kind].format(n=number) for number in range(FLOOD)])
    assert len(mine.answers()) < 100
    assert_ended(mine)


def test_attachments_count_as_well(ann: Person, servers: list[Realtime], wire: Any) -> None:
    mine = wire(servers[0], ann)
    with suppress(OSError, websocket.WebSocketException):
        for _ in range(FLOOD):
            mine.ws.send('451-["nothing",{"_placeholder":true,"num":0}]')
            mine.ws.send_binary(b"x")
    assert len(mine.answers()) < 60
    assert_ended(mine)


def test_a_flood_delays_nobody_else(
    ann: Person, other: Person, servers: list[Realtime], wire: Any, sockets_site: Site
) -> None:
    """Against the same process a moment before; unlimited it stood still for seconds."""
    quiet = Socket(sockets_site, servers[0], token=token_of(sockets_site, other))

    def slowest(during: list[str]) -> float:
        times = []
        for _ in range(10):
            loud = wire(servers[0], ann) if during else None
            if loud:
                loud.send(during)
            began = time.perf_counter()
            assert requests.get(f"{servers[0].url}/healthz", timeout=30).status_code == 200
            assert quiet.client.call("nothing", {}, timeout=30)["ok"] is False
            times.append(time.perf_counter() - began)
        return sorted(times)[len(times) // 2]

    try:
        alone = slowest([])
        flooded = slowest([f'42{number}["nothing",{{}}]' for number in range(FLOOD)])
    finally:
        quiet.close()
    assert flooded < 10 * alone


def test_large_events_cost_little_before_they_are_cut_off(
    ann: Person, servers: list[Realtime], wire: Any, sockets_site: Site
) -> None:
    """3,000 of 50 KB: no more processor time than fifty honest ones of that size, and some."""
    (pid,) = [child.pid for child in psutil.Process(servers[0].process.pid).children()]

    def cpu_s() -> float:
        return sum(psutil.Process(pid).cpu_times()[:2])

    text = '42{n}["nothing",{{"x":"' + "x" * 50_000 + '"}}]'
    honest = wire(servers[0], ann)
    before = cpu_s()
    for number in paced(40):
        honest.send([text.format(n=number)])
    assert len(honest.answers(40)) == 40
    per_event = (cpu_s() - before) / 40
    flood = wire(servers[0], ann)
    before = cpu_s()
    flood.send([text.format(n=number) for number in range(FLOOD)])
    assert len(flood.answers()) < 100
    assert cpu_s() - before < 150 * max(per_event, 0.001)


# -- a person --------------------------------------------------------------------------------------


def test_a_hundred_events_a_minute_are_a_persons_on_all_sockets_and_processes(
    ann: Person, other: Person, servers: list[Realtime], wire: Any
) -> None:
    mine = [wire(server, ann) for server in servers * 2]
    said: list[str] = []
    for number in paced(130):
        each = mine[number % 4]
        each.send([f'42{number}["nothing",{{}}]'])
        said += codes(each.answers(1))
    assert said[:100] == ["not_found"] * 100
    assert 0 <= said.index("rate_limited") - 100 <= 10
    assert said[-10:] == ["rate_limited"] * 10
    mine[0].send(['427["nothing",{}]'])
    (refused,) = mine[0].answers(1)
    assert set(refused["error"]) == {"code", "message", "fields", "retry_after"}
    assert refused["error"]["message"] and 0 < refused["error"]["retry_after"] <= 61
    mine[0].send(['428["post.unwatch",{"post_id":"1"}]'])
    assert codes(mine[0].answers(1)) == ["ok"], "what has a rate of its own goes on"
    theirs = wire(servers[0], other)
    theirs.send(['421["nothing",{}]'])
    assert codes(theirs.answers(1)) == ["not_found"]


def test_spelling_an_event_in_another_way_does_not_escape_the_count(
    ann: Person, servers: list[Realtime], wire: Any
) -> None:
    mine = wire(servers[0], ann)
    spellings = ('[ "nothing"]', '["noth\\u0069ng"]', '\t["nothing",{}]', '["nothing" ]')
    for number in paced(120):
        mine.send([f"42{number}{spellings[number % 4]}"])
    mine.send(['42999["nothing",{}]', '421000["post.unwatch",{"post_id":"1"}]'])
    said: list[str] = []
    while said[-1:] != ["ok"]:
        said += codes(mine.answers(1))
    assert said[-2] == "rate_limited" and said.count("not_found") <= 110


def test_watching_has_three_hundred_of_its_own(
    ann: Person, servers: list[Realtime], wire: Any, sockets_site: Site
) -> None:
    mine = wire(servers[0], ann)
    for number in paced(301):
        mine.send([f'42{number}["post.unwatch",{{"post_id":"1"}}]'])
    assert codes(mine.answers(301)) == ["ok"] * 300 + ["rate_limited"]
    with sockets_site.app.app_context():
        post = make_post(ann)
    mine.send([f'421["post.watch",{{"post_id":"{post.id}"}}]'])
    assert codes(mine.answers(1)) == ["ok"]


# -- connecting ------------------------------------------------------------------------------------


def test_one_connection_asks_to_be_let_in_a_few_times_only(
    servers: list[Realtime], ann: Person, wire: Any
) -> None:
    mine = wire(servers[0], ann)
    mine.send(["41", *['40{"token":"wrong"}'] * 20])
    assert sum(text.startswith("44") for text in mine.texts()) < 6


def test_an_address_is_refused_in_good_order_after_many_handshakes(sockets_site: Site) -> None:
    with realtime_process(sockets_site, RATE_LIMITS="on", TRUSTED_PROXIES="1") as server:
        school = _handshakes(server, "192.0.2.1", 20_000)
        home = _handshakes(server, "192.0.2.2", 1)
    assert school[:1_500] == [400] * 1_500 and school[-1] == 429
    assert home == [400]


def _handshakes(server: Realtime, address: str, most: int) -> list[int]:
    """Complete, but from a page of others: each costs an answer and no connection.

    Until one is refused: meanwhile others are allowed again, the more the slower the machine is.
    """
    headers = {
        "Connection": "Upgrade",
        "Upgrade": "websocket",
        "Sec-WebSocket-Version": "13",
        "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
        "Origin": "https://evil.example",
        "X-Forwarded-For": address,
    }
    statuses: list[int] = []
    with closing(HTTPConnection(server.url.removeprefix("http://"), timeout=60)) as http:
        while len(statuses) < most and 429 not in statuses[-1:]:
            http.request("GET", "/socket.io/?EIO=4&transport=websocket", headers=headers)
            with http.getresponse() as answer:
                answer.read()
                statuses.append(answer.status)
    return statuses
