"""Rankings are counted by a job and kept: what is read meanwhile is older, and never wrong."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from pigeon.domain.clock import utc_now
from pigeon.domain.page import PageRequest
from pigeon.services.follows import follows
from pigeon.services.relations import mutes
from pigeon.services.suggestions import ranking, suggestions
from pigeon.services.users import users
from tests.factories import Person, make_follow, make_user


@pytest.fixture
def ann(app: Flask) -> Person:
    return make_user("ann")


def suggested(reader: Person) -> list[str]:
    return [item.username for item in suggestions.page(reader.id, PageRequest()).items]


def follow_all(followers: list[Person], *followees: Person) -> None:
    for follower in followers:
        for followee in followees:
            make_follow(follower, followee)


def test_of_equals_comes_first_whom_the_choosier_follow(ann: Person) -> None:
    plenty, choosy = make_user("plenty"), make_user("choosy")
    first, second = make_user("first"), make_user("second")
    follow_all([ann], plenty, choosy)
    follow_all([plenty], first, *(make_user() for _ in range(4)))
    follow_all([choosy], second)
    assert suggested(ann)[:2] == ["second", "first"]


def test_a_follow_changes_the_ranking_by_a_job(
    ann: Person,
    drain: Callable[[], int],
    queries: Callable[[], Any],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Of who follows many; who follows few need not wait for it."""
    ben, cat, dan, eve = (make_user(name) for name in ("ben", "cat", "dan", "eve"))
    follow_all([ann], ben)
    follow_all([ben], cat)
    follow_all([dan], eve)
    drain()
    assert suggested(ann) == ["cat"]
    monkeypatch.setattr(ranking, "QUICK", 0)
    follows.follow(dan.id, by=ann.id)
    with queries() as sent:
        assert suggested(ann) == ["cat"], "as counted before"
    assert len(sent) <= 3, "the reader counts nothing"
    drain()
    assert suggested(ann) == ["cat", "eve"]
    follows.unfollow(ben.id, by=ann.id)
    assert suggested(ann) == ["cat", "eve"]
    monkeypatch.setattr(ranking, "QUICK", 100)
    assert suggested(ann) == ["eve"], "counted by the reading"
    drain()
    assert suggested(ann) == ["eve"]


def test_what_no_ranking_may_show_is_gone_at_once(
    ann: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While what was counted before is kept."""
    friend = make_user("friend")
    people = {name: make_user(name) for name in ("muted", "shy", "unwanted", "followed", "stays")}
    follow_all([ann], friend)
    follow_all([friend], *people.values())
    assert set(suggested(ann)) == people.keys()
    kept = ranking.count(ann.id)
    mutes.set_muted(people["muted"].id, by=ann.id, of=["posts"], on=True)
    users.update_profile(people["shy"].id, {"is_discoverable": False})
    suggestions.dismiss(ann.id, people["unwanted"].id)
    make_follow(ann, people["followed"])
    ranking.rankings.put(ann.id, kept)
    monkeypatch.setattr(ranking, "QUICK", 0)
    assert suggested(ann) == ["stays"]


def test_who_is_followed_no_more_is_not_named(ann: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    friends = [make_user(f"friend{n}") for n in range(3)]
    cat = make_user("cat")
    follow_all([ann], *friends)
    follow_all(friends, cat)
    assert suggested(ann) == ["cat"]
    monkeypatch.setattr(ranking, "QUICK", 0)
    follows.unfollow(friends[2].id, by=ann.id)
    (found,) = suggestions.page(ann.id, PageRequest()).items
    assert found.viewer is not None and found.viewer.mutuals is not None
    assert [one.username for one in found.viewer.mutuals.users] == ["friend1"]
    assert found.viewer.mutuals.count == 2


def test_a_page_is_full_while_the_ranking_has_some(ann: Person) -> None:
    people = [make_user(f"user{n}", follower_count=9 - n) for n in range(5)]
    assert len(suggested(ann)) == 5
    for followed in people[:3]:
        make_follow(ann, followed)
    page = suggestions.page(ann.id, PageRequest(limit=2))
    assert [item.username for item in page.items] == ["user3", "user4"]
    assert page.next is None


# -- counting --------------------------------------------------------------------------------------


def test_jobs_of_many_follows_count_once(ann: Person) -> None:
    suggested(ann)
    long_ago, later = utc_now() - timedelta(minutes=1), utc_now() + timedelta(minutes=1)
    assert not ranking.refresh(ann.id, long_ago)
    assert ranking.refresh(ann.id, later)
    ranking.rankings.evict(ann.id)
    assert not ranking.refresh(ann.id, later), "counted by being read"


def test_what_ones_people_follow_changes_the_ranking(
    ann: Person, drain: Callable[[], int], monkeypatch: pytest.MonkeyPatch
) -> None:
    ben, cat, dan, eve = (make_user(name) for name in ("ben", "cat", "dan", "eve"))
    follow_all([ann], ben)
    follow_all([ben], cat)
    drain()
    assert suggested(ann) == ["cat"]
    follow_all([ben], dan)
    drain()
    assert set(suggested(ann)) == {"cat", "dan"}
    monkeypatch.setattr(ranking, "QUICK", 0)
    follow_all([ben], eve)
    drain()
    assert set(suggested(ann)) == {"cat", "dan"}, "who follows many does not wait for it"


def test_the_last_to_begin_counting_stays(ann: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    ben, cat = make_user("ben"), make_user("cat")
    follow_all([ann], ben)
    follow_all([ben], cat)
    count, begun = ranking.count, list[int]()

    def slowly(user_id: int) -> ranking.Ranking:
        found = count(user_id)
        begun.append(user_id)
        if len(begun) == 1:
            make_follow(ben, make_user("dan"))
            ranking.rankings.renew(user_id)
        return found

    monkeypatch.setattr(ranking, "count", slowly)
    ranking.rankings.renew(ann.id)
    assert (set(suggested(ann)), len(begun)) == ({"cat", "dan"}, 2)


def test_a_closed_account_is_no_popular_one(ann: Person) -> None:
    make_user("closed", follower_count=9, is_private=True), make_user("open")
    assert suggested(ann) == ["open"]


def test_popular_people_are_looked_up_for_everybody(
    ann: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    big, small = make_user("big", follower_count=9), make_user("small", follower_count=1)
    assert suggested(ann) == ["big", "small"]
    assert suggested(make_user("dora")) == ["big", "small", "ann"]
    ranking.popular.evict("")
    monkeypatch.setattr(ranking, "POPULAR", 2)
    late = make_user("late")
    follow_all([late], big, small)
    assert suggested(late) == ["ann", "dora"], "beyond what is kept for everybody"
