from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select, update

from pigeon.cache import keys
from pigeon.domain.errors import Conflict, NotFound
from pigeon.domain.page import PageRequest, read_cursor
from pigeon.domain.sessions import Caller
from pigeon.extensions import cache, db
from pigeon.models import FollowModel, UserModel
from pigeon.services import counts
from pigeon.services.accounts import changes as accounts_changes
from pigeon.services.follows import followees, follows
from pigeon.unit_of_work import unit_of_work
from tests.factories import Person, make_follow, make_user
from tests.harness.context import concurrently

DEAD = "unix:///nonexistent/redis.sock"


def stored_counts(person: Person) -> tuple[int, int]:
    """(followers, following) as the row says, which is what the rows of follows say."""
    db.session.rollback()
    found = db.session.execute(
        select(UserModel.follower_count, UserModel.following_count).where(UserModel.id == person.id)
    ).one()
    for column, count in zip(
        (FollowModel.followee_id, FollowModel.follower_id), found, strict=True
    ):
        query = select(func.count()).select_from(FollowModel).where(column == person.id)
        assert db.session.scalar(query) == count
    shown = counts.of_user(person.id)
    assert (shown.follower_count, shown.following_count) == tuple(found)
    return tuple(found)


@pytest.mark.no_second_look
@pytest.mark.both_modes
def test_following_and_unfollowing_twice_counts_once(ann: Person, ben: Person, mode: str) -> None:
    for _ in range(2):
        follows.follow(ben.id, by=ann.id)
        assert (stored_counts(ann), stored_counts(ben)) == ((0, 1), (1, 0))
    for _ in range(2):
        follows.unfollow(ben.id, by=ann.id)
        assert (stored_counts(ann), stored_counts(ben)) == ((0, 0), (0, 0))


@pytest.mark.parametrize("command", [follows.follow, follows.unfollow])
def test_nobody_follows_themselves(ann: Person, command: Callable[..., None]) -> None:
    with pytest.raises(Conflict) as caught:
        command(ann.id, by=ann.id)
    assert caught.value.code == "self"


def test_nobody_follows_who_is_gone(ann: Person, ben: Person) -> None:
    accounts_changes.withdraw(ben.id, password="", fresh_identity=True, caller=Caller())
    for user_id in (ben.id, 4_711):
        with pytest.raises(NotFound):
            follows.follow(user_id, by=ann.id)
    assert stored_counts(ann) == (0, 0)


def test_every_change_moves_the_version_of_the_followers(ann: Person, ben: Person) -> None:
    def version() -> int | None:
        db.session.rollback()
        return db.session.scalar(select(UserModel.followers_version).where(UserModel.id == ben.id))

    seen = [version()]
    for command in (follows.follow, follows.unfollow, follows.follow):
        command(ben.id, by=ann.id)
        seen.append(version())
    assert len(set(seen)) == 4


def test_the_bell_needs_a_follow_and_goes_with_it(ann: Person, ben: Person) -> None:
    with pytest.raises(Conflict) as caught:
        follows.set_bell(ben.id, by=ann.id, on=True)
    assert caught.value.code == "not_following"
    follows.set_bell(ben.id, by=ann.id, on=False)
    make_follow(ann, ben, bell=True)
    assert follows.relation(ann.id, ben.id).bell
    follows.follow(ben.id, by=ann.id)
    assert follows.relation(ann.id, ben.id).bell
    follows.unfollow(ben.id, by=ann.id)
    follows.follow(ben.id, by=ann.id)
    assert not follows.relation(ann.id, ben.id).bell


def test_a_relation_has_two_sides(ann: Person, ben: Person) -> None:
    make_follow(ann, ben)
    assert follows.relation(ann.id, ben.id) == follows.Relation(
        following=True, bell=False, follows_me=False, is_requested=False
    )
    assert follows.relation(ben.id, ann.id) == follows.Relation(
        following=False, bell=False, follows_me=True, is_requested=False
    )


def test_lists_are_newest_first_and_join(ann: Person, queries: Callable[[], Any]) -> None:
    people = [make_user() for _ in range(5)]
    for person in people:
        make_follow(person, ann)
        make_follow(ann, person)
    accounts_changes.withdraw(people[2].id, password="", fresh_identity=True, caller=Caller())
    expected = [people[i].id for i in (4, 3, 1, 0)]
    for list_page, kind in ((follows.list_followers, "followers"), (follows.list_following, "x")):
        found: list[int] = []
        before = None
        for _ in range(4):
            request = PageRequest(kind=kind, before=before, limit=3)
            with queries() as sent:
                page = list_page(ann.id, None, request)
            assert len(sent) == 1
            found += page.items
            if page.next is None:
                break
            before = read_cursor(kind, page.next)
        assert found == expected


def test_mutuals_are_those_i_follow_who_follow_them(ann: Person, ben: Person) -> None:
    friends = [make_user() for _ in range(4)]
    for friend in friends:
        make_follow(ann, friend)
    for friend in friends[:3]:
        make_follow(friend, ben)
    make_follow(make_user(), ben)
    assert follows.mutuals(ann.id, ben.id) == (3, [friends[2].id, friends[1].id])
    assert follows.mutuals(ben.id, ann.id) == (0, [])


def test_a_process_that_died_after_its_commit_is_made_up_for(
    ann: Person, ben: Person, drain: Callable[[], int], with_settings: Callable[..., None]
) -> None:
    """Its caches were not told; the job tells them."""
    assert followees.among(ann.id, [ben.id]) == set()
    drain()
    url = cache.url
    with_settings(redis_cache_url=DEAD)
    follows.follow(ben.id, by=ann.id)
    with_settings(redis_cache_url=url)
    assert cache.client.exists(keys.FOLLOWING.key(ann.id))
    drain()
    assert followees.among(ann.id, [ben.id]) == {ben.id}
    stored_counts(ann)


def test_many_follow_one_person_at_the_same_time(app: Flask, ben: Person) -> None:
    people = [make_user() for _ in range(12)]
    calls = [lambda by=person.id: follows.follow(ben.id, by=by) for person in people]
    assert concurrently(app, calls) == [None] * 12
    assert stored_counts(ben) == (12, 0)


def test_a_pair_that_is_changed_by_many_is_one_row_or_none(
    app: Flask, ann: Person, ben: Person
) -> None:
    calls: list[Callable[[], None]] = [
        lambda command=command: command(ben.id, by=ann.id)
        for command in (follows.follow, follows.unfollow) * 5
    ]
    assert concurrently(app, calls) == [None] * 10
    assert stored_counts(ann) in ((0, 0), (0, 1))
    assert stored_counts(ben)[0] == stored_counts(ann)[1]


def test_people_who_follow_each_other_at_the_same_time(app: Flask) -> None:
    people = [make_user() for _ in range(4)]
    pairs = [(a, b) for a in people for b in people if a != b]
    calls = [lambda a=a, b=b: follows.follow(b.id, by=a.id) for a, b in pairs]
    assert concurrently(app, calls) == [None] * 12
    assert [stored_counts(person) for person in people] == [(3, 3)] * 4


def test_a_follow_and_a_withdrawal_at_the_same_time(
    app: Flask, ann: Person, ben: Person, drain: Callable[[], int]
) -> None:
    def withdraw() -> None:
        accounts_changes.withdraw(ben.id, password="", fresh_identity=True, caller=Caller())

    results = concurrently(app, [lambda: follows.follow(ben.id, by=ann.id), withdraw])
    assert results[1] is None
    assert results[0] is None or isinstance(results[0], NotFound)
    drain()
    assert stored_counts(ann) == (0, 0)


def test_a_count_that_was_wrong_is_not_hidden(ann: Person, ben: Person) -> None:
    """`stored_counts` would notice."""
    make_follow(ann, ben)
    with unit_of_work():
        db.session.execute(update(UserModel).values(follower_count=5))
    with pytest.raises(AssertionError):
        stored_counts(ben)
