from __future__ import annotations

import pytest
from flask import Flask

from pigeon.domain.errors import Invalid
from pigeon.domain.page import PageRequest, read_cursor
from pigeon.services.posts import changes, posts
from pigeon.services.searches import tags
from tests.factories import make_post, make_user

CAPTIONS = ["#sky #Skyline #사진", "#sky #skate #사자", "#skyline #사진", "#skyline #ㅋㅋ", "#서울"]


def found(q: str, **request: int) -> list[tuple[str, int]]:
    return [(hit.tag, hit.post_count) for hit in tags.find_tags(q, PageRequest(**request)).items]


@pytest.fixture
def captions(app: Flask) -> None:
    ann = make_user("ann")
    for caption in CAPTIONS:
        make_post(ann, caption=caption)


@pytest.mark.mariadb
@pytest.mark.usefixtures("captions")
@pytest.mark.parametrize(
    ("q", "expected"),
    [
        ("sky", [("sky", 2), ("skyline", 3)]),
        ("#SK", [("skyline", 3), ("sky", 2), ("skate", 1)]),
        ("＃skyl", [("skyline", 3)]),
        ("사지", [("사진", 2)]),
        ("사ㅈ", [("사진", 2), ("사자", 1)]),
        ("ㅅ", [("사진", 2), ("사자", 1), ("서울", 1)]),
        ("ㅋ", [("ᄏᄏ", 1)]),
        ("사진관", []),
        ("%", []),
        ("_", []),
        ("", []),
    ],
)
def test_tags_are_found_by_their_beginning(q: str, expected: list[tuple[str, int]]) -> None:
    assert found(q) == expected


def test_what_only_closed_accounts_tag_is_nobodys_to_see(app: Flask) -> None:
    make_post(make_user("ann", is_private=True), caption="#secret #shared")
    make_post(make_user("ben"), caption="#shared")
    make_post(make_user("cid"), caption="#shared #second", images=1, state="processing")
    assert (found("s"), found("secret")) == ([("shared", 1)], [])


@pytest.mark.usefixtures("captions")
def test_pages_follow_one_another() -> None:
    request = PageRequest(kind="tags-sk", limit=2)
    first = tags.find_tags("sk", request)
    before = read_cursor("tags-sk", first.next or "")
    second = tags.find_tags("sk", PageRequest(kind="tags-sk", limit=2, before=before))
    assert [hit.tag for hit in (*first.items, *second.items)] == ["skyline", "sky", "skate"]
    assert second.next is None


def test_a_query_that_is_too_long_is_named(app: Flask) -> None:
    with pytest.raises(Invalid) as refused:
        tags.find_tags("a" * 51, PageRequest())
    assert refused.value.fields["q"].code == "too_long"


def test_what_is_posted_edited_or_deleted_is_counted_at_once(app: Flask) -> None:
    """Also when somebody asked a moment before, as who writes a new tag does."""
    ann = make_user("ann")
    assert found("brandnew") == found("other") == []
    post = posts.create(ann.id, "#brandnew", [])
    assert found("brandnew") == [("brandnew", 1)]
    changes.edit(int(post.id), by=ann.id, caption="#other")
    assert (found("brandnew"), found("other")) == ([], [("other", 1)])
    changes.remove(int(post.id), by=ann.id)
    assert found("other") == []
