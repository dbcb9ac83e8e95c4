"""Doors that are no routes: what a socket may ask, each kind of picture, and frames of a room.

`tests/authz_matrix.yml` has a row per event and per kind of picture; a new one without a row fails.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import Flask
from flask_socketio import SocketIO

from pigeon.extensions import cache
from pigeon.realtime import handlers, push
from pigeon.services import watches
from pigeon.services.media import owners
from pigeon.services.relations import blocks
from tests.factories import Person, make_comment, make_post, make_user
from tests.harness.clients import Client
from tests.harness.context import apart
from tests.security import actors
from tests.security.actors import Scene
from tests.security.matrix import ACTORS, MATRIX, WHO, ask, build, request_of

pytestmark = pytest.mark.no_second_look
MET = {"public": "all", "private": "header"}
"""What an actor meets of an account, where the matrix says nothing else."""


@pytest.fixture
def objects(app: Flask, client_for: Callable[[Person], Client]) -> dict[str, Any]:
    return build(app, client_for)


@pytest.fixture
def scene(
    app: Flask,
    objects: dict[str, Any],
    client_for: Callable[[Person], Client],
    token_client: Callable[[Person], Client],
) -> Scene:
    return Scene(app, objects["ann"], client_for, token_client)


@pytest.fixture
def sockets(app: Flask) -> Iterator[SocketIO]:
    """The handlers behind a plain server; what stands before them is tried elsewhere.

    What is pushed goes by the bus, as from every process that holds no sockets.
    """
    wsgi = app.wsgi_app
    found = SocketIO(app, async_mode="threading", manage_session=False)
    handlers.register(found)
    yield found
    app.extensions.pop("socketio")
    app.wsgi_app = wsgi  # type: ignore[method-assign]


def test_every_event_has_a_row_and_every_row_an_event() -> None:
    assert set(WHO["events"]) == set(handlers.EVENTS)
    assert {name for name, row in WHO["events"].items() if row["about"] == "nothing"} == {
        name for name, row in WHO["events"].items() if "because" in row
    }


def test_every_kind_of_picture_has_a_row_and_every_row_a_kind() -> None:
    assert set(WHO["media"]) == set(owners.OWNERS)


def sees(actor: str, account: str, what: str) -> bool:
    """Whether an actor sees the person (`username`), or a post, story or message of theirs."""
    if what == "message_id":
        return actor == "author"
    if what == "story_id" and WHO["actors"][actor]["reads_as"] == "anonymous":
        return False  # stories are for members
    met = WHO["actors"][actor].get(account, MET[account])
    return met == "all" or (met == "header" and what == "username")


@pytest.mark.parametrize("account", ["public", "private"])
def test_each_actor_asks_each_event_what_the_matrix_says(
    scene: Scene, objects: dict[str, Any], sockets: SocketIO, account: str
) -> None:
    scene.turn(is_private=account == "private")
    for actor in actors.ACTORS:
        client, relate = scene.start(actor)
        client = relate()
        for forgets in (lambda: None, cache.client.flushdb):
            forgets()
            found = _acknowledged(sockets, client, objects["values"])
            assert found == _expected(actor, account), (actor, account)


def _acknowledged(
    sockets: SocketIO, client: Client, values: dict[str, Any]
) -> dict[str, str] | None:
    """By event `ok` or why it was refused; None when the socket is not let in.

    What is not found must be answered as about what nobody has.
    """
    token = {"token": client.token} if client.token else None
    socket: Any = apart(
        sockets.test_client, client.application, flask_test_client=client, auth=token
    )
    if not socket.is_connected():
        return None
    done: dict[str, str] = {}
    for name, row in WHO["events"].items():
        about = row["about"] if row["about"] in values else "post_id"
        mine, nobodys = (
            apart(socket.emit, name, _payload(row, about, value), callback=True)
            for value in (values[about], actors.NOBODYS[about])
        )
        done[name] = "ok" if mine["ok"] else mine["error"]["code"]
        assert done[name] != "not_found" or mine == nobodys, (name, mine)
    apart(socket.disconnect)
    return done


def _payload(row: dict[str, Any], about: str, value: Any) -> dict[str, Any]:
    own = (
        {}
        if row["about"] == "nothing" and "payload" in row
        else {row.get("named", about): str(value)}
    )
    return row.get("payload", {}) | own


def _expected(actor: str, account: str) -> dict[str, str] | None:
    if WHO["actors"][actor]["reads_as"] == "anonymous":
        return None
    return {name: _answer(row, actor, account) for name, row in WHO["events"].items()}


def _answer(row: dict[str, Any], actor: str, account: str) -> str:
    if row["about"] == "nothing":
        return "ok"
    if not sees(actor, account, row["about"]):
        return "not_found"
    return str(row.get("author", "ok")) if actor == "author" else "ok"


@pytest.mark.parametrize("account", ["public", "private"])
def test_each_actor_fetches_each_kind_of_picture_as_the_matrix_says(
    scene: Scene, objects: dict[str, Any], account: str
) -> None:
    """What is not there for them is answered byte for byte as a name that nobody has."""
    scene.turn(is_private=account == "private")
    values = objects["values"]
    names = {"post": "name", "avatar": "avatar", "message": "message_picture"}
    names["story"] = "story_picture"
    names = {kind: values[name] for kind, name in names.items()}
    for actor in actors.ACTORS:
        client, relate = scene.start(actor)
        for name in names.values():
            _fetch(client, name)
        client = relate()
        for forgets in (lambda: None, cache.client.flushdb):
            forgets()
            nobodys = _fetch(client, actors.NOBODYS["name"])
            found = {kind: _fetch(client, name) for kind, name in names.items()}
            for kind, row in WHO["media"].items():
                case = (actor, account, kind)
                is_seen = sees(actor, account, row["with"])
                assert (found[kind][0] == 200) == is_seen, case
                assert is_seen or found[kind] == nobodys, case


@pytest.mark.parametrize("account", ["public", "private"])
def test_who_was_sent_a_picture_sees_it_as_long_as_they_meet_who_sent_it(
    scene: Scene, objects: dict[str, Any], account: str
) -> None:
    scene.turn(is_private=account == "private")
    for actor in actors.ACTORS:
        client, relate = scene.start(actor)
        name = scene.sent.get(actor)
        if name is None:
            continue  # nobody, or ann herself
        assert _fetch(client, name)[0] == 200, actor
        client = relate()
        is_member = WHO["actors"][actor]["reads_as"] == "other"
        for forgets in (lambda: None, cache.client.flushdb):
            forgets()
            found, nobodys = _fetch(client, name), _fetch(client, actors.NOBODYS["name"])
            is_seen = is_member and sees(actor, account, "username")
            assert (found[0] == 200) == is_seen, (actor, account)
            assert is_seen or found == nobodys, (actor, account)


def _fetch(client: Client, name: str) -> Any:
    route = "GET /media/<name>"
    assert len(MATRIX[route]["as"]) == len(ACTORS)
    return ask(client, request_of(route, MATRIX[route], {"name": name}, ""))


def test_a_comment_is_pushed_to_nobody_who_must_not_meet_its_authors(
    app: Flask, drain: Callable[[], int], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who wrote it, and the comment above it. Whom it names is left out when a block is theirs."""
    sent: list[tuple[set[int], int]] = []
    monkeypatch.setattr(
        push,
        "to_post",
        lambda event, payload, _to, without=(): (
            sent.append((set(without), len(payload["mentions"])))
            if event == "comment.created"
            else None
        ),
    )
    ann, ben, cid = (make_user(name) for name in ("ann", "ben", "cid"))
    away = {person.id: make_user() for person in (ann, ben, cid)}
    for person in (ann, ben, cid):
        blocks.block(person.id, by=away[person.id].id)
    post = make_post()
    watches.posts.renew([post.id])
    top = make_comment(post, ann)
    drain()
    make_comment(post, ben, text="@cid", answers=top)
    drain()
    assert sent == [({away[ann.id].id}, 0), ({away[ann.id].id, away[ben.id].id}, 0)]
