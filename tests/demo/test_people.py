"""The demo's people and posts: plausible, and within the limits of real ones."""

from __future__ import annotations

import re

from pigeon.demo.discussions import list_comments
from pigeon.demo.people import (
    BELLS,
    BLOCKS,
    FOLLOWS,
    MUTES,
    PEOPLE,
    POSTS,
    PRIVATE,
    REQUESTS,
)
from pigeon.processes.start import SHOWN_LOGINS


def test_bells_are_those_of_followers() -> None:
    assert set(BELLS) <= set(FOLLOWS)


PICTURES = [(post, spec) for post in POSTS for spec in post.pictures]
USERNAMES = {person.username for person in PEOPLE}


def test_each_person_has_a_subject_and_a_palette_of_their_own() -> None:
    assert len(PEOPLE) >= 12
    assert len(USERNAMES) == len(PEOPLE)
    assert len({person.subject for person in PEOPLE}) == len(PEOPLE)
    assert len({person.palette for person in PEOPLE}) == len(PEOPLE)
    for post, spec in PICTURES:
        author = next(person for person in PEOPLE if person.username == post.username)
        assert (spec.subject, spec.palette) == (author.subject, author.palette)


def test_people_fit_the_limits_of_a_profile() -> None:
    for person in PEOPLE:
        assert re.fullmatch(r"[a-z0-9._]{3,30}", person.username)
        assert len(person.display_name) <= 50
        assert len(person.bio) <= 150
        assert len(person.link) <= 200
        assert person.language in {"ko", "en"}


def test_there_are_sixty_posts_with_one_to_five_pictures_and_a_few_of_words() -> None:
    counts = [len(post.pictures) for post in POSTS]
    assert sum(1 for count in counts if count) >= 60
    assert 2 <= counts.count(0) <= 4
    assert max(counts) == 5
    assert all(len(post.alts) == len(post.pictures) for post in POSTS)
    assert {post.username for post in POSTS} == USERNAMES


def test_no_two_pictures_are_the_same() -> None:
    assert len({spec.seed for _, spec in PICTURES}) == len(PICTURES)


def test_posts_lie_in_the_last_three_weeks_oldest_first() -> None:
    hours = [post.hours_ago for post in POSTS]
    assert hours == sorted(hours, reverse=True)
    assert 0 < hours[-1] < 24
    assert 400 < hours[0] <= 21 * 24


def test_captions_mention_members_only() -> None:
    mentions = {name for post in POSTS for name in re.findall(r"@([a-z0-9._]+)", post.caption)}
    assert {name.rstrip(".") for name in mentions} <= USERNAMES
    assert len(mentions) >= 8


def test_some_hashtags_are_shared_between_people() -> None:
    authors: dict[str, set[str]] = {}
    for post in POSTS:
        for tag in re.findall(r"#(\w+)", post.caption):
            authors.setdefault(tag, set()).add(post.username)
    assert len(authors["서울"]) >= 3
    assert len(authors["goldenhour"]) >= 3


def test_everyone_follows_three_to_nine_others_once() -> None:
    assert len(set(FOLLOWS)) == len(FOLLOWS)
    for username in USERNAMES:
        circle = [followed for follower, followed in FOLLOWS if follower == username]
        assert 3 <= len(circle) <= 9
        assert username not in circle
        assert set(circle) <= USERNAMES
    assert {followed for _, followed in FOLLOWS} == USERNAMES


# -- relations -------------------------------------------------------------------------------------


def test_requests_wait_behind_a_log_in_that_is_printed() -> None:
    shown = [person.username for person in PEOPLE[:SHOWN_LOGINS]]
    assert {requested for _, requested in REQUESTS} == set(PRIVATE)
    assert set(PRIVATE) <= set(shown)
    assert {muter for muter, _ in MUTES} | {blocker for blocker, _ in BLOCKS} <= set(shown)
    assert len(REQUESTS) >= 3


def test_who_asks_does_not_follow_and_who_is_muted_is_followed() -> None:
    assert not set(REQUESTS) & set(FOLLOWS)
    assert set(MUTES) <= set(FOLLOWS)


def test_nobody_who_is_blocked_follows_asks_or_talks_with_the_other() -> None:
    talks: dict[object, set[str]] = {}
    for comment in list_comments():
        talks.setdefault(comment.place, {comment.place[0]}).add(comment.username)
    for one, other in BLOCKS:
        pairs = {(one, other), (other, one)}
        assert not pairs & (set(FOLLOWS) | set(REQUESTS))
        assert not [place for place, people in talks.items() if {one, other} <= people]


def test_only_followers_talk_below_the_posts_of_who_is_private() -> None:
    for comment in list_comments():
        owner = comment.place[0]
        if owner in PRIVATE and comment.username != owner:
            assert (comment.username, owner) in FOLLOWS
    captions = {post.caption for post in POSTS if post.username in PRIVATE}
    named = {name for caption in captions for name in re.findall(r"@([a-z0-9._]+\w)", caption)}
    assert all((name, owner) in FOLLOWS for name in named for owner in PRIVATE)
