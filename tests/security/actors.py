"""The people of the access matrix, and things of ann's that hardly anybody may see."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from flask import Flask
from sqlalchemy import select, update

from pigeon.domain.clock import utc_now
from pigeon.extensions import db
from pigeon.models import CommentModel, MediaModel, PostModel
from pigeon.services.accounts import sessions
from pigeon.services.follows import follows, requests
from pigeon.services.media import media
from pigeon.services.messages import sending
from pigeon.services.posts import changes
from pigeon.services.relations import blocks, mutes
from pigeon.services.relations.apart import MUTED
from pigeon.services.stories import changes as story_changes
from pigeon.services.users import checks, suspensions, users
from pigeon.unit_of_work import unit_of_work
from tests.factories import Person, age_story, make_follow, make_post, make_user
from tests.factories.stories import fail_story
from tests.harness.clients import Client
from tests.harness.context import in_app
from tests.harness.environment import ROOT
from tests.security import matrix

Relate = Callable[[Person, Person], None]
"""How a person comes to stand to ann in a certain way; she is private meanwhile."""


@dataclass(frozen=True)
class Scene:
    """The application and ann, whose things are asked for."""

    app: Flask
    ann: Person
    client_for: Callable[[Person], Client]
    token_client: Callable[[Person], Client]
    sent: dict[str, str] = field(default_factory=dict)
    """By the name of an actor, the picture that ann has sent them."""

    def anonymous(self) -> Client:
        client: Any = self.app.test_client()
        return client

    def actor(self, name: str) -> Client:
        """The browser of somebody who stands to ann as the matrix calls it."""
        return self.start(name)[1]()

    def start(self, name: str) -> tuple[Client, Callable[[], Client]]:
        """A browser before somebody comes to stand so, and what makes it so: the browser then."""
        if name == "anonymous":
            return self._same(self.anonymous())
        if name == "author":
            return self._same(self.client_for(self.ann))
        if name in ROLES:
            return self._same(self.client_for(self._person(name, role=ROLES[name])))
        person = self._person(name)
        client = (self.token_client if name == "personal token" else self.client_for)(person)
        return client, lambda: self._relate(name, person, client)

    def _person(self, name: str, **details: Any) -> Person:
        """Who wrote with ann."""
        person = make_user(**details)
        matrix.converse(self.app, person, self.ann)
        self.sent[name] = matrix.send_picture(self.app, self.ann, person).picture
        return person

    @staticmethod
    def _same(client: Client) -> tuple[Client, Callable[[], Client]]:
        return client, lambda: client

    def _relate(self, name: str, person: Person, client: Client) -> Client:
        if name in ENDS:
            ENDS[name](self, person, client)
        if name in RELATES:
            was_private = self.is_private()
            self.turn(is_private=True)
            in_app(self.app, RELATES[name], person, self.ann)
            self.turn(is_private=was_private)
        return client

    def is_private(self) -> bool:
        return in_app(self.app, lambda: users.get("ann", self.ann.id).is_private)

    def turn(self, *, is_private: bool) -> None:
        in_app(self.app, users.update_profile, self.ann.id, {"is_private": is_private})


def _let_in(person: Person, ann: Person) -> None:
    make_follow(person, ann)
    requests.approve(person.id, by=ann.id)


def _declined(person: Person, ann: Person) -> None:
    make_follow(person, ann)
    requests.decline(person.id, by=ann.id)


def _met(person: Person, ann: Person) -> None:
    _let_in(person, ann)
    make_follow(ann, person)


def _left(person: Person, ann: Person) -> None:
    _let_in(person, ann)
    follows.unfollow(ann.id, by=person.id)


def _removed(person: Person, ann: Person) -> None:
    _let_in(person, ann)
    follows.remove_follower(person.id, by=ann.id)


def _muted(person: Person, ann: Person) -> None:
    _let_in(person, ann)
    mutes.set_muted(person.id, by=ann.id, of=MUTED, on=True)


def _muting(person: Person, ann: Person) -> None:
    _let_in(person, ann)
    mutes.set_muted(ann.id, by=person.id, of=MUTED, on=True)


def _blocked(person: Person, ann: Person) -> None:
    _met(person, ann)
    blocks.block(person.id, by=ann.id)


def _blocking(person: Person, ann: Person) -> None:
    _met(person, ann)
    blocks.block(ann.id, by=person.id)


def _blocked_once(person: Person, ann: Person) -> None:
    _blocked(person, ann)
    blocks.unblock(person.id, by=ann.id)


def _blocking_once(person: Person, ann: Person) -> None:
    _blocking(person, ann)
    blocks.unblock(ann.id, by=person.id)


RELATES: dict[str, Relate] = {
    "follower": _let_in,
    "former follower": _left,
    "removed follower": _removed,
    "requested": make_follow,
    "declined": _declined,
    "followee": lambda person, ann: make_follow(ann, person),
    "mutual": _met,
    "muted by the author": _muted,
    "muter of the author": _muting,
    "blocked by the author": _blocked,
    "blocker of the author": _blocking,
    "blocked once": _blocked_once,
    "blocker once": _blocking_once,
}
ROLES = {"moderator": "moderator", "admin": "admin"}


def _end(scene: Scene, person: Person, _client: Client) -> None:
    in_app(scene.app, _end_all, person.id)


def _end_all(user_id: int) -> None:
    for session in sessions.list_of(user_id, current=0):
        sessions.end_by_handle(user_id, session.handle)


def _withdraw(_scene: Scene, person: Person, client: Client) -> None:
    assert client.api("DELETE", "/me", {"password": person.password})[0] == 202


def _suspend(scene: Scene, person: Person, _client: Client) -> None:
    in_app(scene.app, suspensions.suspend, person.id)


ENDS: dict[str, Callable[[Scene, Person, Client], None]] = {
    "ended session": _end,
    "withdrawn": _withdraw,
    "suspended": _suspend,
}
"""What ends the session of a browser that somebody still has open."""
ACTORS = ("anonymous", "author", "stranger", "personal token", *ROLES, *RELATES, *ENDS)


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
    _withdraw(scene, gone, scene.client_for(gone))
    return values


def _suspended_person(_scene: Scene) -> Values:
    shut_out = make_user()
    values = _parts_of(make_post(shut_out, images=1).id) | {"username": shut_out.username}
    suspensions.suspend(shut_out.id)
    return values


def _post_of_a_suspended_person(scene: Scene) -> Values:
    values = _suspended_person(scene)
    del values["username"]
    return values


def _private_account(scene: Scene) -> Values:
    scene.turn(is_private=True)
    return {"username": scene.ann.username}


def _post_of_a_private_account(scene: Scene) -> Values:
    values = _parts_of(make_post(scene.ann, images=1).id)
    scene.turn(is_private=True)
    return values


def _picture_of_an_unknown_kind(scene: Scene) -> Values:
    post = make_post(scene.ann, images=1)
    name = _parts_of(post.id)["name"]
    with unit_of_work():
        ours = MediaModel.post_id == post.id
        db.session.execute(update(MediaModel).where(ours).values(kind="unknown", post_id=None))
    return {"name": name}


def _message(scene: Scene) -> Values:
    """To somebody else."""
    sent = matrix.send_picture(scene.app, scene.ann, make_user())
    return {"message_id": sent.id, "name": sent.picture}


def _message_between(part: Callable[[Person, Person], object]) -> Callable[[Scene], Values]:
    """From ann to somebody who is then parted from her."""

    def make(scene: Scene) -> Values:
        person = make_user()
        sent = matrix.send_picture(scene.app, scene.ann, person)
        in_app(scene.app, part, scene.ann, person)
        return {"message_id": sent.id, "name": sent.picture}

    return make


def _unsent_picture(scene: Scene) -> Values:
    values = _message(scene)
    in_app(scene.app, lambda: sending.unsend(int(values["message_id"]), by=scene.ann.id))
    return {"name": values["name"]}


def _waiting_picture(scene: Scene) -> Values:
    return {"name": matrix.keep_picture(scene.ann)[1]}


def _story(scene: Scene) -> Values:
    return _of_story(scene.ann)


def _of_story(person: Person) -> Values:
    story = matrix.show_story(person)
    return {"story_id": story.id, "name": story.picture}


def _story_of_a_private_account(scene: Scene) -> Values:
    scene.turn(is_private=True)
    return _story(scene)


def _story_of_a_suspended_person(_scene: Scene) -> Values:
    shut_out = make_user()
    values = _of_story(shut_out)
    suspensions.suspend(shut_out.id)
    return values


def _failed_story(scene: Scene) -> Values:
    """Its picture is nobody's any more, not even its author's."""
    values = _story(scene)
    fail_story(values["story_id"])
    return {"story_id": values["story_id"]}


def _ended_story(scene: Scene) -> Values:
    """It was read by its author, and nobody has taken it away."""
    values = _story(scene)
    age_story(values["story_id"], hours=24)
    return values


def _deleted_story(scene: Scene) -> Values:
    values = _story(scene)
    in_app(scene.app, lambda: story_changes.remove(values["story_id"], by=scene.ann.id))
    return values


TARGETS: dict[str, Callable[[Scene], Values]] = {
    "processing post": _post_in("processing"),
    "failed post": _post_in("failed"),
    "withdrawn post": _withdrawn_post,
    "withdrawn person": _withdrawn_person,
    "picture of an unknown kind": _picture_of_an_unknown_kind,
    "post of a private account": _post_of_a_private_account,
    "private account": _private_account,
    "post of a suspended person": _post_of_a_suspended_person,
    "suspended person": _suspended_person,
    "message": _message,
    "message of a blocked person": _message_between(
        lambda ann, person: blocks.block(person.id, by=ann.id)
    ),
    "message of a suspended person": _message_between(
        lambda _ann, person: suspensions.suspend(person.id)
    ),
    "story": _story,
    "story of a private account": _story_of_a_private_account,
    "story of a suspended person": _story_of_a_suspended_person,
    "failed story": _failed_story,
    "ended story": _ended_story,
    "deleted story": _deleted_story,
    "picture of an unsent message": _unsent_picture,
    "picture that waits for its message": _waiting_picture,
}
NOBODYS = {
    "username": "nobody_at_all",
    "post_id": 999_999,
    "comment_id": 999_999,
    "message_id": 999_999 << 32 | 1,
    "story_id": 999_999,
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
