from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from pigeon.domain.page import PageRequest, read_cursor
from pigeon.domain.sessions import Caller
from pigeon.extensions import cache, db
from pigeon.services.accounts import changes as accounts_changes
from pigeon.services.follows import follows, requests
from pigeon.services.suggestions import ranking, suggestions
from pigeon.services.users import suspensions, users
from tests.factories import Person, make_follow, make_user
from tests.factories.relations import make_block, make_private


@pytest.fixture
def ann(app: Flask) -> Person:
    return make_user("ann")


def suggested(reader: Person, limit: int = 30) -> list[str]:
    return [item.username for item in suggestions.page(reader.id, PageRequest(limit=limit)).items]


def follow_all(followers: list[Person], *followees: Person) -> None:
    for follower in followers:
        for followee in followees:
            make_follow(follower, followee)


@pytest.mark.both_modes
def test_people_are_ranked_by_how_many_i_follow_who_follow_them(ann: Person, mode: str) -> None:
    friends = [make_user(f"friend{n}") for n in range(3)]
    one, two, three = (make_user(name) for name in ("one", "two", "three"))
    follow_all([ann], *friends)
    follow_all(friends[:1], one)
    follow_all(friends[:2], two)
    follow_all(friends, three, ann)
    found = suggestions.page(ann.id, PageRequest()).items
    assert [item.username for item in found] == ["three", "two", "one"]
    assert [item.reason for item in found] == ["mutuals"] * 3
    seen = [item.viewer.mutuals for item in found if item.viewer and item.viewer.mutuals]
    assert [mutuals.count for mutuals in seen] == [3, 2, 1]
    assert [user.username for user in seen[0].users] == ["friend2", "friend1"]
    assert [user.username for user in seen[2].users] == ["friend0"]


def test_who_follows_nobody_gets_popular_accounts(ann: Person) -> None:
    small, big = make_user("small", follower_count=1), make_user("big", follower_count=9)
    make_user("hidden", follower_count=10, is_discoverable=False)
    found = suggestions.page(ann.id, PageRequest()).items
    assert [item.username for item in found] == [big.username, small.username]
    assert {item.reason for item in found} == {"popular"}


def test_a_row_says_who_follows_me(ann: Person) -> None:
    ben = make_user("ben")
    make_follow(ben, ann)
    (item,) = suggestions.page(ann.id, PageRequest()).items
    assert item.viewer is not None
    assert (item.viewer.follows_me, item.viewer.follow) == (True, "none")


def test_a_dismissed_person_stays_away(ann: Person) -> None:
    ben, cat = make_user("ben"), make_user("cat")
    assert suggested(ann) == ["ben", "cat"]
    for _ in range(2):
        suggestions.dismiss(ann.id, ben.id)
    assert suggested(ann) == ["cat"]
    assert suggested(cat) == ["ann", "ben"]


def test_following_takes_a_suggestion_away_at_once(ann: Person) -> None:
    ben = make_user("ben")
    make_user("cat")
    assert suggested(ann) == ["ben", "cat"]
    follows.follow(ben.id, by=ann.id)
    assert "ben" not in suggested(ann)


def test_names_are_those_of_now_and_nobody_is_gone(ann: Person) -> None:
    """While the ranking is remembered."""
    ben, cat = make_user("ben"), make_user("cat")
    suggested(ann)
    users.update_profile(ben.id, {"display_name": "Benjamin"})
    accounts_changes.withdraw(cat.id, password="", fresh_identity=True, caller=Caller())
    (item,) = suggestions.page(ann.id, PageRequest()).items
    assert item.display_name == "Benjamin"


def test_pages_follow_the_ranking(ann: Person) -> None:
    names = [make_user(f"user{n}", follower_count=9 - n).username for n in range(5)]
    page = suggestions.page(ann.id, PageRequest(limit=2))
    found = [item.username for item in page.items]
    while page.next:
        before = read_cursor(suggestions.CURSOR, page.next)
        page = suggestions.page(ann.id, PageRequest(before=before, limit=2))
        found += [item.username for item in page.items]
    assert found == names


@pytest.mark.parametrize("is_cold", [True, False])
def test_any_number_costs_the_same_statements(
    ann: Person, is_cold: bool, queries: Callable[[], Any]
) -> None:
    friends = [make_user() for _ in range(2)]
    follow_all([ann], *friends)
    sent_for = []
    for count in (1, 8):
        follow_all(friends, *[make_user() for _ in range(count)])
        suggested(ann)
        if is_cold:
            cache.client.flushdb()
        db.session.rollback()
        with queries() as sent:
            suggested(ann)
        sent_for.append(len(sent))
    assert sent_for[0] == sent_for[1]
    assert sent_for[0] <= (8 if is_cold else 1)


# -- relations -------------------------------------------------------------------------------------


@pytest.mark.both_modes
@pytest.mark.parametrize("reason", ["block", "blocked", "request", "suspended"])
def test_who_is_parted_from_me_is_suggested_no_more(ann: Person, reason: str) -> None:
    """Also while a ranking from before is cached."""
    ben, _ = make_user("ben"), make_user("cat")
    assert set(suggested(ann)) == {"ben", "cat"}
    ranked = ranking.count(ann.id)
    part(reason, ann, ben)
    ranking.rankings.put(ann.id, ranked)
    assert set(suggested(ann)) == {"cat"}


@pytest.mark.both_modes
@pytest.mark.parametrize("reason", ["block", "blocked", "request", "suspended"])
def test_home_suggests_nobody_who_is_parted_from_me(
    ann: Person, client_for: Callable[[Person], Any], drain: Callable[[], int], reason: str
) -> None:
    ben, browser = make_user("ben"), client_for(ann)
    assert "/u/ben" in browser.get("/").get_data(as_text=True)
    part(reason, ann, ben)
    drain()
    assert "/u/ben" not in browser.get("/").get_data(as_text=True)


def test_who_declined_may_be_suggested_again(ann: Person) -> None:
    ben, carl = make_user("ben"), make_user("carl")
    make_private(ben, carl)
    make_follow(ann, carl)
    follows.follow(ben.id, by=ann.id)
    assert suggested(ann) == []
    requests.decline(ann.id, by=ben.id)
    ranking.rankings.evict(ann.id)
    assert suggested(ann) == ["ben"]


def test_common_friends_name_nobody_who_is_blocked(ann: Person) -> None:
    ben, cat, dan = make_user("ben"), make_user("cat"), make_user("dan")
    follow_all([ann], ben, cat)
    follow_all([ben, cat], dan)
    assert suggested(ann) == ["dan"]
    make_block(ann, ben)
    (found,) = suggestions.page(ann.id, PageRequest()).items
    assert found.viewer and found.viewer.mutuals
    assert [user.username for user in found.viewer.mutuals.users] == ["cat"]
    assert found.viewer.mutuals.count == 1


def part(reason: str, ann: Person, ben: Person) -> None:
    if reason == "block":
        make_block(ann, ben)
    elif reason == "blocked":
        make_block(ben, ann)
    elif reason == "suspended":
        suspensions.suspend(ben.id)
    else:
        make_private(ben)
        follows.follow(ben.id, by=ann.id)
