"""How many posts everybody may see under a tag: for a minute, and anew when a post is changed."""

from __future__ import annotations

from sqlalchemy import func, select

from pigeon.cache import keys
from pigeon.cache.look_aside import cached
from pigeon.domain import text
from pigeon.extensions import db
from pigeon.models import PostModel, PostTag
from pigeon.services import access
from pigeon.unit_of_work import UnitOfWork


@cached(keys.TAG_COUNTS, int)
def open_counts(tags: list[str]) -> dict[str, int]:
    """The same for every viewer; a tag that only closed accounts use has none.

    An account that was closed takes its posts out of these within the minute.
    """
    query = (
        select(PostTag.tag, func.count())
        .join(PostModel, PostModel.id == PostTag.post_id)
        .where(
            PostTag.tag.in_(tags),
            PostTag.publication_id.is_not(None),
            access.posts.where(access.stranger()),
        )
        .group_by(PostTag.tag)
    )
    return {tag: int(count) for tag, count in db.session.execute(query)}


def count_anew(uow: UnitOfWork, *captions: str) -> None:
    """After the commit, the tags of a post that came or went, or of its captions old and new."""
    tags = {tag for caption in captions for tag in text.parse(caption).tags}
    if tags:
        uow.after_commit(lambda: open_counts.evict(*tags))
