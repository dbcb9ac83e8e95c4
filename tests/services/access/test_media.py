"""Which pictures a viewer may see: alike one by one, in a batch and in SQL."""

from __future__ import annotations

from functools import partial

from sqlalchemy import select

from pigeon.extensions import db
from pigeon.models import MediaModel, PostModel
from pigeon.services import access
from pigeon.services.media import media, owners
from pigeon.services.posts import cards as post_cards
from pigeon.services.users import users
from tests.harness.twins import ACTORS, World, everything, in_sql, passing


def expected(world: World, actor: str) -> set[str]:
    """Ready ones of visible posts, and the faces of people who are known."""
    seen = in_sql(PostModel.id, access.posts.where(world.viewer(actor)))
    known = world.knows(actor)
    return {
        row.name
        for row in db.session.scalars(select(MediaModel).where(MediaModel.state == "ready"))
        if (row.kind == "post" and row.post_id in seen)
        or (row.kind == "avatar" and row.owner_id in known)
    }


def test_pictures_one_by_one_in_a_batch_and_in_sql(world: World) -> None:
    names = everything(MediaModel.name)
    pictures = media.stored.many(names)
    cards = post_cards.load([one.post_id for one in pictures.values() if one.post_id])
    people = users.cards.many({one.owner_id for one in pictures.values()})
    for actor in ACTORS:
        seen = expected(world, actor)
        for way, viewer in world.ways(actor):
            case = (actor, way)
            assert in_sql(MediaModel.name, access.media.where(viewer)) == seen, case
            shown = access.media.visible(viewer, pictures.values(), cards, people)
            assert {one.media_id for one in shown} == {pictures[i].media_id for i in seen}, case
            check = partial(owners.check_sees, viewer)
            assert {i for i in names if passing(check, [pictures[i]])} == seen, case


def test_every_kind_of_picture_has_an_owner_and_a_rule(world: World) -> None:
    """A kind without one is shown to nobody, and a new owner is tried above."""
    kinds = set(everything(MediaModel.kind))
    assert set(owners.OWNERS) == {"post", "avatar"} < kinds
