"""What sockets hear, and hear no more, when people part or meet: on every process."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import socketio
from flask import Flask
from flask_socketio import ConnectionRefusedError

from pigeon.cache import keys
from pigeon.extensions import state
from pigeon.jobs import timelines
from pigeon.realtime import connections, handlers, push, server
from pigeon.services.accounts import sessions
from pigeon.services.comments import changes as comments_changes
from pigeon.services.follows import follows, requests
from pigeon.services.likes import likes
from pigeon.services.relations import blocks, mutes
from pigeon.services.relations.apart import MUTED
from pigeon.services.users import suspensions, users
from tests.factories import Person, Posted, make_comment, make_follow, make_post, make_user
from tests.harness import children
from tests.harness.online import bring_online
from tests.harness.sites import Site
from tests.harness.sockets import SERVERS, Socket, token_of

SOON_S = 1.0
ENDED_S = 2.0


def watch(who: Socket, *posts: Posted) -> None:
    for post in posts:
        assert who.client.call("post.watch", {"post_id": str(post.id)}, timeout=20)["ok"]


def texts(who: Socket) -> list[str]:
    return [comment["text"] for comment in who.heard["comment.created"]]


class TestTwoProcesses:
    pytestmark = [pytest.mark.processes, pytest.mark.xdist_group("sockets")]

    @pytest.fixture(autouse=True)
    def inside(self, sockets_site: Site) -> Iterator[None]:
        with sockets_site.app.app_context():
            yield

    @pytest.fixture
    def ben(self, inside: None) -> Person:
        return make_user()

    @pytest.fixture
    def sockets_of(self, sockets_site: Site, connect: Any) -> Callable[[Person], list[Socket]]:
        """One on each process."""

        def make(person: Person) -> list[Socket]:
            token = token_of(sockets_site, person)
            return [connect(server, token=token) for server in SERVERS]

        return make

    def changes(self, ann: Person, ben: Person) -> dict[str, Callable[[], Any]]:
        return {
            "ann blocks": lambda: blocks.block(ben.id, by=ann.id),
            "ben blocks": lambda: blocks.block(ann.id, by=ben.id),
            "ann removes": lambda: follows.remove_follower(ben.id, by=ann.id),
            "ben unfollows": lambda: follows.unfollow(ann.id, by=ben.id),
            "ann is suspended": lambda: suspensions.suspend(ann.id),
        }

    @pytest.mark.parametrize(
        "change",
        ["ann blocks", "ben blocks", "ann removes", "ben unfollows", "ann is suspended"],
    )
    def test_who_lost_sight_of_a_post_is_evicted_within_a_second(
        self, ann: Person, ben: Person, sockets_of: Any, change: str
    ) -> None:
        make_follow(ben, ann)
        users.update_profile(ann.id, {"is_private": True})
        hidden, there = make_post(ann), make_post(make_user())
        bens = sockets_of(ben)
        for each in bens:
            watch(each, hidden, there)
        began = time.monotonic()
        self.changes(ann, ben)[change]()
        self._hears_no_more(bens, hidden, there, until=began + SOON_S)

    def test_who_does_not_follow_is_evicted_when_the_author_turns_private(
        self, ann: Person, ben: Person, sockets_of: Any
    ) -> None:
        cat = make_user()
        make_follow(cat, ann)
        hidden, there = make_post(ann), make_post(make_user())
        bens, cats = sockets_of(ben), sockets_of(cat)
        for each in (*bens, *cats):
            watch(each, hidden, there)
        users.update_profile(ann.id, {"is_private": True})
        self._hears_no_more(bens, hidden, there, until=time.monotonic() + SOON_S)
        comments_changes.create(hidden.id, by=ann.id, text="for followers")
        likes.set_liked(likes.POSTS, hidden.id, by=ann.id, on=True)
        for each in cats:
            children.wait_until(lambda each=each: "for followers" in texts(each), what="a comment")
            children.wait_until(lambda each=each: each.heard["post.liked"], what="a like")
        for each in bens:
            assert "for followers" not in texts(each) and not each.heard["post.liked"]

    @staticmethod
    def _hears_no_more(
        sockets: list[Socket], hidden: Posted, there: Posted, *, until: float
    ) -> None:
        """Frames of both posts are sent in turn, until only those of the one arrive."""
        number = 0
        while True:
            number += 1
            for post in (hidden, there):
                payload = {"text": f"{number} of {post.id}"}
                push.to_post("comment.created", payload, post.id)
            last = f"{number} of {there.id}"
            for each in sockets:
                children.wait_until(lambda each=each, last=last: last in texts(each), what=last)
            if not any(f"{number} of {hidden.id}" in texts(each) for each in sockets):
                break
            assert time.monotonic() < until, "they still hear of it"

    @pytest.mark.parametrize("blocker", ["author", "reader"])
    @pytest.mark.parametrize("kind", ["comment", "reply", "reply to their comment"])
    def test_a_comment_is_not_heard_across_a_block(
        self, ann: Person, ben: Person, sockets_of: Any, blocker: str, kind: str
    ) -> None:
        """On somebody else's post; both sides, both processes; others hear it."""
        cat, dan = make_user(), make_user()
        post = make_post(make_user())
        below_theirs, below = make_comment(post, cat), make_comment(post, dan)
        author = dan if kind == "reply to their comment" else cat
        by, whom = (cat.id, ben.id) if blocker == "author" else (ben.id, cat.id)
        blocks.block(whom, by=by)
        bens, others = sockets_of(ben), sockets_of(ann)
        for each in (*bens, *others):
            watch(each, post)
        parent = {"comment": None, "reply": below, "reply to their comment": below_theirs}[kind]
        if parent is None:
            comments_changes.create(post.id, by=author.id, text="hidden")
        else:
            make_comment(post, author, text="hidden", answers=parent)
        comments_changes.create(post.id, by=ann.id, text="for all")
        for each in (*bens, *others):
            children.wait_until(lambda each=each: "for all" in texts(each), what="the last")
        assert [texts(each) for each in others] == [["hidden", "for all"]] * 2
        assert [texts(each) for each in bens] == [["for all"]] * 2
        blocks.unblock(whom, by=by)
        comments_changes.create(post.id, by=cat.id, text="again")
        for each in bens:
            children.wait_until(lambda each=each: "again" in texts(each), what="after the block")

    @pytest.mark.parametrize(
        "message",
        [
            b'{"method":"emit.without"}',
            b'{"method":"emit.without","event":"x","data":{},"room":"r"}',
            b'{"method":"emit.without","event":"x","data":{},"room":"r","user_ids":7}',
            b'{"method":"emit.without","event":"x","data":{},"room":"r","user_ids":["x"]}',
            b'{"method":"emit.without","event":[],"data":{},"room":{},"user_ids":null}',
            b'{"method":["emit.without"]}',
        ],
    )
    def test_a_frame_that_nobody_can_read_harms_nobody(
        self, ann: Person, ben: Person, sockets_of: Any, message: bytes
    ) -> None:
        post = make_post(ann)
        bens = sockets_of(ben)
        time.sleep(0.3)  # a resync of the test before comes within that
        for each in bens:
            watch(each, post)
            each.heard.clear()
        state.client.publish(keys.BUS_CHANNEL, message)
        push.to_post("comment.created", {"text": "still"}, post.id, without=[10**9])
        for each in bens:
            children.wait_until(lambda each=each: texts(each) == ["still"], what="the next frame")
            assert not each.heard["resync"], "the listener went on"

    def test_ones_own_devices_hear_what_changed_and_nobody_else(
        self, ann: Person, ben: Person, sockets_of: Any
    ) -> None:
        make_follow(ben, ann)
        anns, bens = sockets_of(ann), sockets_of(ben)

        def told(change: Callable[[], Any]) -> tuple[set[str], set[str]]:
            """Whose name ann's and ben's devices hear, all of each the same."""
            for each in (*anns, *bens):
                each.heard.clear()
            change()
            push.to_users("post.ready", {"post_id": "last"}, [ann.id, ben.id])
            for each in (*anns, *bens):
                children.wait_until(lambda each=each: each.heard["post.ready"], what="the last")
            found = [
                {frame["username"] for frame in each.heard["relations.changed"]}
                for each in (*anns, *bens)
            ]
            assert found[0] == found[1] and found[2] == found[3]
            return found[0], found[2]

        for_ann, for_ben = ({ben.username}, set()), (set(), {ann.username})
        mute: dict[str, Any] = {"by": ann.id, "of": MUTED}
        assert told(lambda: mutes.set_muted(ben.id, on=True, **mute)) == for_ann
        assert told(lambda: mutes.set_muted(ben.id, on=False, **mute)) == for_ann
        assert told(lambda: follows.remove_follower(ben.id, by=ann.id)) == for_ann
        users.update_profile(ann.id, {"is_private": True})
        ask: Callable[[], None] = lambda: follows.follow(ann.id, by=ben.id)  # noqa: E731
        assert told(ask) == for_ben
        assert told(lambda: requests.decline(ben.id, by=ann.id)) == for_ann
        assert told(ask) == for_ben
        assert told(lambda: follows.unfollow(ann.id, by=ben.id)) == for_ben
        assert told(ask) == for_ben
        both = ({ben.username}, {ann.username})
        assert told(lambda: requests.approve(ben.id, by=ann.id)) == both
        assert told(lambda: blocks.block(ben.id, by=ann.id)) == for_ann
        assert told(lambda: blocks.unblock(ben.id, by=ann.id)) == for_ann

    def test_a_suspension_closes_sockets_everywhere(
        self, sockets_site: Site, ben: Person, ann: Person, sockets_of: Any, connect: Any
    ) -> None:
        """By the operator's command, within two seconds; a closed one does not come back."""
        token = token_of(sockets_site, ben)
        bens, anns = sockets_of(ben), sockets_of(ann)
        assert sockets_site.flask("users", "suspend", ben.username)
        for each in bens:
            assert each.closed.wait(ENDED_S)
        assert not any(each.closed.is_set() for each in anns)
        with pytest.raises(socketio.exceptions.ConnectionError):
            connect(1, token=token)
        assert sockets_site.flask("users", "unsuspend", ben.username)
        assert sockets_of(ben)[0].client.connected


# -- one process -----------------------------------------------------------------------------------


class NoServer:
    def disconnect(self, sid: str, *, ignore_queue: bool) -> None:
        raise AssertionError("there is no socket yet")


def test_a_session_that_ends_while_it_connects_gets_no_socket(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between the question who it is and the socket, the end of the session is heard."""
    ann = make_user("ann")
    found = sessions.find(sessions.create_token(ann.id))
    assert found is not None

    def join(_room: str) -> None:
        suspensions.suspend(ann.id)
        ended = {"user": ann.id, "sessions": [found.session_id]}
        server._kick(NoServer(), json.dumps(ended).encode())

    monkeypatch.setattr(handlers, "_sid", lambda: "s1")
    monkeypatch.setattr(handlers, "_who", lambda _auth: found)
    monkeypatch.setattr(handlers, "join_room", join)
    with pytest.raises(ConnectionRefusedError) as refusal:
        handlers.connect()
    assert refusal.value.error_args["data"] == {"code": "unauthenticated"}
    assert not connections.people and not connections.all_sessions()


# -- hints -----------------------------------------------------------------------------------------


def test_a_hint_goes_to_who_wants_posts_of_the_author(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who muted something else of theirs still hears it; none is spent on who does not."""
    ann = make_user("ann")
    people = {name: make_user(name) for name in ("fan", "muter", "quiet", "blocker", "away")}
    for name, of in (("muter", ["posts"]), ("quiet", ["stories", "chat"])):
        mutes.set_muted(ann.id, by=people[name].id, of=of, on=True)
    blocks.block(ann.id, by=people["blocker"].id)
    bring_online([person.id for name, person in people.items() if name != "away"])
    told: list[Any] = []
    monkeypatch.setattr(push, "to_users", lambda *frame: told.append(frame))
    timelines._hint([person.id for person in people.values()], ann.id, 7, "ann")
    payload = {"post_id": "7", "username": "ann"}
    assert told == [("timeline.new", payload, [people["fan"].id, people["quiet"].id])]
    mutes.set_muted(ann.id, by=people["muter"].id, of=["posts"], on=False)
    timelines._hint([people["muter"].id], ann.id, 7, "ann")
    assert told[-1:] == [("timeline.new", payload, [people["muter"].id])]
