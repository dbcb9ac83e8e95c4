"""Of whom a viewer may know, and whose posts are open: alike one by one, in a batch and in SQL."""

from __future__ import annotations

from functools import partial

from pigeon.models import UserModel
from pigeon.services import access
from pigeon.services.users import users
from tests.harness.twins import ACTORS, World, everything, in_sql, passing


def test_people_one_by_one_in_a_batch_and_in_sql(world: World) -> None:
    ids = everything(UserModel.id)
    cards = users.cards.many(ids)
    for actor in ACTORS:
        for way, viewer in world.ways(actor):
            case, known = (actor, way), world.knows(actor)
            assert in_sql(UserModel.id, access.users.where(viewer)) == known, case
            shown = access.users.visible(viewer, cards.values())
            assert {card.id for card in shown} == known, case
            check = partial(access.users.check_sees, viewer)
            assert {i for i in ids if passing(check, [cards.get(i)])} == known, case


def test_whose_posts_are_open(world: World) -> None:
    ids = everything(UserModel.id)
    cards = users.cards.many(ids)
    for actor in ACTORS:
        for way, viewer in world.ways(actor):
            case, opened = (actor, way), world.sees_posts_of(actor)
            assert in_sql(UserModel.id, access.users.where_shows_posts(viewer)) == opened, case
            shown = access.users.showing_posts(viewer, cards.values())
            assert {card.id for card in shown} == opened, case
            one_by_one = {
                user_id
                for user_id, card in cards.items()
                if access.users.may_see_posts_of(viewer, card)
            }
            assert one_by_one == opened, case
            others = set(ids) - {viewer.id}
            assert access.users.closed_among(viewer, ids) == others - opened, case


def test_what_is_not_wanted_is_what_was_muted(world: World) -> None:
    ids = everything(UserModel.id)
    muted = {"muter": {"ann", "private"}, "ann": {"muted"}, "private": {"muted"}}
    for actor in ACTORS:
        expected = {world.people[name] for name in muted.get(actor, ())}
        for way, viewer in world.ways(actor):
            wanted = in_sql(UserModel.id, access.users.wants_posts_of(viewer, UserModel.id))
            assert set(ids) - wanted == expected, (actor, way)
            assert access.users.unwanted_posts(viewer) == expected, (actor, way)
