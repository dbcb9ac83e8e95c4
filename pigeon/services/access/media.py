"""Pictures: seen with what they belong to, which their kind says; an unknown kind is nobody's."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from sqlalchemy import ColumnElement, or_, select

from pigeon.domain.errors import NotFound
from pigeon.domain.media import StoredMedia
from pigeon.domain.posts import PostCard
from pigeon.domain.stories import StoryCard
from pigeon.domain.users import UserCard
from pigeon.models import MediaModel, PostModel, StoryModel, UserModel
from pigeon.services.access import posts, stories, users
from pigeon.services.access.viewers import Viewer

READY = "ready"


def is_ready() -> ColumnElement[bool]:
    """Pictures that can be shown, whoever asks."""
    return MediaModel.state == READY


def is_ready_state(state: str) -> bool:
    return state == READY


def where(viewer: Viewer) -> ColumnElement[bool]:
    """Pictures that the viewer may see: of visible posts and stories, of people they may know of.

    Not those of messages, which may be kept outside of SQL: `services/messages/pictures.py`.
    """
    shown = select(PostModel.id).where(posts.where(viewer))
    told = select(StoryModel.media_id).where(
        stories.where(viewer), StoryModel.media_id.is_not(None)
    )
    known = select(UserModel.id).where(users.where(viewer))
    of_posts = (MediaModel.kind == "post") & MediaModel.post_id.in_(shown)
    of_stories = (MediaModel.kind == "story") & MediaModel.id.in_(told)
    avatars = (MediaModel.kind == "avatar") & MediaModel.owner_id.in_(known)
    return is_ready() & or_(of_posts, of_stories, avatars)


def visible(
    viewer: Viewer,
    pictures: Iterable[StoredMedia],
    cards: Mapping[int, PostCard],
    owners: Mapping[int, UserCard],
    of_stories: Iterable[StoryCard] = (),
) -> list[StoredMedia]:
    """The same for pictures out of the cache.

    `cards` are those of their posts by id, `owners` those of the people whose avatars they are,
    `of_stories` those of their stories.
    """
    ready = [picture for picture in pictures if picture.state == READY]
    open_posts = {card.id for card in posts.visible(viewer, cards.values())}
    known = {card.id for card in users.visible(viewer, owners.values())}
    told = {card.image.id for card in stories.visible(viewer, of_stories) if card.image is not None}
    return [
        picture
        for picture in ready
        if (picture.kind == "post" and picture.post_id in open_posts)
        or (picture.kind == "story" and str(picture.media_id) in told)
        or (picture.kind == "avatar" and picture.owner_id in known)
    ]


def check_sees(
    viewer: Viewer,
    picture: StoredMedia,
    card: PostCard | None = None,
    owner: UserCard | None = None,
    of_stories: Iterable[StoryCard] = (),
) -> None:
    """NotFound for who may not see it; it belongs to a post or a story, or shows `owner`."""
    cards, owners = {card.id: card} if card else {}, {owner.id: owner} if owner else {}
    if not visible(viewer, [picture], cards, owners, of_stories):
        raise NotFound


def is_open_to_all(viewer: Viewer, picture: StoredMedia) -> bool:
    """Of one that the viewer sees: its owner keeps it from nobody whom they did not block."""
    if picture.kind == "post":
        return viewer.relations.is_public(picture.owner_id)
    return picture.kind == "avatar"
