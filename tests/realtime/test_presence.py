"""Who is there, as sockets on two processes hear it."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable, Iterator
from typing import Any

import psutil
import pytest

from pigeon.cache import keys
from pigeon.extensions import state
from pigeon.services import presence
from pigeon.services.follows import follows
from pigeon.services.messages import conversations, sending
from pigeon.services.messages.checks import Content
from pigeon.services.relations import blocks
from pigeon.services.users import suspensions, users
from pigeon.stores.presence import HIDDEN_MS, LEFT_MS
from tests.factories import Person, make_follow, make_user
from tests.harness import children
from tests.harness.sites import Site
from tests.harness.sockets import Socket, realtime_process, token_of

pytestmark = [pytest.mark.processes, pytest.mark.xdist_group("sockets")]
SOON_S = 3.0
GRACE_S = LEFT_MS / 1_000 + SOON_S


@pytest.fixture
def tokens(sockets_site: Site, inside: None) -> Callable[[Person], str]:
    known: dict[int, str] = {}

    def token(person: Person) -> str:
        if person.id not in known:
            known[person.id] = token_of(sockets_site, person)
        return known[person.id]

    return token


@pytest.fixture
def open_on(connect: Any, tokens: Callable[[Person], str]) -> Callable[..., Socket]:
    def open_socket(person: Person, server: Any = 1) -> Socket:
        opened: Socket = connect(server, token=tokens(person))
        return opened

    return open_socket


@pytest.fixture
def ann(inside: None) -> Person:
    return make_user()


@pytest.fixture
def ben(inside: None, ann: Person) -> Person:
    """Both follow each other."""
    ben = make_user()
    make_follow(ann, ben)
    make_follow(ben, ann)
    return ben


def call(who: Socket, event: str, **payload: Any) -> dict[str, Any]:
    answer: dict[str, Any] = who.client.call(event, payload, timeout=20)
    assert answer["ok"], answer
    return answer


def watch(who: Socket, *people: Person) -> list[str]:
    items = call(who, "presence.watch", usernames=[one.username for one in people])["items"]
    assert [item["username"] for item in items] == [one.username for one in people]
    return [item["status"] for item in items]


def heard(who: Socket) -> list[str]:
    return [item["status"] for item in who.heard["presence.changed"]]


def hears(who: Socket, *statuses: str, within_s: float = SOON_S) -> None:
    children.wait_until(
        lambda: heard(who) == [*statuses], timeout_s=within_s, what=f"{statuses}, not {heard(who)}"
    )


def hears_nothing_more(who: Socket, *, for_s: float = 1.0) -> None:
    before = heard(who)
    threading.Event().wait(for_s)
    assert heard(who) == before


class TestComingAndGoing:
    def test_a_watcher_hears_who_comes_and_who_is_gone_for_good(
        self, ann: Person, ben: Person, open_on: Callable[..., Socket]
    ) -> None:
        bens = open_on(ben, 2)
        assert watch(bens, ann) == ["offline"]
        anns = [open_on(ann, 1), open_on(ann, 2)]
        hears(bens, "available")
        anns[0].close()
        hears_nothing_more(bens, for_s=GRACE_S)
        anns[1].close()
        hears_nothing_more(bens)
        assert watch(bens, ann) == ["available"]
        hears(bens, "available", "offline", within_s=GRACE_S)
        shown = bens.heard["presence.changed"][-1]
        assert shown["last_active_at"] is not None

    def test_a_page_that_is_loaded_again_shows_nobody_as_offline(
        self, ann: Person, ben: Person, open_on: Callable[..., Socket]
    ) -> None:
        bens, anns = open_on(ben, 2), open_on(ann, 1)
        assert watch(bens, ann) == ["available"]
        for server in (2, 1, 2):
            call(anns, "presence.active", visible=False)
            anns.close()
            assert watch(bens, ann) == ["available"]
            threading.Event().wait(1.5)
            assert watch(bens, ann) == ["available"]
            anns = open_on(ann, server)
        assert heard(bens) == []

    def test_only_hidden_tabs_are_away(
        self, ann: Person, ben: Person, open_on: Callable[..., Socket]
    ) -> None:
        bens, anns = open_on(ben, 2), [open_on(ann, 1), open_on(ann, 2)]
        watch(bens, ann)
        call(anns[0], "presence.active", visible=False)
        hears_nothing_more(bens, for_s=HIDDEN_MS / 1_000 + SOON_S)
        call(anns[1], "presence.active", visible=False)
        hears(bens, "away", within_s=HIDDEN_MS / 1_000 + SOON_S)
        call(anns[0], "presence.active", visible=True)
        hears(bens, "away", "available")


class TestChosen:
    def test_busy_and_invisible_are_told_once_and_what_follows_is_quiet(
        self, ann: Person, ben: Person, open_on: Callable[..., Socket]
    ) -> None:
        bens, anns = open_on(ben, 2), open_on(ann, 1)
        watch(bens, ann)
        watch(anns, ann)
        assert call(anns, "presence.set", status="busy")["status"] == "busy"
        hears(bens, "busy")
        hears(anns, "busy")
        call(anns, "presence.set", status="invisible")
        hears(bens, "busy", "offline")
        frozen = bens.heard["presence.changed"][-1]["last_active_at"]
        assert frozen is not None
        more = open_on(ann, 2)
        call(more, "presence.active", visible=False)
        more.close()
        anns.close()
        hears_nothing_more(bens, for_s=GRACE_S)
        items = call(bens, "presence.watch", usernames=[ann.username])["items"]
        assert items == [{"username": ann.username, "status": "offline", "last_active_at": frozen}]
        anns = open_on(ann, 1)
        call(anns, "presence.set", status="available")
        hears(bens, "busy", "offline", "available")

    def test_a_status_that_there_is_not_is_refused(
        self, ann: Person, open_on: Callable[..., Socket]
    ) -> None:
        anns = open_on(ann)
        for payload in ({"status": "asleep"}, {"status": 7}, {}, {"status": "offline"}):
            answer = anns.client.call("presence.set", payload, timeout=20)
            assert (answer["error"]["code"], list(answer["error"]["fields"])) == (
                "invalid",
                ["status"],
            )


class TestWatching:
    def test_strangers_and_unknown_names_are_offline_in_the_order_asked(
        self, ann: Person, ben: Person, open_on: Callable[..., Socket]
    ) -> None:
        eve = make_user()
        anns, _bens, _eves = open_on(ann), open_on(ben, 2), open_on(eve, 2)
        names = ["nobody.here", eve.username, ben.username.upper(), ann.username, ben.username]
        items = call(anns, "presence.watch", usernames=names)["items"]
        assert [item["status"] for item in items] == [
            "offline",
            "offline",
            "available",
            "available",
            "available",
        ]
        assert items[0] == {"username": "nobody.here", "status": "offline", "last_active_at": None}

    def test_too_many_names_and_wrong_ones_are_refused(
        self, ann: Person, open_on: Callable[..., Socket]
    ) -> None:
        anns = open_on(ann)
        assert len(call(anns, "presence.watch", usernames=["x"] * 100)["items"]) == 100
        for names in (["x"] * 101, "x", [1], None, ["x" * 10_000]):
            answer = anns.client.call("presence.watch", {"usernames": names}, timeout=20)
            assert answer["error"]["code"] == "invalid"
            assert all(name.startswith("usernames") for name in answer["error"]["fields"])
        answer = anns.client.call("presence.active", {"visible": "yes"}, timeout=20)
        assert list(answer["error"]["fields"]) == ["visible"]

    def test_the_last_list_replaces_the_one_before(
        self, ann: Person, ben: Person, open_on: Callable[..., Socket]
    ) -> None:
        anns = open_on(ann)
        watch(anns, ben)
        call(anns, "presence.watch", usernames=[])
        open_on(ben, 2)
        hears_nothing_more(anns)
        assert heard(anns) == []


class TestWhoMayKnow:
    @pytest.fixture
    def both(
        self, ann: Person, ben: Person, open_on: Callable[..., Socket]
    ) -> Iterator[tuple[Socket, Socket]]:
        anns, bens = open_on(ann, 1), open_on(ben, 2)
        assert (watch(anns, ben), watch(bens, ann)) == (["available"], ["available"])
        yield anns, bens

    def test_unfollowing_ends_it_for_both_and_following_begins_it(
        self, ann: Person, ben: Person, both: tuple[Socket, Socket]
    ) -> None:
        follows.unfollow(ben.id, by=ann.id)
        for each in both:
            hears(each, "offline")
        presence.choose("busy", by=ann.id)
        hears_nothing_more(both[1])
        follows.follow(ben.id, by=ann.id)
        hears(both[0], "offline", "available")
        hears(both[1], "offline", "busy")

    def test_nobody_hears_of_somebody_behind_a_block(
        self, ann: Person, ben: Person, both: tuple[Socket, Socket]
    ) -> None:
        blocks.block(ben.id, by=ann.id)
        presence.choose("busy", by=ann.id)
        presence.choose("busy", by=ben.id)
        for each in both:
            hears(each, "offline")
            hears_nothing_more(each, for_s=0.5)

    def test_hiding_ends_it_in_both_directions(
        self, ann: Person, both: tuple[Socket, Socket]
    ) -> None:
        users.update_profile(ann.id, {"shows_activity": False})
        for each in both:
            hears(each, "offline")
        users.update_profile(ann.id, {"shows_activity": True})
        for each in both:
            hears(each, "offline", "available")

    def test_who_is_suspended_is_offline(self, ann: Person, both: tuple[Socket, Socket]) -> None:
        suspensions.suspend(ann.id)
        hears(both[1], "offline")
        assert both[0].closed.wait(10)

    def test_an_accepted_conversation_opens_it_and_a_request_does_not(
        self, open_on: Callable[..., Socket], inside: None
    ) -> None:
        cat, dan = make_user(), make_user()
        cats, dans = open_on(cat, 1), open_on(dan, 2)
        assert (watch(cats, dan), watch(dans, cat)) == (["offline"], ["offline"])
        _say(cat, dan)
        for each in (cats, dans):
            hears_nothing_more(each, for_s=0.5)
            assert heard(each) == []
        _say(dan, cat)
        for each in (cats, dans):
            hears(each, "available")
        conversations.delete(dan.username, by=cat.id)
        for each in (cats, dans):
            hears(each, "available", "offline")


def _say(sender: Person, to: Person) -> None:
    sending.send(to.username, Content(text="coo"), by=sender.id, client_msg_id=f"m{sender.id}")


class TestProcesses:
    def test_people_of_a_killed_process_are_offline_and_of_a_stopped_one_too_until_it_goes_on(
        self,
        sockets_site: Site,
        ann: Person,
        ben: Person,
        open_on: Callable[..., Socket],
    ) -> None:
        """Their lease is ended by hand: 45 s would be long for a test."""
        bens = open_on(ben, 2)
        with realtime_process(sockets_site) as other:
            open_on(ann, other)
            watch(bens, ann)
            name = _process_of(ann)
            worker = _worker_of(other.process.pid)
            children.pause(worker)
            state.client.delete(keys.PROCESS.key(name))
            hears(bens, "offline")
            os.kill(worker, signal.SIGCONT)
            hears(bens, "offline", "available", within_s=20)
            again = _process_of(ann)
            assert again != name
            os.killpg(other.process.pid, signal.SIGKILL)
            other.process.wait()
            hears_nothing_more(bens)
            state.client.delete(keys.PROCESS.key(again))
            hears(bens, "offline", "available", "offline")

    def test_an_emptied_redis_knows_everybody_again_soon(
        self, ann: Person, ben: Person, open_on: Callable[..., Socket]
    ) -> None:
        bens, _anns = open_on(ben, 2), open_on(ann, 1)
        watch(bens, ann)
        for name in state.client.scan_iter("{proc:*}"):
            state.client.delete(name)
        state.client.delete(keys.SHOWN.key(), keys.PROCESSES.key(), keys.HERE.key(ann.id))
        children.wait_until(
            lambda: presence.online_among([ann.id]) == [ann.id], timeout_s=20, what="known again"
        )
        assert watch(bens, ann) == ["available"]


def _process_of(person: Person) -> str:
    (field,) = state.client.hgetall(keys.HERE.key(person.id))
    return str(field.decode().partition("|")[0])


def _worker_of(master: int) -> int:
    (worker,) = psutil.Process(master).children()
    return int(worker.pid)
