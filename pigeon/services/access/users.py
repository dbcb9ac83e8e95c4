"""People: who may be known of, and whose posts and lists are open to a viewer."""

from __future__ import annotations

from collections.abc import Iterable
from collections.abc import Set as AbstractSet
from typing import Any

from sqlalchemy import ColumnElement, or_, select

from pigeon.domain.errors import Conflict, NotFound
from pigeon.domain.users import ACTIVE, UserCard
from pigeon.models import BlockModel, FollowModel, MuteModel, UserModel
from pigeon.services.access.viewers import Viewer


def is_active() -> ColumnElement[bool]:
    """People who are there, whoever asks: for what is kept for everybody, and what is counted."""
    return UserModel.state == ACTIVE


def is_active_state(state: str | None) -> bool:
    """The same for the state of a row that was read."""
    return state == ACTIVE


# -- a person --------------------------------------------------------------------------------------


def where(viewer: Viewer) -> ColumnElement[bool]:
    """People of whom the viewer may know: who is there, and on no side of a block with them."""
    if viewer.id is None:
        return is_active()
    return is_active() & is_met(viewer, UserModel.id)


def is_met(viewer: Viewer, person: Any) -> ColumnElement[bool]:
    """No block stands between the viewer and the person of that column."""
    blocked = select(BlockModel.blocked_id).where(BlockModel.blocker_id == viewer.id)
    blockers = select(BlockModel.blocker_id).where(BlockModel.blocked_id == viewer.id)
    met: ColumnElement[bool] = person.not_in(blocked) & person.not_in(blockers)
    return met


def visible(viewer: Viewer, cards: Iterable[UserCard]) -> list[UserCard]:
    """The same for cards, which are made of active people only."""
    found = list(cards)
    hidden = hidden_among(viewer, (card.id for card in found))
    return [card for card in found if card.id not in hidden] if hidden else found


def hidden_among(viewer: Viewer, ids: Iterable[int]) -> AbstractSet[int]:
    """The same for ids of active people out of caches: those that must be left out."""
    return viewer.relations.blocked_among(ids)


def is_hidden(viewer: Viewer, user_id: int) -> bool:
    return bool(hidden_among(viewer, [user_id]))


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
    """The same for cards; only about private people a follow is asked for."""
    found = visible(viewer, cards)
    private = [card.id for card in found if card.is_private and card.id != viewer.id]
    if not private:
        return found
    shut = set(private) - viewer.relations.followed_among(private)
    return [card for card in found if card.id not in shut]


def closed_among(viewer: Viewer, ids: Iterable[int]) -> AbstractSet[int]:
    """The same for ids out of caches: those whose posts must be left out."""
    return viewer.relations.closed_among(ids)


def may_see_posts_of(viewer: Viewer, card: UserCard) -> bool:
    return bool(showing_posts(viewer, [card]))


def check_sees_posts_of(viewer: Viewer, card: UserCard) -> UserCard:
    """The card; NotFound when its person does not show posts and lists to the viewer."""
    if not may_see_posts_of(viewer, card):
        raise NotFound
    return card


# -- what a viewer does not want -------------------------------------------------------------------


def wants_posts_of(viewer: Viewer, person: Any) -> ColumnElement[bool]:
    """The viewer has not muted the posts of the person of that column."""
    muted = select(MuteModel.muted_id).where(
        MuteModel.muter_id == viewer.id, MuteModel.posts.is_(True)
    )
    wanted: ColumnElement[bool] = person.not_in(muted)
    return wanted


def unwanted_posts(viewer: Viewer) -> AbstractSet[int]:
    """The ids of those whose posts the viewer has muted."""
    return viewer.relations.apart.posts


# -- writing ---------------------------------------------------------------------------------------


def check_is_other(user_id: int, *, by: int) -> None:
    """Conflict `self`: nobody follows, blocks or mutes themselves."""
    if user_id == by:
        raise Conflict("self")
