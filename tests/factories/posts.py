"""Posts with pictures that are ready, without the second that processing them would take."""

from __future__ import annotations

import json
from dataclasses import dataclass

from pigeon.domain.clock import utc_now
from pigeon.domain.media import Upload
from pigeon.extensions import db
from pigeon.models import MediaModel, PostModel
from pigeon.services.media import media
from pigeon.services.posts import posts, publishing
from pigeon.unit_of_work import UnitOfWork, unit_of_work
from tests.factories.people import Person, make_user
from tests.harness import pictures

VARIANTS = (
    ("w320", 40, 30, "image/webp"),
    ("jpeg", 40, 30, "image/jpeg"),
    ("thumb", 32, 32, "image/webp"),
)
CONTENT = {"image/webp": pictures.webp, "image/jpeg": pictures.jpeg}


@dataclass(frozen=True, kw_only=True)
class Posted:
    """A post of somebody; `publication_id` is None until it is published."""

    id: int
    publication_id: int | None
    author: Person
    caption: str
    image_ids: list[int]


def make_post(
    author: Person | None = None,
    *,
    caption: str = "hello",
    images: int = 0,
    alt: str = "",
    state: str = "published",
) -> Posted:
    """A post with `images` tiny stored pictures; the other states are `processing` and `failed`."""
    author = author or make_user()
    with unit_of_work() as uow:
        post = PostModel(
            author_id=author.id, state="processing", caption=caption, created_at=utc_now()
        )
        db.session.add(post)
        db.session.flush()
        posts.index_text(post)
        rows = [_picture(post, position, alt, state) for position in range(images)]
        db.session.flush()
        _reach(uow, post, state)
        found = Posted(
            id=post.id,
            publication_id=publishing.publication_of(post.id),
            author=author,
            caption=caption,
            image_ids=[row.id for row in rows],
        )
    return found


def _reach(uow: UnitOfWork, post: PostModel, state: str) -> None:
    if state == "published":
        publishing.publish_if_ready(uow, post)
    else:
        post.state = state


def _picture(post: PostModel, position: int, alt: str, state: str) -> MediaModel:
    upload = Upload(token="", width=40, height=30, digest="", alt=alt)
    row = media.add(
        upload, owner_id=post.author_id, kind="post", post_id=post.id, position=position
    )
    row.state = state
    if state == "published":
        store_renditions(row)
    if state == "failed":
        row.error = "unreadable"
    return row


def store_renditions(row: MediaModel) -> None:
    """Make a picture ready, by tiny renditions."""
    row.state, row.color = "ready", "#008080"
    row.variants = json.dumps(VARIANTS)
    for kind, width, height, content_type in VARIANTS:
        name = media.object_name(row.name, kind, content_type)
        media.store().put(name, CONTENT[content_type](width, height), content_type)
