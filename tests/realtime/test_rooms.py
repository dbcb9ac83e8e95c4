"""Rooms are asked again when what somebody may see changes, on every process."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import requests
from flask import Flask
from sqlalchemy import update

from pigeon.cache import keys
from pigeon.domain.errors import NotFound
from pigeon.extensions import db, state
from pigeon.models import PostModel
from pigeon.realtime import bus, connections, handlers, holding, push, rooms
from pigeon.realtime.connections import Connection
from pigeon.realtime.rooms import Changed
from pigeon.services import access, watches
from pigeon.services.comments import changes as comments_changes
from pigeon.services.posts import cards as post_cards
from pigeon.services.posts import changes as posts_changes
from pigeon.stores.leases import RENEW_S
from pigeon.unit_of_work import unit_of_work
from tests.factories import Person, Posted, make_post, make_user
from tests.harness import children
from tests.harness.sites import Site
from tests.harness.sockets import SERVERS, Socket, token_of

of_two_processes = [pytest.mark.processes, pytest.mark.xdist_group("sockets")]
SOON_S = RENEW_S / 2


def withdraw(post: Posted) -> None:
    """The post is nobody's any more, and nobody hears of it: as a relation that changes will be."""
    with unit_of_work() as uow:
        uow.after_commit(lambda: post_cards.cards.evict(post.id))
        db.session.execute(
            update(PostModel).where(PostModel.id == post.id).values(state=access.posts.WITHDRAWN)
        )


def watch(who: Socket, *posts: Posted) -> None:
    for post in posts:
        assert who.client.call("post.watch", {"post_id": str(post.id)}, timeout=20)["ok"]


def wait_unwatched(post: Posted) -> None:
    children.wait_until(
        lambda: not watches.watched_among([post.id]), timeout_s=SOON_S, what="everybody is evicted"
    )


def hears_only(sockets: list[Socket], gone: Posted, there: Posted) -> None:
    """Of two posts that all of these watched; what is said last is heard last."""
    push.to_post("comment.created", {"id": "unheard"}, gone.id)
    push.to_post("comment.created", {"id": "heard"}, there.id)
    for each in sockets:
        children.wait_until(lambda each=each: each.heard["comment.created"], what="the comment")
        assert each.heard["comment.created"] == [{"id": "heard"}]


class TestTwoProcesses:
    pytestmark = of_two_processes

    @pytest.fixture
    def inside(self, sockets_site: Site) -> Iterator[None]:
        with sockets_site.app.app_context():
            yield

    @pytest.fixture
    def ben(self, inside: None) -> Person:
        return make_user()

    @pytest.fixture
    def bens(self, sockets_site: Site, ben: Person, connect: Any) -> list[Socket]:
        token = token_of(sockets_site, ben)
        return [connect(server, token=token) for server in SERVERS]

    @pytest.mark.parametrize("by", ["post", "author", "viewer", "gap"])
    def test_who_may_not_see_a_post_any_more_is_evicted(
        self, ann: Person, ben: Person, bens: list[Socket], by: str
    ) -> None:
        hidden, there = make_post(ann), make_post(make_user())
        for each in bens:
            watch(each, hidden, there)
        withdraw(hidden)
        if by == "gap":
            state.client.publish(keys.BUS_CHANNEL, bus.RESYNC)
        else:
            named: dict[str, Any] = {
                "post": {"post_ids": [hidden.id]},
                "author": {"user_ids": [ann.id]},
                "viewer": {"user_ids": [ben.id]},
            }
            push.recheck_rooms(**named[by])
        wait_unwatched(hidden)
        hears_only(bens, hidden, there)

    def test_who_may_see_it_stays(
        self, sockets_site: Site, ann: Person, inside: None, bens: list[Socket], connect: Any
    ) -> None:
        token = token_of(sockets_site, ann)
        mine = [connect(server, token=token) for server in SERVERS]
        unfinished, post = make_post(ann, state="processing", images=1), make_post(ann)
        for each in mine:
            watch(each, unfinished, post)
        for each in bens:
            watch(each, post)
        push.recheck_rooms(user_ids=[ann.id], post_ids=[post.id, unfinished.id])
        push.recheck_rooms(user_ids=[1, 2], post_ids=[])
        comments_changes.create(unfinished.id, by=ann.id, text="soon")
        comments_changes.create(post.id, by=ann.id, text="still")
        for each in mine:
            children.wait_until(
                lambda each=each: len(each.heard["comment.created"]) == 2, what="both"
            )
        for each in bens:
            children.wait_until(lambda each=each: each.heard["comment.created"], what="one")

    def test_nobody_watches_the_posts_of_a_person_who_left(
        self, sockets_site: Site, ann: Person, inside: None, bens: list[Socket]
    ) -> None:
        gone, there = make_post(ann), make_post(make_user())
        for each in bens:
            watch(each, gone, there)
        answer = requests.delete(
            f"{sockets_site.url}/api/v1/me",
            json={"password": ann.password},
            headers={"Authorization": f"Bearer {token_of(sockets_site, ann)}"},
            timeout=20,
        )
        assert answer.status_code == 202, answer.text
        wait_unwatched(gone)
        hears_only(bens, gone, there)

    def test_a_deleted_post_has_no_lease_any_more(
        self, ann: Person, inside: None, bens: list[Socket]
    ) -> None:
        post = make_post(ann)
        for each in bens:
            watch(each, post)
        posts_changes.remove(post.id, by=ann.id)
        wait_unwatched(post)

    @pytest.mark.parametrize(
        "message",
        [
            b'{"method":"rooms.recheck"}',
            b'{"method":"rooms.recheck","user_ids":7}',
            b'{"method":"rooms.recheck","post_ids":["x"]}',
            b'{"method":"rooms.recheck","post_ids":null,"more":1}',
        ],
    )
    def test_a_recheck_that_nobody_can_read_harms_nobody(
        self, ann: Person, inside: None, bens: list[Socket], message: bytes
    ) -> None:
        post = make_post(ann)
        for each in bens:
            watch(each, post)
        state.client.publish(keys.BUS_CHANNEL, message)
        comments_changes.create(post.id, by=ann.id, text="still")
        for each in bens:
            children.wait_until(lambda each=each: each.heard["comment.created"], what="one")


# -- one process -----------------------------------------------------------------------------------


class Server:
    def __init__(self) -> None:
        self.left: list[tuple[str, str]] = []

    def leave_room(self, sid: str, room: str, *, namespace: str) -> None:
        self.left.append((sid, room))


@pytest.fixture
def open_sockets(app: Flask) -> Iterator[Any]:
    """`open_sockets(person)` makes one; all are gone at the end."""

    def make(person: Person) -> str:
        sid = f"s{len(connections.all_sessions())}"
        connections.add(sid, Connection(user_id=person.id, session_id=1, language="en"))
        return sid

    yield make
    for sid in list(connections.all_sessions()):
        connections.remove(sid)
    holding.posts._noted.clear()


def test_the_policy_is_asked_once_for_a_person_and_a_post(
    open_sockets: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    ann, ben, cat = (make_user() for _ in range(3))
    gone, there = make_post(ann), make_post(ann)
    sids = {name: open_sockets(who) for name, who in (("b1", ben), ("b2", ben), ("c", cat))}
    for sid in sids.values():
        for post in (gone, there):
            connections.watch(sid, post.id, ann.id)
    withdraw(gone)
    asked: list[Any] = []
    answer = watches.watchable_among
    monkeypatch.setattr(
        watches, "watchable_among", lambda pairs: asked.append([*pairs]) or answer(pairs)
    )
    server = Server()
    rooms.evict(server, Changed(user_ids={ann.id}))
    assert len(asked) == 1 and len(asked[0]) == len(set(asked[0])) == 4
    assert sorted(server.left) == sorted((sid, f"post:{gone.id}") for sid in sids.values())
    assert dict(connections.posts) == {there.id: 3}
    rooms.evict(server, Changed(user_ids={10**9}, post_ids={gone.id}))
    assert len(asked) == 1


def test_a_recheck_that_fails_is_done_again(
    open_sockets: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    ann = make_user()
    post = make_post(ann)
    connections.watch(open_sockets(make_user()), post.id, ann.id)
    withdraw(post)
    server, rechecks, answer = Server(), rooms.Rechecks(), watches.watchable_among
    rechecks.add(Changed(post_ids={post.id}))
    monkeypatch.setattr(watches, "watchable_among", lambda _pairs: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        rechecks.check(server)
    monkeypatch.setattr(watches, "watchable_among", answer)
    rechecks.check(server)
    assert len(server.left) == 1


def test_a_change_between_the_answer_and_the_room_is_noticed(
    open_sockets: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    ann, ben = make_user(), make_user()
    post, server = make_post(ann), Server()
    sid = open_sockets(ben)

    def join(_room: str) -> None:
        withdraw(post)
        rooms.rechecks.add(Changed(post_ids={post.id}))

    monkeypatch.setattr(handlers, "join_room", join)
    monkeypatch.setattr(handlers, "_server", lambda: server)
    mine = connections.find(sid)
    assert mine is not None
    with pytest.raises(NotFound):
        handlers.watch(sid, mine, {"post_id": str(post.id)})
    assert server.left == [(sid, f"post:{post.id}")]
    assert not connections.posts
