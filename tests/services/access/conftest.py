"""Rows in every state that can be reached, and who looks at them."""

from __future__ import annotations

from itertools import count

import pytest
from flask import Flask

from pigeon.domain.clock import utc_now
from pigeon.domain.stories import LIFE
from pigeon.extensions import db
from pigeon.models import CommentModel, MediaModel, PostModel, StoryModel, UserModel
from pigeon.services.follows import follows, requests
from pigeon.services.relations import blocks, mutes
from pigeon.services.relations.apart import MUTED
from pigeon.services.users import suspensions, users
from pigeon.unit_of_work import unit_of_work
from tests.factories import make_user
from tests.harness.twins import ACTORS, AUTHORS, World

POST_STATES = ("processing", "failed", "published", "withdrawn")
PICTURE_STATES = ("processing", "failed", "ready")
STORY_STATES = ("processing", "failed", "published", "withdrawn", "ended")
KINDS = ("post", "avatar", "message", "story", "highlight", "")
SAYING = ("ben", "gone", "suspended", "blocked", "blocker")
"""Who wrote a comment below each post that is published or failed."""
ANSWERING = ("ann", "suspended", "blocked")
"""Who answers each of those."""
_numbers = count(1)


@pytest.fixture
def world(app: Flask) -> World:
    people = {name: make_user(name).id for name in (*ACTORS, "gone") if name != "stranger"}
    users.update_profile(people["private"], {"is_private": True})
    for author in AUTHORS:
        _relate(people, people[author])
    follows.follow(people["suspended"], by=people["follower"])
    with unit_of_work():
        _withdraw(people["gone"])
        for name in (*AUTHORS, "ben", "suspended"):
            for state in POST_STATES:
                _add_post(people, people[name], state)
            for state in STORY_STATES:
                _add_stories(people[name], state)
        _add_post(people, people["gone"], "withdrawn")  # whoever leaves takes their posts along
        for kind in KINDS:
            for state in PICTURE_STATES:
                db.session.add(_picture(people["ann"], kind, state))
        db.session.add_all(_picture(number, "avatar", "ready") for number in people.values())
    suspensions.suspend(people["suspended"])
    return World(people=people)


def _relate(people: dict[str, int], author_id: int) -> None:
    """Everybody to one author; a public one has let in who is only `requested` with the other."""
    for name in ("follower", "requested", "declined", "former", "removed", "muter", "muted"):
        follows.follow(author_id, by=people[name])
    if follows.relation(people["follower"], author_id).is_requested:
        requests.decline(people["declined"], by=author_id)
        for name in ("follower", "former", "removed", "muter", "muted"):
            requests.approve(people[name], by=author_id)
    follows.unfollow(author_id, by=people["former"])
    follows.remove_follower(people["removed"], by=author_id)
    for name in ("blocked", "unblocked"):
        blocks.block(people[name], by=author_id)
    blocks.unblock(people["unblocked"], by=author_id)
    blocks.block(author_id, by=people["blocker"])
    mutes.set_muted(author_id, by=people["muter"], of=MUTED, on=True)
    mutes.set_muted(people["muted"], by=author_id, of=MUTED, on=True)


def _withdraw(user_id: int) -> None:
    row = db.session.get_one(UserModel, user_id)
    row.state = "withdrawn"


def _add_post(people: dict[str, int], author_id: int, state: str) -> None:
    """With a picture in every state, and comments below it by who is there and who is not."""
    post = PostModel(author_id=author_id, state=state, created_at=utc_now())
    db.session.add(post)
    db.session.flush()
    for picture_state in PICTURE_STATES:
        db.session.add(_picture(author_id, "post", picture_state, post.id))
    for name in SAYING if state in ("failed", "published") else ():
        top = _comment(post.id, people[name])
        db.session.add(top)
        db.session.flush()
        db.session.add_all(_comment(post.id, people[by], top.id) for by in ANSWERING)


def _add_stories(author_id: int, state: str) -> None:
    """One of words, and one with a picture in every state."""
    is_shown = state in ("published", "ended", "withdrawn")
    shown_at = utc_now() - (LIFE if state == "ended" else LIFE / 2) if is_shown else None
    for turn, picture_state in enumerate((None, *PICTURE_STATES)):
        picture = _picture(author_id, "story", picture_state) if picture_state else None
        if picture is not None:
            db.session.add(picture)
            db.session.flush()
        db.session.add(
            StoryModel(
                author_id=author_id,
                media_id=picture.id if picture else None,
                state="published" if state == "ended" else state,
                turn=turn,
                x=0.5,
                y=0.5,
                size="m",
                color="#ffffff",
                created_at=utc_now(),
                published_at=shown_at,
                expires_at=shown_at + LIFE if shown_at else None,
            )
        )


def _comment(post_id: int, author_id: int, parent_id: int | None = None) -> CommentModel:
    return CommentModel(
        post_id=post_id, parent_id=parent_id, author_id=author_id, text="hm", created_at=utc_now()
    )


def _picture(owner_id: int, kind: str, state: str, post_id: int | None = None) -> MediaModel:
    return MediaModel(
        owner_id=owner_id,
        post_id=post_id,
        kind=kind,
        state=state,
        name=f"{next(_numbers):032x}",
        width=1,
        height=1,
        variants="[]",
        created_at=utc_now(),
    )
