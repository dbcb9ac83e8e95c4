"""Which comments a viewer may see: alike one by one, in lists and in SQL."""

from __future__ import annotations

import pytest

from pigeon.domain.page import PageRequest
from pigeon.models import (
    CommentModel,
    PostModel,
)
from pigeon.services import access
from pigeon.services.comments import cards as comment_cards
from pigeon.services.comments import comments
from pigeon.services.posts import posts
from tests.harness.twins import ACTORS, World, everything, in_sql, passing


@pytest.mark.parametrize("actor", ACTORS)
def test_comments_one_by_one_in_a_batch_and_in_sql(world: World, actor: str) -> None:
    viewer, ids = world.viewer(actor), everything(CommentModel.id)
    stored = in_sql(CommentModel.id, access.comments.where(viewer))
    assert passing(lambda number: comment_cards.get(number, viewer.id), ids) == stored
    listed: set[int] = set()
    for post_id in passing(lambda number: posts.get(number, viewer.id), everything(PostModel.id)):
        tops = comments.list_of_post(post_id, viewer.id, PageRequest(limit=50)).items
        replies = [
            comments.list_replies(int(top.id), viewer.id, PageRequest(limit=50)).items
            for top in tops
        ]
        listed |= {int(one.id) for page in (tops, *replies) for one in page}
    assert listed == stored and len(stored) == 2 * (3 + 2 * (actor in ("ann", "ben")))
