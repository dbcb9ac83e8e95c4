"""Which comments a viewer may see: alike one by one, in lists and in SQL."""

from __future__ import annotations

from functools import partial

from sqlalchemy import select

from pigeon.domain.page import PageRequest
from pigeon.extensions import db
from pigeon.models import CommentModel, PostModel
from pigeon.services import access
from pigeon.services.access.viewers import Viewer
from pigeon.services.comments import cards as comment_cards
from pigeon.services.comments import comments
from pigeon.services.posts import posts
from tests.harness.twins import ACTORS, World, everything, in_sql, passing

ALL = PageRequest(limit=50)


def expected(world: World, actor: str) -> set[int]:
    """Below visible posts, by people who are known; a reply goes with the comment above it."""
    known = world.knows(actor)
    seen = in_sql(PostModel.id, access.posts.where(world.viewer(actor)))
    rows = {row.id: row for row in db.session.scalars(select(CommentModel))}

    def is_known(row: CommentModel) -> bool:
        above = rows.get(row.parent_id or 0)
        return row.author_id in known and (above is None or above.author_id in known)

    return {row.id for row in rows.values() if row.post_id in seen and is_known(row)}


def test_comments_one_by_one_in_a_batch_and_in_sql(world: World) -> None:
    ids = everything(CommentModel.id)
    for actor in ACTORS:
        seen = expected(world, actor)
        for way, viewer in world.ways(actor):
            case = (actor, way)
            assert in_sql(CommentModel.id, access.comments.where(viewer)) == seen, case
        assert _listed(world.viewer(actor)) == seen, actor
        get = partial(comment_cards.get, who=world.viewer(actor))
        assert passing(get, ids) == seen, actor


def _listed(viewer: Viewer) -> set[int]:
    """All that is found by reading page after page."""
    found: set[int] = set()
    for post_id in passing(lambda i: posts.get(i, viewer), everything(PostModel.id)):
        tops = comments.list_of_post(post_id, viewer, ALL).items
        replies = [comments.list_replies(int(top.id), viewer, ALL).items for top in tops]
        found |= {int(one.id) for page in (tops, *replies) for one in page}
    return found
