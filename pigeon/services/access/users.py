"""People: who may be known of, and whose posts and lists are open to a viewer."""

from __future__ import annotations

from collections.abc import Iterable
from collections.abc import Set as AbstractSet

from sqlalchemy import ColumnElement, or_, select

from pigeon.domain.errors import NotFound
from pigeon.domain.users import UserCard
from pigeon.models import FollowModel, UserModel
from pigeon.services.access.viewers import Viewer

ACTIVE = "active"


def is_active() -> ColumnElement[bool]:
    """People who are there, whoever asks: for what is kept for everybody, and what is counted."""
    return UserModel.state == ACTIVE


def is_active_state(state: str | None) -> bool:
    """The same for the state of a row that was read."""
    return state == ACTIVE


# -- a person --------------------------------------------------------------------------------------


def where(viewer: Viewer) -> ColumnElement[bool]:
    """People of whom the viewer may know. Who left is nobody."""
    return is_active()


def visible(viewer: Viewer, cards: Iterable[UserCard]) -> list[UserCard]:
    """The same for cards, which are made of active people only."""
    found = list(cards)
    hidden = hidden_among(viewer, (card.id for card in found))
    return [card for card in found if card.id not in hidden] if hidden else found


def hidden_among(viewer: Viewer, ids: Iterable[int]) -> AbstractSet[int]:
    """The same for ids out of caches: those that must be left out."""
    return viewer.relations.hidden_among(ids)


def check_sees(viewer: Viewer, card: UserCard | None) -> UserCard:
    """The card, or the NotFound that an unknown name gets too."""
    if card is None or not visible(viewer, [card]):
        raise NotFound
    return card


# -- their posts and lists -------------------------------------------------------------------------


def where_shows_posts(viewer: Viewer) -> ColumnElement[bool]:
    """People whose posts and lists are open to the viewer: a private person's to who follows."""
    is_public = UserModel.is_private.is_(False)
    if viewer.id is None:
        return where(viewer) & is_public
    followed = select(FollowModel.followee_id).where(FollowModel.follower_id == viewer.id)
    mine = UserModel.id == viewer.id
    return where(viewer) & or_(is_public, mine, UserModel.id.in_(followed))


def showing_posts(viewer: Viewer, cards: Iterable[UserCard]) -> list[UserCard]:
    """The same for cards; only about private people a relation is asked for."""
    found = visible(viewer, cards)
    closed = [card.id for card in found if card.is_private and card.id != viewer.id]
    if not closed:
        return found
    shut = set(closed) - viewer.relations.followed_among(closed)
    return [card for card in found if card.id not in shut]


def may_see_posts_of(viewer: Viewer, card: UserCard) -> bool:
    return bool(showing_posts(viewer, [card]))


def check_sees_posts_of(viewer: Viewer, card: UserCard) -> UserCard:
    """The card; NotFound when its person does not show posts and lists to the viewer."""
    if not may_see_posts_of(viewer, card):
        raise NotFound
    return card
