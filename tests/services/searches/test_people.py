from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from pigeon.domain.errors import Invalid
from pigeon.domain.page import PageRequest, read_place
from pigeon.domain.sessions import Caller
from pigeon.services.accounts import changes as accounts_changes
from pigeon.services.searches import people as searches
from pigeon.services.users import users
from tests.factories import make_follow, make_user


@pytest.fixture
def people(app: Flask) -> None:
    for username, name in (
        ("minji", "김민지"),
        ("minjun", "박민준"),
        ("mina", "이미나"),
        ("gabang", "가방 장수"),
        ("ann.lee", "Ann Lee"),
        ("rene", "René Müller"),
    ):
        make_user(username, display_name=name)


def found(q: str) -> set[str]:
    return {row.username for row in searches.find_people(q, None, PageRequest()).items}


@pytest.mark.parametrize(
    ("q", "names"),
    [
        ("min", {"minji", "minjun", "mina"}),
        ("MINJ", {"minji", "minjun"}),
        ("@ann", {"ann.lee"}),
        ("lee", {"ann.lee"}),
        ("rene", {"rene"}),
        ("mül", {"rene"}),
        ("muller", {"rene"}),
        ("김민", {"minji"}),
        ("ㄱㅁㅈ", {"minji"}),
        ("ㄱㅁ", {"minji"}),
        ("ㅁㅈ", {"minji", "minjun"}),
        ("ㅂㅁㅈ", {"minjun"}),
        ("김ㅁ", {"minji"}),
        ("김밍", set()),
        ("이미", {"mina"}),
        ("미", {"mina", "minji", "minjun"}),
        ("ㅈㅅ", {"gabang"}),
        ("장", {"gabang"}),
        ("갑", {"gabang"}),
        ("민지", {"minji"}),
        ("김 민지", {"minji"}),
        ("가방장", {"gabang"}),
        ("ㄹㄴ", set()),
        ("ann lee", {"ann.lee"}),
        ("Lee Ann", {"ann.lee"}),
        ("annlee", {"ann.lee"}),
        ("lee bob", set()),
        ("ee", set()),
        ("%", set()),
        ("_", set()),
        ("", set()),
        (" ", set()),
        ("@", set()),
    ],
)
def test_people_are_found_by_the_beginning(people: None, q: str, names: set[str]) -> None:
    assert found(q) == names


def test_a_new_name_is_found_and_the_old_one_is_not(app: Flask) -> None:
    ann = make_user("ann", display_name="하늘")
    assert found("ㅎㄴ") == {"ann"}
    users.update_profile(ann.id, {"display_name": "바다"})
    assert (found("ㅎㄴ"), found("ㅂㄷ")) == (set(), {"ann"})


def test_the_withdrawn_are_not_found(app: Flask) -> None:
    ann = make_user("ann", display_name="하늘")
    accounts_changes.withdraw(ann.id, password="", fresh_identity=True, caller=Caller())
    assert found("ann") == found("ㅎㄴ") == set()


def test_who_wants_no_discovery_is_found_by_the_whole_handle_only(app: Flask) -> None:
    ann = make_user("ann", display_name="하늘", is_discoverable=False)
    assert found("an") == found("하늘") == found("ㅎㄴ") == set()
    assert found("ann") == found("@ANN") == {"ann"}
    ben = make_user("ben")
    assert searches.suggest_mentions("an", ben.id) == []
    make_follow(ben, ann)
    assert [hit.user.username for hit in searches.suggest_mentions("an", ben.id)] == ["ann"]


def test_a_query_has_fifty_characters(app: Flask) -> None:
    assert found("가" * 50) == set()
    with pytest.raises(Invalid) as caught:
        found("가" * 51)
    assert caught.value.fields["q"].code == "too_long"


def test_pages_join_without_gap_or_repetition(app: Flask, queries: Callable[[], Any]) -> None:
    names = [make_user(f"user{n}", display_name="하늘").username for n in range(5)]
    seen: list[str] = []
    before = None
    for _ in range(3):
        page = searches.find_people("ㅎ", None, PageRequest(kind="p", place=before, limit=2))
        seen += [row.username for row in page.items]
        before = read_place("p", page.next) if page.next else None
    assert seen == names
    assert before is None
    with queries() as sent:
        searches.find_people("ㅎ", None, PageRequest())
    assert len(sent) == 3  # that handle, the names that begin so, and those that hold it


def test_whom_i_follow_comes_first_among_mentions(app: Flask) -> None:
    ann = make_user("ann")
    popular, friend = make_user("sky1", follower_count=9), make_user("sky2")
    make_follow(ann, friend)
    hits = searches.suggest_mentions("sky", ann.id)
    assert [hit.user.username for hit in hits] == [friend.username, popular.username]
    assert searches.suggest_mentions(" ", ann.id) == []


def test_at_most_eight_mentions_are_suggested(app: Flask) -> None:
    people = [make_user(f"sky{n}") for n in range(9)]
    assert len(searches.suggest_mentions("@sky", people[0].id)) == 8


def test_who_has_the_very_handle_is_suggested_before_whom_the_viewer_follows(app: Flask) -> None:
    viewer, kim, friend = make_user("viewer"), make_user("kim"), make_user("kimchi")
    make_follow(viewer, friend)
    for q in ("@kim", "＠kim", "KIM"):
        hits = searches.suggest_mentions(q, viewer.id)
        assert [hit.user.username for hit in hits] == [kim.username, friend.username]


def test_the_parts_of_a_handle_are_found(app: Flask) -> None:
    for username in ("minji.kim", "kim.minji", "park_minji", "kimminji"):
        make_user(username, display_name="하늘")
    assert found("kim") == {"minji.kim", "kim.minji", "kimminji"}
    assert found("minji") == {"minji.kim", "kim.minji", "park_minji"}
    assert found("%") == set()
