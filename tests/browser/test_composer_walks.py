"""Random walks through the composer: what is published is what was shown at a press, once.

`COMPOSER_WALKS` says how many of each seed, `COMPOSER_SEEDS` which; a failure names both.
"""

from __future__ import annotations

import os
import random
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select

from pigeon.extensions import db
from pigeon.models import MediaModel, PostModel
from tests.harness.composing import SLOW_READING, Shown, Walk

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.browser.conftest import Cast
    from tests.factories import Person
    from tests.harness.sites import Site

pytestmark = [pytest.mark.browser, pytest.mark.no_second_look]
WALKS = int(os.environ.get("COMPOSER_WALKS", "2"))
SEEDS = [int(seed) for seed in os.environ.get("COMPOSER_SEEDS", "1,2,3").split(",")]


def published(site: Site, person: Person) -> list[Shown]:
    """Whatever the state of its pictures: a picture's name is its width."""
    with site.app.app_context():
        posts = db.session.scalars(
            select(PostModel).where(PostModel.author_id == person.id).order_by(PostModel.id)
        ).all()
        return [Shown(caption=post.caption, pictures=_pictures(post.id)) for post in posts]


def _pictures(post_id: int) -> tuple[tuple[str, str], ...]:
    rows = db.session.scalars(
        select(MediaModel).where(MediaModel.post_id == post_id).order_by(MediaModel.position)
    )
    return tuple((f"{row.width}.{'jpg' if row.width >= 1_000 else 'png'}", row.alt) for row in rows)


@pytest.mark.parametrize("seed", SEEDS)
def test_what_is_published_is_what_was_shown_at_a_press(
    seed: int, site: Site, as_person: Callable[..., Page], cast: Cast
) -> None:
    for number in range(WALKS):
        person = cast.person("walker")
        page = as_person(person)
        page.add_init_script(SLOW_READING)
        dice = random.Random(f"{seed}-{number}")
        walk = Walk(page=page, dice=dice, look=lambda person=person: published(site, person))
        throttle = page.context.new_cdp_session(page)
        throttle.send("Emulation.setCPUThrottlingRate", {"rate": dice.choice([1, 1, 4])})
        walk.take()
        assert not walk.problems, (seed, number, walk.problems, walk.told)
        page.context.close()
