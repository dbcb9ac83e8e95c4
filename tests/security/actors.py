"""The people of the access matrix, and things of ann's that hardly anybody may see."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import Flask
from sqlalchemy import select, update

from pigeon.domain.clock import utc_now
from pigeon.extensions import db
from pigeon.models import CommentModel, MediaModel, PostModel
from pigeon.services.accounts import sessions
from pigeon.services.follows import follows
from pigeon.services.media import media
from pigeon.services.posts import changes
from pigeon.services.users import checks
from pigeon.unit_of_work import unit_of_work
from tests.factories import Person, make_follow, make_post, make_user
from tests.harness.clients import Client
from tests.harness.context import in_app
from tests.harness.environment import ROOT


@dataclass(frozen=True)
class Scene:
    """The application and ann, whose things are asked for."""

    app: Flask
    ann: Person
    client_for: Callable[[Person], Client]
    token_client: Callable[[Person], Client]

    def anonymous(self) -> Client:
        client: Any = self.app.test_client()
        return client

    def actor(self, name: str) -> Client:
        """The browser of somebody who stands to ann as the matrix calls it."""
        if name == "anonymous":
            return self.anonymous()
        if name == "author":
            return self.client_for(self.ann)
        return ACTORS[name](self, make_user())


def _with(change: Callable[[Person, Person], None]) -> Callable[[Scene, Person], Client]:
    def make(scene: Scene, person: Person) -> Client:
        change(person, scene.ann)
        return scene.client_for(person)

    return make


def _of_role(role: str) -> Callable[[Scene, Person], Client]:
    return lambda scene, _person: scene.client_for(make_user(role=role))


def _met(person: Person, ann: Person) -> None:
    make_follow(person, ann)
    make_follow(ann, person)


def _left(person: Person, ann: Person) -> None:
    make_follow(person, ann)
    follows.unfollow(ann.id, by=person.id)


def _ended(scene: Scene, person: Person) -> Client:
    client = scene.client_for(person)
    in_app(scene.app, _end_all, person.id)
    return client


def _end_all(user_id: int) -> None:
    for session in sessions.list_of(user_id, current=0):
        sessions.end_by_handle(user_id, session.handle)


def _withdrawn(scene: Scene, person: Person) -> Client:
    client = scene.client_for(person)
    assert client.api("DELETE", "/me", {"password": person.password})[0] == 202
    return client


ACTORS: dict[str, Callable[[Scene, Person], Client]] = {
    "stranger": _with(lambda _person, _ann: None),
    "follower": _with(make_follow),
    "former follower": _with(_left),
    "followee": _with(lambda person, ann: make_follow(ann, person)),
    "mutual": _with(_met),
    "moderator": _of_role("moderator"),
    "admin": _of_role("admin"),
    "personal token": lambda scene, person: scene.token_client(person),
    "ended session": _ended,
    "withdrawn": _withdrawn,
}


# -- what hardly anybody sees ----------------------------------------------------------------------

Values = dict[str, Any]


def _post_in(state: str) -> Callable[[Scene], Values]:
    def make(scene: Scene) -> Values:
        post = make_post(scene.ann, images=1, state=state)
        return _parts_of(post.id)

    return make


def _withdrawn_post(scene: Scene) -> Values:
    values = _parts_of(make_post(scene.ann, images=1).id)
    changes.remove(values["post_id"], by=scene.ann.id)
    return values


def _withdrawn_person(scene: Scene) -> Values:
    gone = make_user()
    values = _parts_of(make_post(gone, images=1).id) | {"username": gone.username}
    _withdrawn(scene, gone)
    return values


def _picture_of_an_unknown_kind(scene: Scene) -> Values:
    post = make_post(scene.ann, images=1)
    name = _parts_of(post.id)["name"]
    with unit_of_work():
        ours = MediaModel.post_id == post.id
        db.session.execute(update(MediaModel).where(ours).values(kind="message", post_id=None))
    return {"name": name}


TARGETS: dict[str, Callable[[Scene], Values]] = {
    "processing post": _post_in("processing"),
    "failed post": _post_in("failed"),
    "withdrawn post": _withdrawn_post,
    "withdrawn person": _withdrawn_person,
    "picture of an unknown kind": _picture_of_an_unknown_kind,
}
NOBODYS = {
    "username": "nobody_at_all",
    "post_id": 999_999,
    "comment_id": 999_999,
    "name": f"{'0' * 32}-thumb.webp",
}


def _parts_of(post_id: int) -> Values:
    """The post, a comment of its author's on it, and the stored name of its picture."""
    author_id = db.session.scalar(select(PostModel.author_id).where(PostModel.id == post_id))
    name = db.session.scalar(select(MediaModel.name).where(MediaModel.post_id == post_id))
    with unit_of_work():
        comment = CommentModel(
            post_id=post_id, author_id=author_id, text="hm", created_at=utc_now()
        )
        db.session.add(comment)
        db.session.flush()
        comment_id = comment.id
    full = media.object_name(str(name), "thumb", "image/webp")
    return {"post_id": post_id, "comment_id": comment_id, "name": full}


# -- what is not there yet -------------------------------------------------------------------------


def exists(what: str) -> bool:
    """Whether a `table`, `column`, `choice` or `state` is there by now."""
    kind, _, name = what.partition(" ")
    return _EXISTS[kind](name)


def _has_column(name: str) -> bool:
    table, _, column = name.partition(".")
    return table in db.metadata.tables and column in db.metadata.tables[table].columns


def _is_spelled(state: str) -> bool:
    spelled = re.compile(rf"[\"'`]{state}[\"'`]")
    return any(spelled.search(path.read_text()) for path in (ROOT / "pigeon").rglob("*.py"))


_EXISTS: dict[str, Callable[[str], bool]] = {
    "table": lambda name: name in db.metadata.tables,
    "column": _has_column,
    "choice": lambda name: True in checks.CHOICES.get(name, (True,)),
    "state": _is_spelled,
}
