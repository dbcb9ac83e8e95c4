"""Of whom a viewer may know, and whose posts are open: alike one by one, in a batch and in SQL."""

from __future__ import annotations

import pytest

from pigeon.models import UserModel
from pigeon.services import access
from pigeon.services.users import users
from tests.harness.twins import ACTORS, World, everything, in_sql, passing


@pytest.mark.parametrize("actor", ACTORS)
def test_people_one_by_one_in_a_batch_and_in_sql(world: World, actor: str) -> None:
    viewer, ids = world.viewer(actor), everything(UserModel.id)
    stored = in_sql(UserModel.id, access.users.where(viewer))
    cards = users.cards.many(ids)
    assert {card.id for card in access.users.visible(viewer, cards.values())} == stored
    one_by_one = passing(lambda user_id: access.users.check_sees(viewer, cards.get(user_id)), ids)
    assert one_by_one == stored and len(stored) == 4


@pytest.mark.parametrize(
    ("actor", "sees_private"), [("stranger", False), ("ann", False), ("follower", True)]
)
def test_whose_posts_are_open(world: World, actor: str, sees_private: bool) -> None:
    viewer, ids = world.viewer(actor), everything(UserModel.id)
    stored = in_sql(UserModel.id, access.users.where_shows_posts(viewer))
    cards = users.cards.many(ids)
    assert {card.id for card in access.users.showing_posts(viewer, cards.values())} == stored
    closed = {i for i, card in cards.items() if not access.users.may_see_posts_of(viewer, card)}
    assert closed == cards.keys() - stored
    assert (world.people["private"] in stored) == sees_private
