from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from pigeon.domain.errors import Invalid
from pigeon.domain.page import PageRequest, read_place
from pigeon.domain.sessions import Caller
from pigeon.services.accounts import changes as accounts_changes
from pigeon.services.messages import partners
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


@pytest.mark.both_modes
def test_a_new_name_is_found_and_the_old_one_is_not(app: Flask, mode: str) -> None:
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
    assert len(sent) == 2  # the names that begin so, and those that hold it


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


def ranked(q: str, viewer_id: int | None, size: int = 50) -> list[str]:
    """All pages, joined."""
    names: list[str] = []
    place = None
    while True:
        page = searches.find_people(q, viewer_id, PageRequest(kind="p", place=place, limit=size))
        names += [row.username for row in page.items]
        if page.next is None:
            return names
        place = read_place("p", page.next)


@pytest.mark.both_modes
def test_the_order_is_handle_followed_beginning_friends_of_friends_and_the_rest(
    app: Flask, mode: str
) -> None:
    viewer, friend = make_user("viewer"), make_user("friend")
    people = {
        name: make_user(name, display_name=shown)
        for name, shown in (
            ("a.kim", "하늘"),
            ("b.kim", "하늘"),
            ("c.kim", "하늘"),
            ("kimchi", "하늘"),
            ("anna", "Kim Anna"),
            ("kim", "하늘"),
            ("z.kim", "하늘"),
        )
    }
    make_follow(viewer, people["z.kim"])
    make_follow(viewer, friend)
    make_follow(friend, people["b.kim"])
    wanted = ["kim", "z.kim", "anna", "kimchi", "b.kim", "a.kim", "c.kim"]
    for size in (50, 3, 2, 1):
        assert ranked("kim", viewer.id, size) == wanted
    assert ranked("kim", None) == ["kim", "anna", "kimchi", "a.kim", "b.kim", "c.kim", "z.kim"]
    hits = searches.suggest_mentions("＠kim", viewer.id)
    assert [hit.user.username for hit in hits] == wanted


@pytest.mark.no_second_look
def test_who_is_followed_while_pages_are_turned_is_not_lost(app: Flask) -> None:
    viewer, friend, other = make_user("viewer"), make_user("friend"), make_user("other")
    people = [make_user(f"n{n}.kim", display_name="하늘") for n in range(6)]
    make_follow(viewer, friend)
    make_follow(friend, people[4])
    make_follow(viewer, people[0])
    make_follow(other, people[5])
    first = searches.find_people("kim", viewer.id, PageRequest(kind="p", limit=3))
    assert [row.username for row in first.items] == ["n0.kim", "n4.kim", "n1.kim"]
    make_follow(viewer, people[3])
    make_follow(viewer, other)  # now n5.kim is the friend of a friend
    assert first.next
    asked = PageRequest(kind="p", place=read_place("p", first.next))
    rest = searches.find_people("kim", viewer.id, asked)
    assert [row.username for row in rest.items] == ["n2.kim", "n3.kim", "n5.kim"]


def test_what_is_looked_at_is_bounded_and_pages_go_on(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(searches, "LOOKED_AT", 3)
    names = [make_user(f"n{n}.kim", is_discoverable=n > 7).username for n in range(10)]
    assert searches.find_people("kim", None, PageRequest()).items == []
    assert ranked("kim", None) == names[8:]


def test_a_place_that_was_never_written_is_refused(app: Flask) -> None:
    bad = ["", "x", "9.1..0.", "4.1.7-x.0.a", "4.-1..0.a", "4.1..0.\ud800", "4.1..0." + "a" * 42]
    for place in (*bad, "2.9999999999999999999999..0.a", "4.1.1-2-3-4-5-6-7-8-9.0.a"):
        with pytest.raises(Invalid) as caught:
            searches.find_people("kim", None, PageRequest(place=place))
        assert set(caught.value.fields) == {"before"}


def test_whatever_is_typed_is_answered(app: Flask) -> None:
    ann = make_user("ann")
    assert ranked("a" + "\u0301" * 29, ann.id) == ["ann"]
    for q in (
        "%",
        "_%",
        "🔥" * 50,
        "ㅏ",
        "ㄱ" * 50,
        "'\"\\;",
        "a b" * 16,
        "\u0301",
        "\ufdfa" * 50,
    ):
        assert ranked(q, ann.id) == []
        assert searches.suggest_mentions(q, ann.id) == []


@pytest.mark.both_modes
def test_partners_are_found_as_people_are(app: Flask, mode: str) -> None:
    ann, ben = make_user("ann"), make_user("ben.kim", display_name="김민지")
    make_follow(ann, ben)
    make_user("kim.ben", display_name="김민지")
    for q in ("민지", "ㅁㅈ", "김 민", "kim", "kim ben", "＠ben.kim", "민지 김"):
        page = partners.list_of(ann.id, q, PageRequest(kind="partners"))
        assert [one.username for one in page.items] == ["ben.kim"]
    for q in ("%", "en", "kim lee"):
        assert partners.list_of(ann.id, q, PageRequest(kind="partners")).items == []


def test_what_is_found_says_whom_of_my_people_they_are_followed_by(app: Flask) -> None:
    ann, ben, cid, dan = (make_user(name) for name in ("ann", "ben", "cid", "dan"))
    star, alone = make_user("kim.star"), make_user("kim.alone")
    for friend in (ben, cid, dan):
        make_follow(ann, friend)
        make_follow(friend, star)
    make_follow(alone, star)
    page = searches.find_people("kim", ann.id, PageRequest(limit=10))
    found = {
        row.username: (
            row.viewer.mutuals.count,
            [user.username for user in row.viewer.mutuals.users],
        )
        for row in page.items
        if row.viewer and row.viewer.mutuals
    }
    assert found == {"kim.star": (3, ["dan", "cid"]), "kim.alone": (0, [])}
    me = searches.find_people("ann", ann.id, PageRequest(limit=10)).items[0]
    assert me.viewer is not None and me.viewer.mutuals is None
