"""Pictures: seen with what they belong to, which their kind says; an unknown kind is nobody's."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from sqlalchemy import ColumnElement, or_, select

from pigeon.domain.errors import NotFound
from pigeon.domain.media import StoredMedia
from pigeon.domain.posts import PostCard
from pigeon.models import MediaModel, PostModel
from pigeon.services.access import posts, users
from pigeon.services.access.viewers import Viewer

READY = "ready"


def is_ready() -> ColumnElement[bool]:
    """Pictures that can be shown, whoever asks."""
    return MediaModel.state == READY


def where(viewer: Viewer) -> ColumnElement[bool]:
    """Pictures that the viewer may see: those of visible posts, and everybody's avatars."""
    shown = select(PostModel.id).where(posts.where(viewer))
    of_posts = (MediaModel.kind == "post") & MediaModel.post_id.in_(shown)
    avatars = MediaModel.kind == "avatar"
    return is_ready() & or_(of_posts, avatars)


def visible(
    viewer: Viewer, pictures: Iterable[StoredMedia], cards: Mapping[int, PostCard]
) -> list[StoredMedia]:
    """The same for pictures out of the cache; `cards` are those of their posts, by id."""
    ready = [picture for picture in pictures if picture.state == READY]
    open_posts = {card.id for card in posts.visible(viewer, cards.values())}
    hidden = users.hidden_among(viewer, (picture.owner_id for picture in ready))
    return [
        picture
        for picture in ready
        if (picture.kind == "post" and picture.post_id in open_posts)
        or (picture.kind == "avatar" and picture.owner_id not in hidden)
    ]


def check_sees(viewer: Viewer, picture: StoredMedia, card: PostCard | None = None) -> None:
    """NotFound for who may not see it; `card` is that of the post it belongs to."""
    if not visible(viewer, [picture], {card.id: card} if card else {}):
        raise NotFound
