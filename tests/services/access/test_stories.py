"""Which stories a viewer may see: alike one by one, in a batch and in SQL, until they end."""

from __future__ import annotations

from datetime import timedelta
from functools import partial

import pytest
from sqlalchemy import select

from pigeon.domain.clock import utc_now
from pigeon.domain.errors import Forbidden, NotFound
from pigeon.domain.stories import StoryCard
from pigeon.extensions import db
from pigeon.models import StoryModel
from pigeon.services import access
from pigeon.services.access.viewers import Viewer
from pigeon.services.stories import cards
from tests.harness.twins import ACTORS, GONE, World, everything, in_sql, passing


def expected(world: World, actor: str) -> set[int]:
    """Live ones of people whose posts are open to a member; of their own also what is not shown."""
    if world.viewer(actor).id is None:
        return set()
    known, mine = world.sees_posts_of(actor), world.people.get(actor)
    return {
        row.id
        for row in db.session.scalars(select(StoryModel))
        if (row.state == "published" and _lasts(row) and row.author_id in known)
        or (row.state in ("processing", "failed") and row.author_id == mine and actor not in GONE)
    }


def _lasts(row: StoryModel) -> bool:
    return row.expires_at is not None and row.expires_at > utc_now()


def test_stories_one_by_one_in_a_batch_and_in_sql(world: World) -> None:
    ids = everything(StoryModel.id)
    found = cards.find_many(ids)
    for actor in ACTORS:
        seen = expected(world, actor)
        for way, viewer in world.ways(actor):
            case = (actor, way)
            assert in_sql(StoryModel.id, access.stories.where(viewer)) == seen, case
            shown = access.stories.visible(viewer, found.values())
            assert {card.id for card in shown} == seen, case
            check = partial(_check, found, viewer)
            assert passing(check, ids) == seen, case


def _check(found: dict[int, StoryCard], viewer: Viewer, story_id: int) -> StoryCard:
    return access.stories.check_sees(viewer, found.get(story_id))


def test_alike_at_the_end_of_a_day_whatever_was_loaded_before(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Cards that were live when they were loaded, and rows that nobody has taken away yet."""
    found = cards.find_many(everything(StoryModel.id))
    monkeypatch.setattr(access.stories, "utc_now", lambda: utc_now() + timedelta(hours=12))
    for actor in ACTORS:
        mine = {
            row.id
            for row in db.session.scalars(select(StoryModel))
            if row.author_id == world.people.get(actor) and row.state in ("processing", "failed")
        }
        seen = set() if actor in GONE else mine
        for way, viewer in world.ways(actor):
            case = (actor, way)
            assert in_sql(StoryModel.id, access.stories.where(viewer)) == seen, case
            shown = access.stories.visible(viewer, found.values())
            assert {card.id for card in shown} == seen, case


def test_who_may_see_one_is_refused_what_is_its_authors_and_others_hear_of_none(
    world: World,
) -> None:
    ids = everything(StoryModel.id)
    found = cards.find_many(ids)
    for actor in ACTORS:
        viewer, mine = world.viewer(actor), world.people.get(actor)
        seen = expected(world, actor)
        for number in ids:
            card = found.get(number)
            if number in seen and card is not None and card.author_id == mine:
                assert access.stories.check_owns(viewer, card) == card
                continue
            with pytest.raises(Forbidden if number in seen else NotFound):
                access.stories.check_owns(viewer, card)
