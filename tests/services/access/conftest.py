"""Rows in every state that can be reached, and who looks at them."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask

from pigeon.domain.clock import utc_now
from pigeon.extensions import db
from pigeon.models import CommentModel, FollowModel, MediaModel, PostModel, UserModel
from pigeon.unit_of_work import unit_of_work
from tests.factories import make_user
from tests.harness.twins import World

POST_STATES = ("processing", "failed", "published", "withdrawn")
PICTURE_STATES = ("processing", "failed", "ready")
KINDS = ("post", "avatar", "story", "")


@pytest.fixture
def world(app: Flask) -> World:
    people = {name: make_user(name).id for name in ("ann", "ben", "follower", "private", "gone")}
    with unit_of_work():
        for name in ("ann", "ben", "private"):
            db.session.add(_follow(people["follower"], people[name]))
        _change(people["private"], is_private=True)
        _change(people["gone"], state="withdrawn")
        for name, states in (
            ("ann", POST_STATES),
            ("ben", POST_STATES),
            ("private", ("published",)),
            ("gone", ("withdrawn",)),  # whoever withdraws takes all of their posts along
        ):
            for state in states:
                _add_post(people, people[name], state)
        for kind in KINDS:
            for state in PICTURE_STATES:
                db.session.add(_picture(people["ann"], kind, state))
    return World(people=people)


def _follow(follower_id: int, followee_id: int) -> FollowModel:
    return FollowModel(follower_id=follower_id, followee_id=followee_id, created_at=utc_now())


def _change(user_id: int, **values: Any) -> None:
    row = db.session.get(UserModel, user_id)
    for name, value in values.items():
        setattr(row, name, value)


def _add_post(people: dict[str, int], author_id: int, state: str) -> None:
    """With a picture in every state, and comments below it by who is there and who left."""
    post = PostModel(author_id=author_id, state=state, created_at=utc_now())
    db.session.add(post)
    db.session.flush()
    for picture_state in PICTURE_STATES:
        db.session.add(_picture(author_id, "post", picture_state, post.id))
    for name in ("ben", "gone"):
        top = _comment(post.id, people[name])
        db.session.add(top)
        db.session.flush()
        db.session.add_all(_comment(post.id, people[by], top.id) for by in ("ann", "gone"))


def _comment(post_id: int, author_id: int, parent_id: int | None = None) -> CommentModel:
    return CommentModel(
        post_id=post_id, parent_id=parent_id, author_id=author_id, text="hm", created_at=utc_now()
    )


def _picture(owner_id: int, kind: str, state: str, post_id: int | None = None) -> MediaModel:
    _picture.number = number = getattr(_picture, "number", 0) + 1  # type: ignore[attr-defined]
    return MediaModel(
        owner_id=owner_id,
        post_id=post_id,
        kind=kind,
        state=state,
        name=f"{number:032x}",
        width=1,
        height=1,
        variants="[]",
        created_at=utc_now(),
    )
