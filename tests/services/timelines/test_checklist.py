"""Which first steps are done, and who is shown them."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask

from pigeon.domain.clock import utc_now
from pigeon.services.follows import follows
from pigeon.services.suggestions import suggestions
from pigeon.services.timelines import checklist
from tests.factories import Person, make_follow, make_post, make_user
from tests.factories.relations import make_private


@pytest.fixture
def ann(app: Flask) -> Person:
    return make_user("ann")


def test_steps_are_counted_as_they_are_done(ann: Person) -> None:
    people = [make_user() for _ in range(6)]
    make_private(people[0])
    for number, person in enumerate(people[:5]):
        steps = checklist.find(ann.id, 6 - number)
        assert steps is not None
        assert (steps.followed, steps.wanted, steps.follows_enough) == (number, 5, False)
        follows.follow(person.id, by=ann.id)
    steps = checklist.find(ann.id, 1)
    assert steps is not None and steps.follows_enough, "one of them was asked"
    assert (steps.done, steps.has_posted, steps.has_avatar) == (1, False, False)
    make_post(ann)
    steps = checklist.find(ann.id, 1)
    assert steps is not None and (steps.done, steps.has_posted) == (2, True)


def test_fewer_are_wanted_where_few_are(ann: Person) -> None:
    ben = make_user()
    steps = checklist.find(ann.id, 1)
    assert steps is not None and steps.wanted == 1
    make_follow(ann, ben)
    steps = checklist.find(ann.id, 0)
    assert steps is not None and steps.follows_enough
    alone = checklist.find(ben.id, 0)
    assert alone is not None and not alone.follows_enough


def test_who_came_long_ago_and_follows_somebody_has_found_their_way(app: Flask) -> None:
    long_ago = utc_now() - timedelta(days=31)
    old, new = make_user(created_at=long_ago), make_user()
    assert checklist.find(old.id, 1) is not None
    make_follow(old, new)
    assert checklist.find(old.id, 0) is None


def test_what_is_put_away_stays_away(ann: Person) -> None:
    ben = make_user("ben")
    for _ in range(2):
        checklist.put_away(ann.id)
    assert checklist.find(ann.id, 1) is None
    assert checklist.find(ben.id, 1) is not None
    suggestions.dismiss(ann.id, ben.id)
    assert checklist.find(ann.id, 0) is None
