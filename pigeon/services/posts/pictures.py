"""What the pictures of a post mean to it: it is published with the last, and fails with one."""

from __future__ import annotations

from sqlalchemy import select

from pigeon.domain.events import PostFailed
from pigeon.domain.media import StoredMedia
from pigeon.extensions import db
from pigeon.models import MediaModel, PostModel
from pigeon.services import access
from pigeon.services.access.viewers import Viewer
from pigeon.services.posts import cards as post_cards
from pigeon.services.posts import publishing
from pigeon.unit_of_work import UnitOfWork


def check_sees(viewer: Viewer, picture: StoredMedia) -> None:
    """NotFound for a picture of a post that the viewer may not see."""
    card = post_cards.find(picture.post_id, viewer) if picture.post_id is not None else None
    access.media.check_sees(viewer, picture, card)


def lock(row: MediaModel) -> None:
    """Who counts what is left of a post must hold its lock first."""
    db.session.scalar(select(PostModel.id).where(PostModel.id == row.post_id).with_for_update())


def ready(uow: UnitOfWork, row: MediaModel) -> None:
    """Publish the post with its last picture."""
    post = _post_of(row)
    if post is not None:
        publishing.publish_if_ready(uow, post)


def failed(uow: UnitOfWork, row: MediaModel, code: str) -> None:
    """The post fails with a picture; its author can retry or remove it."""
    post = _post_of(row)
    if post is None or not access.posts.is_present_state(post.state):
        return
    post.state = "failed"
    post_id, author_id = post.id, post.author_id
    uow.after_commit(lambda: post_cards.evict(post_id, None, author_id))
    uow.record(PostFailed(post_id=post_id, author_id=author_id, errors={str(row.id): code}))


def _post_of(row: MediaModel) -> PostModel | None:
    return db.session.get(PostModel, row.post_id) if row.post_id is not None else None
