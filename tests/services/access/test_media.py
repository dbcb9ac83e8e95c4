"""Which pictures a viewer may see: alike one by one, in a batch and in SQL."""

from __future__ import annotations

import pytest

from pigeon.models import MediaModel
from pigeon.services import access
from pigeon.services.media import media, owners
from pigeon.services.posts import cards as post_cards
from tests.harness.twins import ACTORS, World, everything, in_sql, passing


@pytest.mark.parametrize("actor", ACTORS)
def test_pictures_one_by_one_in_a_batch_and_in_sql(world: World, actor: str) -> None:
    viewer, names = world.viewer(actor), everything(MediaModel.name)
    stored = in_sql(MediaModel.name, access.media.where(viewer))
    pictures = media.stored.many(names)
    cards = post_cards.load([one.post_id for one in pictures.values() if one.post_id])
    shown = access.media.visible(viewer, pictures.values(), cards)
    assert {one.media_id for one in shown} == {pictures[name].media_id for name in stored}
    assert passing(lambda name: owners.check_sees(viewer, pictures[name]), names) == stored
    kinds = {pictures[name].kind for name in stored}
    assert kinds == set(owners.OWNERS) == {"post", "avatar"}
