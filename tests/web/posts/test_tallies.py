from __future__ import annotations

import re

import pytest

from pigeon.web.posts import tallies


def said(count: int, *, liked: bool = False, name: str = "", language: str = "en") -> str:
    return re.sub("<[^>]+>", "", tallies.line_of_likes(9, count, liked, name, language))


@pytest.fixture(autouse=True)
def request_context(app):
    with app.test_request_context():
        yield


@pytest.mark.parametrize(
    ("count", "liked", "name", "words"),
    [
        (0, False, "", "Be the first to like this"),
        (0, False, "ann", "Be the first to like this"),
        (1, True, "", "1 like"),
        (1, True, "ann", "1 like"),
        (1, False, "ann", "Liked by ann"),
        (2, True, "ann", "Liked by ann and 1 other"),
        (3, False, "ann", "Liked by ann and 2 others"),
        (3, False, "", "3 likes"),
        (12_346, False, "ann", "Liked by ann and 12.3K others"),
    ],
)
def test_the_line_of_likes(count: int, liked: bool, name: str, words: str) -> None:
    assert said(count, liked=liked, name=name) == words


def test_nobody_can_be_listed_where_nobody_likes() -> None:
    assert "href" not in tallies.line_of_likes(9, 0, False, "", "en")
    assert 'href="/p/9/likers"' in tallies.line_of_likes(9, 1, False, "", "en")


def test_the_line_of_comments_waits_for_the_first() -> None:
    assert " hidden>" in tallies.line_of_comments(9, 0, "en")
    assert ">View 1 comment<" in tallies.line_of_comments(9, 1, "en")
    assert ">View all 1,234 comments<" in tallies.line_of_comments(9, 1234, "en")
