"""Posts by hashtag."""

from __future__ import annotations

from sqlalchemy import func, select

from pigeon.domain import text
from pigeon.domain.errors import NotFound
from pigeon.domain.page import Page, PageRequest, cut
from pigeon.domain.posts import Post
from pigeon.extensions import db
from pigeon.models import PostModel, PostTag, PublicationModel
from pigeon.services import access
from pigeon.services.access import Who
from pigeon.services.posts import posts

_AUTHOR = PublicationModel.author_id


def get_tag(typed: str) -> str:
    """The folded tag; NotFound for what cannot be one."""
    tag = text.canonical_tag(typed)
    if tag is None:
        raise NotFound
    return tag


def count(tag: str) -> int:
    """How many posts everybody may see under a tag: the same number for every viewer."""
    query = (
        select(func.count())
        .select_from(PostTag)
        .join(PostModel, PostModel.id == PostTag.post_id)
        .where(
            PostTag.tag == tag,
            PostTag.publication_id.is_not(None),
            access.posts.where(access.stranger()),
        )
    )
    return db.session.scalar(query) or 0


def list_posts(tag: str, who: Who, request: PageRequest) -> Page[Post]:
    """Published posts with a tag that the viewer may see, newest first."""
    viewer = access.viewer(who)
    query = (
        select(PostTag.publication_id, PostTag.post_id)
        .join(PublicationModel, PublicationModel.id == PostTag.publication_id)
        .where(PostTag.tag == tag, access.posts.is_by_open_author(viewer, _AUTHOR))
        .order_by(PostTag.publication_id.desc())
        .limit(request.limit + 1)
    )
    if request.before is not None:
        query = query.where(PostTag.publication_id < request.before)
    rows = db.session.execute(query).all()
    page = cut(rows, request, lambda row: row[0] or 0)
    return page.map(lambda found: posts.get_many([row[1] for row in found], viewer))
