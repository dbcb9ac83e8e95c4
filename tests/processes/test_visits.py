"""Who may keep a server waiting: places by address, counted on real sockets."""

from __future__ import annotations

import ipaddress
import re
import runpy
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, suppress
from functools import partial

import pytest

from pigeon.processes.peers import is_in, network_of
from pigeon.processes.visits import (
    HEAD,
    HEAD_BYTES,
    IDLE,
    Bounds,
    Patience,
    Visit,
    Visits,
)
from tests.harness.environment import ROOT

PROXIES = [ipaddress.ip_network("10.0.0.0/8")]
REFUSED = 30_000_000
BOUNDS = Bounds(waiting=2, idle=2, share=4, room=10)


@pytest.fixture
def visits() -> Visits:
    return Visits(BOUNDS, Patience(stall_s=0.1), partial(is_in, networks=PROXIES))


@pytest.fixture
def arrive(visits: Visits) -> Iterator[Callable[[str], Visit]]:
    """`arrive("192.0.2.1")` is a connection from there."""
    with ExitStack() as stack:

        def open_one(address: str) -> Visit:
            ours, theirs = socket.socketpair()
            stack.enter_context(closing(theirs))
            visit = visits.open(ours, (address, 1_000))
            stack.enter_context(closing(visit))
            return visit

        yield open_one


def ended(some: list[Visit]) -> list[int]:
    return [number for number, visit in enumerate(some) if visit.is_over]


def test_who_waited_longest_goes_first(visits: Visits, arrive: Callable[[str], Visit]) -> None:
    some = [arrive("192.0.2.1") for _ in range(4)]
    for number, expected in ((0, []), (1, []), (2, [0]), (3, [0, 1])):
        visits.wait(some[number], HEAD)
        assert ended(some) == expected
    visits.resume(some[2])  # a byte came
    visits.wait(some[2], HEAD)
    visits.wait(arrive("192.0.2.1"), HEAD)
    assert ended(some) == [0, 1, 3]


def test_other_addresses_and_trusted_proxies_are_not_counted(
    visits: Visits, arrive: Callable[[str], Visit]
) -> None:
    some = [arrive(f"192.0.2.{n}") for n in range(6)] + [arrive("10.0.0.1") for _ in range(9)]
    for visit in some:
        visits.wait(visit, HEAD)
    assert ended(some) == []


def test_one_address_has_a_share_of_all(visits: Visits, arrive: Callable[[str], Visit]) -> None:
    some = [arrive("2001:db8::1") for _ in range(BOUNDS.share)]
    some.append(arrive("2001:db8::ffff"))
    assert ended(some) == [4], "all are served: the newest is refused"
    visits.wait(some[1], IDLE)
    some.append(arrive("2001:db8::2"))
    assert ended(some) == [1, 4], "one that only waits for a next request goes before"
    assert not arrive("2001:db8:0:1::1").is_over, "another network"


def test_idle_ones_make_room_when_all_is_nearly_taken(
    visits: Visits, arrive: Callable[[str], Visit]
) -> None:
    some = [arrive(f"192.0.2.{n}") for n in range(9)]
    visits.wait(some[3], IDLE)
    visits.wait(some[5], IDLE)
    some.append(arrive("192.0.2.9"))
    assert ended(some) == [3]
    visits.end_idle()
    assert ended(some) == [3, 5]


def test_an_address_keeps_a_number_of_idle_connections(
    visits: Visits, arrive: Callable[[str], Visit]
) -> None:
    some = [arrive("192.0.2.1") for _ in range(3)]
    assert visits.may_idle(some[2])
    for visit in some[:2]:
        visits.wait(visit, IDLE)
    assert not visits.may_idle(some[2])


def test_a_place_is_free_when_its_visit_is_over(
    visits: Visits, arrive: Callable[[str], Visit]
) -> None:
    for _ in range(20):
        arrive("192.0.2.1").close()
    assert not visits._hosts
    silent = arrive("192.0.2.1")
    assert silent.recv(10) == b"" and silent.is_over and not silent.host.waiting


class CountedReads:
    """A socket, and how many bytes each read of it brought."""

    def __init__(self, sock: socket.socket) -> None:
        self._sock = sock
        self.reads: list[int] = []

    def __getattr__(self, name: str) -> object:
        return getattr(self._sock, name)

    def recv(self, size: int, flags: int = 0) -> bytes:
        data = self._sock.recv(size, flags)
        self.reads.append(len(data))
        return data


def refuse(visits: Visits, size: int) -> CountedReads:
    """Close a connection whose client sends a body that nobody has read."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        sender = socket.create_connection(server.getsockname())
        counted = CountedReads(server.accept()[0])

    def send() -> None:
        with closing(sender), suppress(OSError):
            sender.sendall(b"x" * size)

    thread = threading.Thread(target=send)
    thread.start()
    visit = visits.open(counted, ("192.0.2.1", 1_000))  # type: ignore[arg-type]
    visit.expect_body(lambda: size)
    visit.close()
    thread.join()
    return counted


def test_a_refused_body_is_passed_over_in_few_large_steps() -> None:
    counted = refuse(Visits(BOUNDS, Patience(), lambda _: False), REFUSED)
    assert sum(counted.reads) == REFUSED, "its sender comes to read the answer"
    assert len(counted.reads) < REFUSED / 128_000


def test_refused_bodies_of_one_address_share_one_pace() -> None:
    """Half a second has places for fifty reads, whoever they are for."""
    visits = Visits(Bounds(), Patience(linger_s=0.5), lambda _: False)
    found: list[CountedReads] = []
    threads = [
        threading.Thread(target=lambda: found.append(refuse(visits, 20 * REFUSED)))
        for _ in range(6)
    ]
    began = time.monotonic()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    lasted_s = time.monotonic() - began  # on a busy machine they begin one after the other
    assert sum(len(one.reads) for one in found) < 120 * max(1, lasted_s)


def test_a_head_has_an_end(visits: Visits) -> None:
    """Its parser keeps all of it, and reads it again and again."""
    visits.long_head = OverflowError
    ours, theirs = socket.socketpair()
    with closing(theirs), closing(visits.open(ours, ("192.0.2.1", 1_000))) as visit:
        received = 0
        with pytest.raises(OverflowError):
            while True:
                theirs.sendall(b"x" * 8_192)
                received += len(visit.recv(8_192))
        assert received <= HEAD_BYTES


def test_one_client_has_an_address_or_a_network() -> None:
    for address, network in (
        ("192.0.2.7", "192.0.2.7"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3::4", "2001:db8:1:2::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("odd", "odd"),
    ):
        assert network_of(address) == network
    assert is_in("::ffff:10.1.2.3", PROXIES) and not is_in("odd", PROXIES)


@pytest.mark.parametrize("role", ["web", "realtime"])
def test_unused_connections_are_kept_longer_than_what_stands_in_front_keeps_them(
    role: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else a proxy sends a request into a connection that is closed in that moment."""
    monkeypatch.setenv("PIGEON_ROLE", role)
    kept_s = runpy.run_path(str(ROOT / "gunicorn.conf.py"))["keepalive"]
    found = re.search(r"\skeepalive_timeout (\d+)s;", (ROOT / "nginx.conf").read_text())
    assert found and kept_s >= int(found[1]) + 10
