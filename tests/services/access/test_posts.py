"""Which posts a viewer may see: alike one by one, in a batch and in SQL."""

from __future__ import annotations

import pytest

from pigeon.models import PostModel
from pigeon.services import access
from pigeon.services.posts import cards as post_cards
from pigeon.services.posts import posts
from tests.harness.twins import ACTORS, World, everything, in_sql, passing


@pytest.mark.parametrize("actor", ACTORS)
def test_posts_one_by_one_in_a_batch_and_in_sql(world: World, actor: str) -> None:
    viewer, ids = world.viewer(actor), everything(PostModel.id)
    stored = in_sql(PostModel.id, access.posts.where(viewer))
    loaded = post_cards.load(ids).values()
    assert {card.id for card in access.posts.visible(viewer, loaded)} == stored
    assert passing(lambda number: posts.get(number, viewer.id), ids) == stored
    assert len(stored) == 3 + 2 * (actor in ("ann", "ben"))
