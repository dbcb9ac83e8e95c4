"""Posts of who has many followers are pulled by readers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import update

from pigeon.cache import keys
from pigeon.extensions import cache, db
from pigeon.models import UserModel
from pigeon.services.follows import follows
from pigeon.services.posts import changes as posts_changes
from pigeon.services.timelines import pulls
from pigeon.unit_of_work import unit_of_work
from tests.factories import Person, Posted, make_follow, make_post, make_user
from tests.services.timelines.reading import numbers, read


def set_followers(person: Person, count: int) -> None:
    with unit_of_work():
        db.session.execute(
            update(UserModel).where(UserModel.id == person.id).values(follower_count=count)
        )


def delivery_of(post: Posted) -> str:
    index = pulls.current(None)
    return "pull" if post.publication_id in index.by_author.get(post.author.id, []) else "push"


@pytest.mark.env(CELEBRITY_FOLLOWERS="10")
def test_delivery_changes_with_hysteresis(ben: Person) -> None:
    deliveries = []
    for count in (9, 10, 9, 8, 7, 9, 10):
        set_followers(ben, count)
        deliveries.append(delivery_of(make_post(ben)))
    assert deliveries == ["push", "pull", "pull", "pull", "push", "push", "pull"]


@pytest.mark.env(CELEBRITY_FOLLOWERS="10")
def test_pushed_and_pulled_posts_are_merged_in_order(
    ann: Person, ben: Person, drain: Callable[[], int], queries: Callable[[], Any]
) -> None:
    cat, foreign = make_user("cat"), make_user("foreign", follower_count=10)
    make_follow(ann, cat)
    read(ann)
    made = []
    for count in (10, 0, 10, 0):
        set_followers(cat, count)
        made += [make_post(cat), make_post(ben)]
        make_post(foreign)
    drain()
    assert read(ann) == numbers(made)
    assert read(ann, limit=3, before=made[5].publication_id) == numbers(made[:5])[:3]
    with queries() as sent:
        assert read(ann) == numbers(made)
    assert not sent
    follows.unfollow(cat.id, by=ann.id)
    assert read(ann) == numbers([post for post in made if post.author == ben])


@pytest.mark.env(CELEBRITY_FOLLOWERS="1")
def test_beyond_the_index_sql_continues(
    ann: Person, ben: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = [make_post(ben) for _ in range(20)]
    read(ann)
    for post in made[8:18]:
        posts_changes.remove(post.id, by=ben.id)
    assert read(ann, limit=15) == numbers(made[:8] + made[18:])
    monkeypatch.setattr(pulls, "LENGTH", 4)
    cache.client.delete(keys.PULL_VERSION.key())
    assert read(ann, limit=15) == numbers(made[:8] + made[18:])
