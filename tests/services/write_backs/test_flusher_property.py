"""Random likes, flushes and crashes."""

from __future__ import annotations

import random
from collections.abc import Callable
from contextlib import suppress

import pytest
from sqlalchemy import select

from pigeon.extensions import cache, db
from pigeon.models import CommentLike
from pigeon.services.likes import likes
from pigeon.services.likes.likes import POSTS
from pigeon.services.write_backs import flusher
from tests.factories import make_post, make_user
from tests.services.write_backs.liking import CRASHES, Crash, flush_all, like, rows, shown, stored

pytestmark = [pytest.mark.usefixtures("app"), pytest.mark.no_second_look]


@pytest.mark.parametrize("seed", range(4))
def test_random_likes_flushes_and_crashes_end_as_acknowledged(
    seed: int, crash_at: Callable[[str | None], None]
) -> None:
    dice = random.Random(seed)
    people, posted = [make_user() for _ in range(4)], [make_post() for _ in range(3)]
    acknowledged: dict[tuple[int, int], bool] = {}
    for _ in range(250):
        chance = dice.random()
        if chance < 0.75:
            person, post, on = dice.choice(people), dice.choice(posted), dice.random() < 0.6
            like(person, post.id, on)
            acknowledged[(post.id, person.id)] = on
            assert (post.id in likes.among(POSTS, person.id, [post.id])) is on
        elif chance < 0.85:
            crash_at(None)
            flusher.flush()
            for post in posted:
                mine = [on for (post_id, _), on in acknowledged.items() if post_id == post.id]
                assert shown(post.id) == sum(mine)
        elif chance < 0.95:
            crash_at(dice.choice(CRASHES))
            with suppress(Crash):
                flusher.flush()
            db.session.rollback()
        else:
            cache.client.flushall()
    crash_at(None)
    flush_all()
    for post in posted:
        expected_people = {
            user_id for (post_id, user_id), on in acknowledged.items() if post_id == post.id and on
        }
        assert rows(post.id) == expected_people
        assert stored(post.id) == shown(post.id) == len(expected_people)
    assert not db.session.scalars(select(CommentLike.id)).all()
