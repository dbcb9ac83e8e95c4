"""The rules of access: one cached card, a batch of cards and SQL say the same of every row."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from pigeon.domain.clock import utc_now
from pigeon.domain.errors import NotFound
from pigeon.domain.page import PageRequest
from pigeon.extensions import db
from pigeon.models import (
    CommentModel,
    FollowModel,
    MediaModel,
    PostModel,
    UserModel,
)
from pigeon.services import access
from pigeon.services.access.viewers import Viewer
from pigeon.services.comments import cards as comment_cards
from pigeon.services.comments import comments
from pigeon.services.media import media, owners
from pigeon.services.posts import cards as post_cards
from pigeon.services.posts import posts
from pigeon.services.users import users
from pigeon.unit_of_work import unit_of_work
from tests.factories import make_follow, make_user

ACTORS = ("stranger", "ann", "follower", "ben")
"""Of ann's and ben's things: nobody, an author, who follows both, another author."""
USER_STATES = ("active", "withdrawn")
POST_STATES = ("processing", "failed", "published", "withdrawn")
PICTURE_STATES = ("processing", "failed", "ready")
KINDS = ("post", "avatar", "story", "")


@dataclass(frozen=True)
class World:
    """Rows in every state that can be reached."""

    people: dict[str, int]

    def viewer(self, actor: str) -> Viewer:
        return access.viewer(self.people.get(actor))


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


def in_sql(column: Any, condition: Any) -> set[Any]:
    db.session.rollback()
    return set(db.session.scalars(select(column).where(condition)))


def everything(column: Any) -> list[Any]:
    return list(db.session.scalars(select(column)))


def passing(check: Callable[[Any], object], ids: list[Any]) -> set[Any]:
    """Those that a check lets pass."""
    found = set()
    for number in ids:
        with suppress(NotFound):
            check(number)
            found.add(number)
    return found


# -- card, batch and SQL ---------------------------------------------------------------------------


@pytest.mark.parametrize("actor", ACTORS)
def test_people_one_by_one_in_a_batch_and_in_sql(world: World, actor: str) -> None:
    viewer, ids = world.viewer(actor), everything(UserModel.id)
    stored = in_sql(UserModel.id, access.users.where(viewer))
    cards = users.cards.many(ids)
    assert {card.id for card in access.users.visible(viewer, cards.values())} == stored
    one_by_one = passing(lambda user_id: access.users.check_sees(viewer, cards.get(user_id)), ids)
    assert one_by_one == stored and len(stored) == 4


@pytest.mark.parametrize(
    ("actor", "sees_private"), [("stranger", False), ("ann", False), ("follower", True)]
)
def test_whose_posts_are_open(world: World, actor: str, sees_private: bool) -> None:
    viewer, ids = world.viewer(actor), everything(UserModel.id)
    stored = in_sql(UserModel.id, access.users.where_shows_posts(viewer))
    cards = users.cards.many(ids)
    assert {card.id for card in access.users.showing_posts(viewer, cards.values())} == stored
    closed = {i for i, card in cards.items() if not access.users.may_see_posts_of(viewer, card)}
    assert closed == cards.keys() - stored
    assert (world.people["private"] in stored) == sees_private


@pytest.mark.parametrize("actor", ACTORS)
def test_posts_one_by_one_in_a_batch_and_in_sql(world: World, actor: str) -> None:
    viewer, ids = world.viewer(actor), everything(PostModel.id)
    stored = in_sql(PostModel.id, access.posts.where(viewer))
    loaded = post_cards.load(ids).values()
    assert {card.id for card in access.posts.visible(viewer, loaded)} == stored
    assert passing(lambda number: posts.get(number, viewer.id), ids) == stored
    assert len(stored) == 3 + 2 * (actor in ("ann", "ben"))


@pytest.mark.parametrize("actor", ACTORS)
def test_comments_one_by_one_in_a_batch_and_in_sql(world: World, actor: str) -> None:
    viewer, ids = world.viewer(actor), everything(CommentModel.id)
    stored = in_sql(CommentModel.id, access.comments.where(viewer))
    assert passing(lambda number: comment_cards.get(number, viewer.id), ids) == stored
    listed: set[int] = set()
    for post_id in passing(lambda number: posts.get(number, viewer.id), everything(PostModel.id)):
        tops = comments.list_of_post(post_id, viewer.id, PageRequest(limit=50)).items
        replies = [
            comments.list_replies(int(top.id), viewer.id, PageRequest(limit=50)).items
            for top in tops
        ]
        listed |= {int(one.id) for page in (tops, *replies) for one in page}
    assert listed == stored and len(stored) == 2 * (3 + 2 * (actor in ("ann", "ben")))


@pytest.mark.parametrize("actor", ACTORS)
def test_pictures_one_by_one_in_a_batch_and_in_sql(world: World, actor: str) -> None:
    viewer, names = world.viewer(actor), everything(MediaModel.name)
    stored = in_sql(MediaModel.name, access.media.where(viewer))
    pictures = media.stored.many(names)
    cards = post_cards.load([one.post_id for one in pictures.values() if one.post_id])
    shown = access.media.visible(viewer, pictures.values(), cards)
    assert {one.media_id for one in shown} == {pictures[name].media_id for name in stored}
    assert passing(lambda name: owners.check_sees(viewer, pictures[name]), names) == stored
    kinds = {pictures[name].kind for name in stored}
    assert kinds == set(owners.OWNERS) == {"post", "avatar"}


def test_a_relation_is_asked_of_all_people_at_once_and_only_once(
    app: Flask, redis_commands: Any
) -> None:
    ann, ben = make_user("ann"), make_user("ben")
    others = [make_user(is_private=True) for _ in range(5)]
    make_follow(ben, others[0])
    cards = users.cards.many([ann.id, *(other.id for other in others)])
    access.users.showing_posts(access.viewer(ben.id), cards.values())
    viewer = access.viewer(ben.id)
    with redis_commands() as sent:
        for _ in range(2):
            shown = access.users.showing_posts(viewer, cards.values())
    assert [card.id for card in shown] == [ann.id, others[0].id]
    assert sent == {"smismember": 1}


def test_what_another_read_brought_is_not_asked_again(
    app: Flask, redis_commands: Any, queries: Any
) -> None:
    ann, ben = make_user("ann", is_private=True), make_user("ben")
    card = users.get_card("ann", ben.id)
    viewer = access.viewer(ben.id)
    viewer.relations.learn_followed([ann.id], {ann.id})
    with redis_commands() as sent, queries() as statements:
        assert access.users.may_see_posts_of(viewer, card)
    assert not sent and not statements
