"""The written conversations hold together: people who know each other, times that go forward."""

from __future__ import annotations

from itertools import pairwise

from pigeon.demo.conversations import CONVERSATIONS, list_conversations
from pigeon.demo.people import BLOCKS, PEOPLE, POSTS

NAMES = {person.username for person in PEOPLE}
PLACES = {(post.username, post.hours_ago) for post in POSTS}


def test_there_is_something_to_look_at_in_both_languages() -> None:
    pairs = [frozenset(pair[:2]) for pair in CONVERSATIONS]
    assert 20 <= len(pairs) <= 30 and len(set(pairs)) == len(pairs)
    for language in ("ko", "en"):
        own = {person.username for person in PEOPLE if person.language == language}
        assert sum(pair <= own for pair in pairs) >= 8


def test_only_the_two_of_it_write_and_nobody_across_a_block() -> None:
    for one in list_conversations():
        assert set(one.usernames) <= NAMES
        assert {said.username for said in one.messages} <= set(one.usernames)
        assert one.usernames not in BLOCKS and one.usernames[::-1] not in BLOCKS


def test_time_goes_on_and_the_newest_conversation_comes_last() -> None:
    conversations = list_conversations()
    for one in conversations:
        hours = [said.hours_ago for said in one.messages]
        assert all(before > after for before, after in pairwise(hours)), one.usernames
        assert [said.number for said in one.messages] == list(range(1, len(hours) + 1))
    ends = [one.messages[-1].hours_ago for one in conversations]
    assert ends == sorted(ends, reverse=True)


def test_posts_that_are_sent_are_there_and_were_by_then() -> None:
    sent = [said for one in list_conversations() for said in one.messages if said.post]
    assert len(sent) >= 4
    for said in sent:
        assert said.post in PLACES and said.post and said.post[1] > said.hours_ago
        assert not said.text


def test_what_is_unread_is_the_last_that_one_of_them_wrote() -> None:
    for one in list_conversations():
        marks = [said.is_unread for said in one.messages]
        first = marks.index(True) if True in marks else len(marks)
        assert all(marks[first:]), one.usernames
        assert len({said.username for said in one.messages[first:]}) <= 1
