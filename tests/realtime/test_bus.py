"""The bus comes back from anything: what follows is heard, and who missed something is told."""

from __future__ import annotations

import json
import os
import signal
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import pytest
import websocket
from sqlalchemy import delete

from pigeon.cache import keys
from pigeon.extensions import cache, db
from pigeon.models.users import SessionModel
from pigeon.realtime import bus, push
from tests.factories import Person, make_user
from tests.harness import children, redis_pair
from tests.harness.redis_pair import RedisPair
from tests.harness.sites import Site, new_site
from tests.harness.sockets import Realtime, Socket, realtime_process, token_of
from tests.harness.stage import migrate

pytestmark = [pytest.mark.processes, pytest.mark.xdist_group("bus")]

EVENT = "post.ready"


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RedisPair]:
    found = redis_pair.start(tmp_path_factory.mktemp("b"))
    yield found
    found.stop()


@pytest.fixture(scope="module")
def bare_site(pair: RedisPair, tmp_path_factory: pytest.TempPathFactory) -> Site:
    """Stores that nothing supervises, so that what is killed stays so until the test starts it."""
    folder = tmp_path_factory.mktemp("site")
    own = {
        "DATA": str(folder / "data"),
        "REDIS_CACHE_URL": pair.cache_url,
        "REDIS_STATE_URL": pair.state_url,
    }
    site = new_site(folder, children.free_port(), own)
    migrate(site.app)
    return site


@pytest.fixture(scope="module")
def servers(bare_site: Site) -> Iterator[list[Realtime]]:
    with realtime_process(bare_site) as first, realtime_process(bare_site) as second:
        yield [first, second]


@pytest.fixture(scope="module")
def dora(bare_site: Site) -> Person:
    with bare_site.app.app_context():
        return make_user()


@pytest.fixture
def hearing(bare_site: Site, servers: list[Realtime], dora: Person) -> Iterator[list[Socket]]:
    """A socket on each of the two, neither of which was told to look again."""
    token = token_of(bare_site, dora)
    found = [Socket(bare_site, server, token=token) for server in servers]
    time.sleep(0.5)  # a resync of the test before comes within that
    for each in found:
        each.heard.clear()
    yield found
    for each in found:
        each.close()


def state_pid(pair: RedisPair) -> int:
    return pair.processes["state"].pid


def listeners(pair: RedisPair) -> int:
    ((_, count),) = pair.state.pubsub_numsub(keys.BUS_CHANNEL)
    return int(count)


def numbers(who: Socket) -> list[int]:
    return [payload["n"] for payload in who.heard[EVENT]]


@contextmanager
def talking(site: Site, to: Person, numbers_said: list[int]) -> Iterator[None]:
    """Somebody who emits all the time, as a worker does."""
    is_over = threading.Event()

    def talk() -> None:
        with site.app.app_context():
            number = 0
            while not is_over.wait(0.01):
                number += 1
                push.to_user(EVENT, {"n": number}, to.id)
                numbers_said.append(number)

    thread = threading.Thread(target=talk)
    thread.start()
    try:
        yield
    finally:
        is_over.set()
        thread.join(30)


def stopped(pair: RedisPair) -> None:
    children.pause(state_pid(pair))
    time.sleep(2.0)
    os.kill(state_pid(pair), signal.SIGCONT)


def stopped_for_long(pair: RedisPair) -> None:
    children.pause(state_pid(pair))
    time.sleep(7.0)
    os.kill(state_pid(pair), signal.SIGCONT)


def killed_and_started(pair: RedisPair) -> None:
    os.kill(state_pid(pair), signal.SIGKILL)
    pair.processes["state"].wait()
    time.sleep(1.0)
    _start_again(pair)


def restarted(pair: RedisPair) -> None:
    children.stop(pair.processes["state"])
    _start_again(pair)


def _start_again(pair: RedisPair) -> None:
    folder = Path(pair.state_url.removeprefix("unix://")).parent.parent
    pair.processes["state"] = redis_pair.start_one("state", folder)


def subscribers_killed(pair: RedisPair) -> None:
    pair.state.execute_command("CLIENT", "KILL", "TYPE", "pubsub")


def paused(pair: RedisPair) -> None:
    pair.state.execute_command("CLIENT", "PAUSE", "2000")
    time.sleep(2.0)


FAULTS: list[Callable[[RedisPair], None]] = [
    stopped,
    stopped_for_long,
    killed_and_started,
    restarted,
    subscribers_killed,
    paused,
]


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.__name__)
def test_after_a_fault_under_load_everybody_is_told_and_hears_every_later_event(
    bare_site: Site,
    pair: RedisPair,
    dora: Person,
    hearing: list[Socket],
    fault: Callable[[RedisPair], None],
) -> None:
    said: list[int] = []
    with talking(bare_site, dora, said):
        children.wait_until(lambda: all(each.heard[EVENT] for each in hearing), what="the load")
        fault(pair)
        for each in hearing:
            children.wait_until(
                lambda each=each: each.heard["resync"], timeout_s=20, what="resync on each server"
            )
        children.wait_until(lambda: listeners(pair) == 2, what="both listeners")
        first = said[-1] + 2  # the one under way may be on either side
        children.wait_until(lambda: said[-1] >= first + 100, what="a hundred more")
    last = said[-1]
    for each in hearing:
        assert each.client.connected
        children.wait_until(lambda each=each: numbers(each)[-1] == last, what="the last event")
        later = [number for number in numbers(each) if number >= first]
        assert later == list(range(first, last + 1))


def test_what_was_lost_is_made_good_when_nobody_has_anything_more_to_say(
    bare_site: Site, pair: RedisPair, dora: Person, hearing: list[Socket]
) -> None:
    """The listeners notice nothing of two seconds: whoever could not publish has to say it."""
    with bare_site.app.app_context():
        push.to_user(EVENT, {"n": 1}, dora.id)
        children.pause(state_pid(pair))
        push.to_user(EVENT, {"n": 2}, dora.id)
        os.kill(state_pid(pair), signal.SIGCONT)
    for each in hearing:
        children.wait_until(lambda each=each: each.heard["resync"], what="resync")
        assert numbers(each)[:1] == [1]
        assert each.client.connected


def test_several_that_missed_something_make_one_resync(
    bare_site: Site, pair: RedisPair, hearing: list[Socket]
) -> None:
    for _ in range(20):
        pair.state.publish(keys.BUS_CHANNEL, '{"method":"resync"}')
    for each in hearing:
        children.wait_until(lambda each=each: each.heard["resync"], what="resync")
    time.sleep(0.5)
    assert all(len(each.heard["resync"]) <= 2 for each in hearing)


def test_what_nobody_can_read_on_the_bus_does_not_end_the_listening(
    bare_site: Site, pair: RedisPair, dora: Person, hearing: list[Socket]
) -> None:
    for message in (b"\xff", b"{", b"[]", b"7", b'{"method":"emit"}', b'{"method":"x"}'):
        pair.state.publish(keys.BUS_CHANNEL, message)
        pair.state.publish(keys.KICKS_CHANNEL, message)
    with bare_site.app.app_context():
        push.to_user(EVENT, {"n": 1}, dora.id)
    for each in hearing:
        children.wait_until(lambda each=each: numbers(each) == [1], what="the event")
        assert not each.heard["resync"]


def test_sessions_that_ended_while_nobody_listened_are_closed(
    bare_site: Site, pair: RedisPair, servers: list[Realtime]
) -> None:
    with bare_site.app.app_context():
        eve = make_user()
        token = token_of(bare_site, eve)
        theirs = [Socket(bare_site, server, token=token) for server in servers]
        db.session.execute(delete(SessionModel).where(SessionModel.user_id == eve.id))
        db.session.commit()
        cache.client.flushdb()
    subscribers_killed(pair)
    for each in theirs:
        assert each.closed.wait(20)
        each.close()


# -- a start ---------------------------------------------------------------------------------------


def test_a_process_listens_before_its_first_connection(
    bare_site: Site, pair: RedisPair, servers: list[Realtime]
) -> None:
    assert listeners(pair) == len(servers)
    with realtime_process(bare_site):
        children.wait_until(lambda: listeners(pair) == len(servers) + 1, what="the new one")


def test_who_connects_before_the_bus_is_there_is_told_when_it_is(
    bare_site: Site, pair: RedisPair, dora: Person
) -> None:
    token = token_of(bare_site, dora)
    children.stop(pair.processes["state"])
    with ExitStack() as stack:
        server = stack.enter_context(realtime_process(bare_site))
        early = Socket(bare_site, server, token=token)
        stack.callback(early.close)
        assert not early.heard["resync"]
        _start_again(pair)
        children.wait_until(lambda: early.heard["resync"], timeout_s=20, what="resync")
        with bare_site.app.app_context():
            push.to_user(EVENT, {"n": 1}, dora.id)
        children.wait_until(lambda: numbers(early) == [1], what="the event")


# -- who reads late --------------------------------------------------------------------------------


def test_who_reads_late_gets_every_frame_whole(
    bare_site: Site, pair: RedisPair, servers: list[Realtime], dora: Person
) -> None:
    """More than the system keeps for a connection: a frame in part would break what follows."""
    # After an outage, as of the test before, a process tries again up to five seconds later.
    children.wait_until(lambda: listeners(pair) == len(servers), what="both listeners")
    late = websocket.WebSocket()
    late.connect(
        f"{servers[0].url.replace('http', 'ws')}/socket.io/?EIO=4&transport=websocket",
        timeout=30,
        origin=bare_site.url,
        sockopt=[(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)],
    )
    late.recv()
    late.send("40" + json.dumps({"token": token_of(bare_site, dora)}))
    assert str(late.recv()).startswith("40{")
    with bare_site.app.app_context():
        for number in range(300):
            push.to_user(EVENT, {"n": number, "x": "x" * 30_000}, dora.id)
    time.sleep(0.5)
    frames: list[Any] = []
    while len(frames) < 300:
        frame = json.loads(str(late.recv())[2:])
        frames += [frame] if frame[0] == EVENT else []  # a resync of the test before may come
    late.shutdown()
    assert [payload["n"] for _, payload in frames] == list(range(300))
    assert all(len(payload["x"]) == 30_000 for _, payload in frames)


# -- a line that is half open ----------------------------------------------------------------------


def test_a_connection_that_says_nothing_is_given_up_within_seconds() -> None:
    """As behind a firewall that forgot it: no end is ever told."""
    assert 2 * bus.SILENT_S <= 5 and bus.LONGEST_WAIT_S <= 5
    with _mute_server() as (url, accepted):
        began = time.monotonic()
        connection = bus._subscribed(url)
        try:
            with pytest.raises(TimeoutError):
                bus._next(connection)
        finally:
            connection.close()
    assert accepted and time.monotonic() - began >= 2 * bus.SILENT_S


@contextmanager
def _mute_server() -> Iterator[tuple[str, list[Any]]]:
    """Confirms a subscription, then never says anything."""
    accepted: list[Any] = []
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            sock, _ = server.accept()
            accepted.append(sock)
            sock.recv(4096)
            for number, name in enumerate((keys.BUS_CHANNEL, keys.KICKS_CHANNEL), 1):
                confirmed = f"*3\r\n$9\r\nsubscribe\r\n${len(name)}\r\n{name}\r\n:{number}\r\n"
                sock.sendall(confirmed.encode())

        thread = threading.Thread(target=serve)
        thread.start()
        yield f"redis://127.0.0.1:{server.getsockname()[1]}", accepted
        thread.join(10)
        for sock in accepted:
            sock.close()
