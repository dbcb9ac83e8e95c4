"""Leases of people and posts follow the sockets of two real processes."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import pytest
import socketio

from pigeon.realtime import connections, holding
from pigeon.realtime.connections import Connection
from pigeon.realtime.handlers import SOCKETS_PER_USER
from pigeon.realtime.holding import Holding
from pigeon.services import presence, watches
from pigeon.stores.leases import RENEW_S
from pigeon.stores.presence import LEFT_MS
from tests.factories import Person, make_post
from tests.harness import children
from tests.harness.sites import Site
from tests.harness.sockets import SERVERS, Socket, realtime_process, token_of

of_two_processes = [pytest.mark.processes, pytest.mark.xdist_group("sockets")]
SOON_S = RENEW_S / 2
"""Long before a lease would end by itself, or be renewed."""
GONE_S = LEFT_MS / 1_000 + SOON_S
"""Somebody who left may be loading their page again."""


@pytest.fixture
def inside(sockets_site: Site) -> Iterator[None]:
    with sockets_site.app.app_context():
        yield


def is_online(person: Person) -> bool:
    return presence.online_among([person.id]) == [person.id]


def is_watched(post_id: int) -> bool:
    return watches.watched_among([post_id]) == [post_id]


def stays_true(check: Any, *, for_s: float = 1.5) -> bool:
    until = time.monotonic() + for_s
    while time.monotonic() < until:
        if not check():
            return False
        time.sleep(0.1)
    return True


class TestTwoProcesses:
    pytestmark = of_two_processes

    def test_a_person_is_online_until_their_last_socket_anywhere_is_gone(
        self, sockets_site: Site, inside: None, ann: Person, connect: Any
    ) -> None:
        token = token_of(sockets_site, ann)
        first, second, third = (connect(server, token=token) for server in (1, 1, 2))
        assert is_online(ann)
        for gone in (first, second):
            gone.close()
            assert stays_true(lambda: is_online(ann))
        third.close()
        children.wait_until(lambda: not is_online(ann), timeout_s=GONE_S, what="offline")

    def test_a_post_is_watched_until_its_last_screen_anywhere_is_gone(
        self, sockets_site: Site, inside: None, ann: Person, connect: Any
    ) -> None:
        post_id = make_post(ann).id
        token = token_of(sockets_site, ann)
        leaving, staying = (connect(server, token=token) for server in SERVERS)
        payload = {"post_id": str(post_id)}
        for each in (leaving, staying):
            assert each.client.call("post.watch", payload, timeout=20)["ok"]
        assert is_watched(post_id)
        leaving.close()
        assert stays_true(lambda: is_watched(post_id))
        assert staying.client.call("post.unwatch", payload, timeout=20)["ok"]
        children.wait_until(lambda: not is_watched(post_id), timeout_s=SOON_S, what="unwatched")

    def test_a_process_that_stops_takes_its_leases_along(
        self, sockets_site: Site, inside: None, ann: Person, connect: Any
    ) -> None:
        token = token_of(sockets_site, ann)
        with realtime_process(sockets_site) as stopping:
            connect(stopping, token=token)
            staying = connect(1, token=token)
        assert stays_true(lambda: is_online(ann))
        staying.close()
        children.wait_until(lambda: not is_online(ann), timeout_s=GONE_S, what="offline")

    def test_sockets_of_a_person_are_counted_on_all_processes(
        self, sockets_site: Site, ann: Person, connect: Any
    ) -> None:
        token = token_of(sockets_site, ann)
        servers = [SERVERS[number % 2] for number in range(SOCKETS_PER_USER)]
        held = [connect(server, token=token) for server in servers]
        for server in SERVERS:
            with pytest.raises(socketio.exceptions.ConnectionError):
                connect(server, token=token)
        held[0].close()
        children.wait_until(
            lambda: is_let_in(connect, servers[1], token), timeout_s=SOON_S, what="room for one"
        )


def is_let_in(connect: Any, server: int, token: str) -> bool:
    try:
        found: Socket = connect(server, token=token)
    except socketio.exceptions.ConnectionError:
        return False
    return bool(found.client.connected)


# -- one process -----------------------------------------------------------------------------------


class SlowLeases:
    """Says what was stored; while it stores, `meanwhile` happens once."""

    def __init__(self) -> None:
        self.stored: dict[int, int] = {}
        self.meanwhile: Any = None

    def keep(self, counts: dict[int, int]) -> dict[int, int]:
        self.stored |= counts
        if self.meanwhile is not None:
            happens, self.meanwhile = self.meanwhile, None
            happens()
        return dict.fromkeys(counts, 0)


def test_what_comes_or_goes_while_a_lease_is_written_is_written_again() -> None:
    held, leases = {7: 1, 8: 1}, SlowLeases()
    kept = Holding(leases, held)  # type: ignore[arg-type]
    leases.meanwhile = lambda: held.pop(7)
    kept.renew()
    assert leases.stored == {7: 0, 8: 1}
    leases.meanwhile = lambda: held.update({7: 1})
    kept.note([7])
    kept.keep_noted()
    assert leases.stored == {7: 1, 8: 1}


@pytest.fixture
def nobody_here() -> Iterator[None]:
    yield
    for sid in list(connections.all_sessions()):
        connections.remove(sid)
    for kept in (holding.people, holding.posts):
        kept._noted.clear()


def test_sockets_are_counted_by_person_and_post(nobody_here: None) -> None:
    for sid, user_id in (("a", 1), ("b", 1), ("c", 2)):
        connections.add(sid, Connection(user_id=user_id, session_id=1, language="en"))
    assert dict(connections.people) == {1: 2, 2: 1}
    for sid in "abab":
        connections.watch(sid, 9, author_id=2)
    assert dict(connections.posts) == {9: 2}
    connections.unwatch("a", 9)
    connections.unwatch("a", 9)
    assert dict(connections.posts) == {9: 1}
    connections.remove("b")
    connections.remove("b")
    assert (dict(connections.people), dict(connections.posts)) == ({1: 1, 2: 1}, {})
