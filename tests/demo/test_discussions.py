"""The demo's talks: written for the people and posts there are, and told in the order of time."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

import pytest

from pigeon.demo.discussions import TALKS, DemoComment, DemoLike, Place, list_comments, list_likes
from pigeon.demo.people import PEOPLE, POSTS
from pigeon.domain import text
from pigeon.services.comments.checks import check_comment

COMMENTS = list_comments()
USERNAMES = {person.username for person in PEOPLE}
BY_LINE = {(comment.place, comment.number): comment for comment in COMMENTS}
HANGUL = re.compile("[가-힣]")


def find(comment: DemoComment, number: int | None) -> DemoComment | None:
    return BY_LINE[comment.place, number] if number is not None else None


def check_likes(likes: Sequence[DemoLike], *, author: str, hours_ago: float) -> None:
    fans = [like.username for like in likes]
    assert author not in fans
    assert len(set(fans)) == len(fans)
    assert all(0 < like.hours_ago < hours_ago for like in likes)


def test_talks_belong_to_posts_and_people_that_there_are() -> None:
    assert set(TALKS) <= {(post.username, post.hours_ago) for post in POSTS}
    assert {comment.username for comment in COMMENTS} == USERNAMES
    assert {like.username for comment in COMMENTS for like in comment.likes} <= USERNAMES


def test_there_is_much_to_read_and_some_of_it_is_long() -> None:
    assert sum(comment.top is None for comment in COMMENTS) >= 150
    assert sum(comment.top is not None for comment in COMMENTS) >= 80
    lengths = Counter(comment.place for comment in COMMENTS)
    assert sum(length >= 15 for length in lengths.values()) >= 3
    assert any(post for post in POSTS if (post.username, post.hours_ago) not in lengths)
    assert 3 <= sum(comment.edited_hours_ago is not None for comment in COMMENTS) <= 20
    korean = sum(bool(HANGUL.search(comment.text)) for comment in COMMENTS)
    assert 0.4 < korean / len(COMMENTS) < 0.7


@pytest.mark.parametrize("place", TALKS, ids=lambda place: f"{place[0]}-{place[1]}")
def test_a_talk_is_one_that_people_could_have_had(place: Place) -> None:
    for comment in (one for one in COMMENTS if one.place == place):
        assert check_comment(comment.text) == comment.text
        assert set(text.parse(comment.text).mentions) <= USERNAMES
        assert 0 < (comment.edited_hours_ago or comment.hours_ago) <= comment.hours_ago < place[1]
        check_likes(comment.likes, author=comment.username, hours_ago=comment.hours_ago)
        for number in (comment.top, comment.answers):
            above = find(comment, number)
            assert above is None or above.hours_ago > comment.hours_ago
        top = find(comment, comment.top)
        assert top is None or top.top is None


def test_who_begins_with_a_handle_answers_what_that_person_said_there() -> None:
    answers = [comment for comment in COMMENTS if comment.answers != comment.top]
    assert len(answers) >= 10
    for comment in answers:
        answered = find(comment, comment.answers)
        assert answered is not None
        assert comment.text.startswith(f"@{answered.username} ")


def test_nobody_says_the_same_twice() -> None:
    assert len({comment.text for comment in COMMENTS}) == len(COMMENTS)


def test_some_posts_have_many_likes_and_some_none() -> None:
    likes = {post: list_likes(post) for post in POSTS}
    numbers = sorted(len(found) for found in likes.values())
    assert numbers[0] == 0
    assert numbers[-1] >= 10
    for post, found in likes.items():
        check_likes(found, author=post.username, hours_ago=post.hours_ago)


def test_the_same_is_said_on_every_machine() -> None:
    assert list_comments() == COMMENTS
    assert [list_likes(post) for post in POSTS] == [list_likes(post) for post in POSTS]
