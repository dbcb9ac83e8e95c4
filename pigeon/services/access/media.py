"""Pictures: seen with what they belong to, which their kind says; an unknown kind is nobody's."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from sqlalchemy import ColumnElement, or_, select

from pigeon.domain.errors import NotFound
from pigeon.domain.media import StoredMedia
from pigeon.domain.posts import PostCard
from pigeon.domain.users import UserCard
from pigeon.models import MediaModel, PostModel, UserModel
from pigeon.services.access import posts, users
from pigeon.services.access.viewers import Viewer

READY = "ready"


def is_ready() -> ColumnElement[bool]:
    """Pictures that can be shown, whoever asks."""
    return MediaModel.state == READY


def is_ready_state(state: str) -> bool:
    return state == READY


def where(viewer: Viewer) -> ColumnElement[bool]:
    """Pictures that the viewer may see: of visible posts, and of people they may know of.

    Not those of messages, which may be kept outside of SQL: `services/messages/pictures.py`.
    """
    shown = select(PostModel.id).where(posts.where(viewer))
    known = select(UserModel.id).where(users.where(viewer))
    of_posts = (MediaModel.kind == "post") & MediaModel.post_id.in_(shown)
    avatars = (MediaModel.kind == "avatar") & MediaModel.owner_id.in_(known)
    return is_ready() & or_(of_posts, avatars)


def visible(
    viewer: Viewer,
    pictures: Iterable[StoredMedia],
    cards: Mapping[int, PostCard],
    owners: Mapping[int, UserCard],
) -> list[StoredMedia]:
    """The same for pictures out of the cache.

    `cards` are those of their posts by id, `owners` those of the people whose avatars they are.
    """
    ready = [picture for picture in pictures if picture.state == READY]
    open_posts = {card.id for card in posts.visible(viewer, cards.values())}
    known = {card.id for card in users.visible(viewer, owners.values())}
    return [
        picture
        for picture in ready
        if (picture.kind == "post" and picture.post_id in open_posts)
        or (picture.kind == "avatar" and picture.owner_id in known)
    ]


def check_sees(
    viewer: Viewer,
    picture: StoredMedia,
    card: PostCard | None = None,
    owner: UserCard | None = None,
) -> None:
    """NotFound for who may not see it; it belongs to the post of `card`, or shows `owner`."""
    cards, owners = {card.id: card} if card else {}, {owner.id: owner} if owner else {}
    if not visible(viewer, [picture], cards, owners):
        raise NotFound


def is_open_to_all(viewer: Viewer, picture: StoredMedia) -> bool:
    """Of one that the viewer sees: its owner keeps it from nobody whom they did not block."""
    if picture.kind == "post":
        return viewer.relations.is_public(picture.owner_id)
    return picture.kind == "avatar"
