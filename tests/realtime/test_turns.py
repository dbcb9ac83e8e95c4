"""Events of one socket are handled and acknowledged in the order sent; no other one waits."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from pigeon.realtime.turns import CHARACTERS, MESSAGES, Line, Turns
from pigeon.services.comments import changes as comments_changes
from tests.factories import Person, make_post
from tests.harness import children
from tests.harness.sites import Site
from tests.harness.sockets import SERVERS, Realtime, Socket, realtime_process, token_of

pytestmark = [pytest.mark.processes, pytest.mark.xdist_group("sockets")]

PAIRS = 20
SLOW = "tests.realtime.slow_handlers:app"


def say(who: Socket, event: str, payload: dict[str, Any], told: list[Any], name: Any) -> None:
    who.client.emit(event, payload, callback=lambda answer: told.append((name, answer)))


def test_pairs_of_watch_and_unwatch_end_unwatched_and_are_acknowledged_in_order(
    sockets_site: Site, ann: Person, connect: Any
) -> None:
    with sockets_site.app.app_context():
        post = make_post(ann)
        token = token_of(sockets_site, ann)
        pairing = [connect(server, token=token) for server in SERVERS * 6]
        staying = [connect(server, token=token) for server in SERVERS]
        payload = {"post_id": str(post.id)}
        for each in staying:
            assert each.client.call("post.watch", payload, timeout=20)["ok"]
        told: list[list[Any]] = [[] for _ in pairing]
        for number in range(PAIRS):
            for each, answers in zip(pairing, told, strict=True):
                say(each, "post.watch", payload, answers, 2 * number)
                say(each, "post.unwatch", payload, answers, 2 * number + 1)
        for answers in told:
            children.wait_until(lambda answers=answers: len(answers) == 2 * PAIRS, what="answers")
            assert [name for name, _ in answers] == list(range(2 * PAIRS))
            assert all(answer["ok"] for _, answer in answers)
        comments_changes.create(post.id, by=ann.id, text="who watches?")
        for each in staying:
            children.wait_until(lambda each=each: each.heard["comment.created"], what="the comment")
        for each in pairing:  # asked after it: an answer would come behind the comment
            assert each.client.call("post.unwatch", payload, timeout=20)["ok"]
            assert not each.heard["comment.created"]


@pytest.fixture(scope="module")
def slow(sockets_site: Site) -> Iterator[Realtime]:
    with realtime_process(sockets_site, SLOW) as found:
        yield found


def test_a_slow_handler_holds_its_own_socket_and_no_other(
    sockets_site: Site, ann: Person, connect: Any, slow: Realtime, tmp_path: Path
) -> None:
    token = token_of(sockets_site, ann)
    held, other = connect(slow, token=token), connect(slow, token=token)
    told: list[Any] = []
    say(held, "test.wait", {"file": str(tmp_path / "go")}, told, "slow")
    say(held, "post.unwatch", {"post_id": "1"}, told, "quick")
    children.wait_until((tmp_path / "go.begun").exists, what="the slow handler")
    for _ in range(10):
        assert other.client.call("post.unwatch", {"post_id": "1"}, timeout=20)["ok"]
    assert told == []
    (tmp_path / "go").touch()
    children.wait_until(lambda: len(told) == 2, what="both answers")
    assert told == [("slow", {"ok": True}), ("quick", {"ok": True})]


def test_a_slow_handler_does_not_hinder_the_end_of_its_connection(
    sockets_site: Site, ann: Person, connect: Any, slow: Realtime, tmp_path: Path
) -> None:
    """What it does afterwards touches no room, and what waited behind it does not happen."""
    token = token_of(sockets_site, ann)
    leaving, staying = connect(slow, token=token), connect(slow, token=token)
    later = {"file": str(tmp_path / "later")}
    leaving.client.emit("test.room", {"file": str(tmp_path / "go")})
    leaving.client.emit("test.wait", later)
    children.wait_until((tmp_path / "go.begun").exists, what="the slow handler")
    leaving.close()
    assert staying.client.call("test.count", {}, timeout=20)["sockets"] >= 1
    (tmp_path / "go").touch()
    children.wait_until((tmp_path / "go.done").exists, what="its end")

    def counted() -> dict[str, Any]:
        found: dict[str, Any] = staying.client.call("test.count", {}, timeout=20)
        return found

    children.wait_until(lambda: counted()["sockets"] == 1, what="the end of the connection")
    assert counted()["inside"] == 0
    assert not (tmp_path / "later.begun").exists()


def test_who_sends_on_and_on_behind_a_slow_handler_is_closed(
    sockets_site: Site, ann: Person, connect: Any, slow: Realtime, tmp_path: Path
) -> None:
    loud = connect(slow, token=token_of(sockets_site, ann))
    loud.client.emit("test.wait", {"file": str(tmp_path / "go")})
    children.wait_until((tmp_path / "go.begun").exists, what="the slow handler")
    for _ in range(MESSAGES + 1):
        if not loud.closed.is_set():
            loud.client.emit("post.unwatch", {"post_id": "1"})
    assert loud.closed.wait(30)
    (tmp_path / "go").touch()


# -- a line by itself ------------------------------------------------------------------------------


class Recorder:
    """Turns whose handler waits until it is told to go on."""

    def __init__(self) -> None:
        self.done: list[object] = []
        self.goes_on = threading.Event()
        self.threads: list[threading.Thread] = []
        self.turns = Turns(handle=self._handle, leave=self._leave, spawn=self._spawn)

    def _spawn(self, call: Any, *arguments: Any) -> None:
        self.threads.append(threading.Thread(target=call, args=arguments))
        self.threads[-1].start()

    def _handle(self, _sid: str, _line: Line, message: object) -> None:
        self.goes_on.wait(30)
        self.done.append(message)

    def _leave(self, sid: str, reason: str) -> None:
        self.done.append((sid, reason))

    def go_on(self) -> list[object]:
        self.goes_on.set()
        for thread in self.threads:
            thread.join(30)
        return self.done


def test_what_waits_is_bounded_by_its_length_too() -> None:
    recorder = Recorder()
    assert recorder.turns.add("a", "first")
    piece = "x" * (CHARACTERS // 4)
    taken = [recorder.turns.add("a", piece) for _ in range(7)]
    assert taken[:4] == [True] * 4 and taken[-1] is False
    assert recorder.turns.add("b", "another socket's")
    assert len(recorder.go_on()) == 1 + sum(taken) + 1


def test_the_end_comes_after_the_message_at_work_and_drops_the_rest() -> None:
    recorder = Recorder()
    for message in ("at work", "dropped", "dropped"):
        assert recorder.turns.add("a", message)
    recorder.turns.end("a", "gone")
    assert recorder.done == []
    assert recorder.go_on() == ["at work", ("a", "gone")]


def test_the_end_of_an_idle_connection_comes_at_once() -> None:
    recorder = Recorder()
    recorder.turns.end("a", "gone")
    assert recorder.done == [("a", "gone")]
