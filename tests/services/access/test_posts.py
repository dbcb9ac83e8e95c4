"""Which posts a viewer may see: alike one by one, in a batch and in SQL."""

from __future__ import annotations

from functools import partial

from sqlalchemy import select

from pigeon.extensions import db
from pigeon.models import PostModel
from pigeon.services import access
from pigeon.services.posts import cards as post_cards
from pigeon.services.posts import posts
from tests.harness.twins import ACTORS, World, everything, in_sql, passing


def expected(world: World, actor: str) -> set[int]:
    """Published ones of whose posts are open; one's own in every state but withdrawn."""
    opened, me = world.sees_posts_of(actor), world.people.get(actor)
    return {
        row.id
        for row in db.session.scalars(select(PostModel))
        if (row.state == "published" and row.author_id in opened)
        or (row.state != "withdrawn" and row.author_id == me and actor != "suspended")
    }


def test_posts_one_by_one_in_a_batch_and_in_sql(world: World) -> None:
    ids = everything(PostModel.id)
    for actor in ACTORS:
        seen = expected(world, actor)
        for way, viewer in world.ways(actor):
            case = (actor, way)
            assert in_sql(PostModel.id, access.posts.where(viewer)) == seen, case
            loaded = post_cards.load(ids).values()
            assert {card.id for card in access.posts.visible(viewer, loaded)} == seen, case
            assert passing(partial(posts.get, who=viewer), ids) == seen, case
        assert passing(partial(posts.get, who=world.people.get(actor)), ids) == seen
