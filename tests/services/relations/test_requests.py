"""Asking to follow a private person: who may, who answers, and what turning public does not do."""

from __future__ import annotations

import pytest

from pigeon.domain.errors import NotFound
from pigeon.domain.page import PageRequest
from pigeon.services import counts
from pigeon.services.follows import follows, requests
from pigeon.services.posts import posts
from pigeon.services.users import suspensions, users
from tests.factories import Person, make_follow, make_post
from tests.services.relations.conftest import Between

ASKS = ("asks", "ben", "ann")
FOLLOWS = ("follows", "ben", "ann")


def test_a_private_person_is_asked_once(private: Person, ben: Person, between: Between) -> None:
    for _ in range(2):
        follows.follow(private.id, by=ben.id)
        assert between() == {ASKS}
    assert follows.relation(ben.id, private.id).follow == "requested"
    assert requests.list_of(private.id, PageRequest()).items == [ben.id]
    assert counts.of_user(private.id).follower_count == 0


def test_approving_lets_in_and_only_once(private: Person, ben: Person, between: Between) -> None:
    post = make_post(private)
    with pytest.raises(NotFound):
        posts.get(post.id, ben.id)
    follows.follow(private.id, by=ben.id)
    requests.approve(ben.id, by=private.id)
    assert between() == {FOLLOWS}
    assert posts.get(post.id, ben.id).id == str(post.id)
    for command in (requests.approve, requests.decline):
        with pytest.raises(NotFound):
            command(ben.id, by=private.id)
    assert counts.of_user(private.id).follower_count == 1


def test_who_asks_cannot_answer(private: Person, ben: Person, between: Between) -> None:
    follows.follow(private.id, by=ben.id)
    for command in (requests.approve, requests.decline):
        with pytest.raises(NotFound):
            command(private.id, by=ben.id)
    assert between() == {ASKS}


def test_who_was_declined_may_ask_again(private: Person, ben: Person, between: Between) -> None:
    follows.follow(private.id, by=ben.id)
    requests.decline(ben.id, by=private.id)
    assert between() == set()
    follows.follow(private.id, by=ben.id)
    assert between() == {ASKS}


def test_a_request_is_withdrawn_as_a_follow_is(
    private: Person, ben: Person, between: Between
) -> None:
    follows.follow(private.id, by=ben.id)
    for _ in range(2):
        follows.unfollow(private.id, by=ben.id)
        assert between() == set()
    with pytest.raises(NotFound):
        requests.approve(ben.id, by=private.id)


def test_turning_private_keeps_followers_and_closes_to_others(
    ann: Person, ben: Person, between: Between
) -> None:
    make_follow(ben, ann)
    post = make_post(ann)
    assert posts.get(post.id, None).id == str(post.id)
    users.update_profile(ann.id, {"is_private": True})
    assert between() == {FOLLOWS}
    assert posts.get(post.id, ben.id).id == str(post.id)
    with pytest.raises(NotFound):
        posts.get(post.id, None)


def test_turning_public_approves_nobody(private: Person, ben: Person, between: Between) -> None:
    follows.follow(private.id, by=ben.id)
    users.update_profile(private.id, {"is_private": False})
    assert between() == {ASKS}
    follows.follow(private.id, by=ben.id)
    assert between() == {FOLLOWS}  # who asks again follows, as everybody does now


def test_who_is_removed_follows_no_more_and_must_ask(
    private: Person, ben: Person, between: Between
) -> None:
    post = make_post(private)
    follows.follow(private.id, by=ben.id)
    requests.approve(ben.id, by=private.id)
    for _ in range(2):
        follows.remove_follower(ben.id, by=private.id)
        assert between() == set()
    with pytest.raises(NotFound):
        posts.get(post.id, ben.id)
    follows.follow(private.id, by=ben.id)
    assert between() == {ASKS}


def test_who_is_suspended_meanwhile_asks_nobody(
    private: Person, ben: Person, between: Between
) -> None:
    follows.follow(private.id, by=ben.id)
    suspensions.suspend(ben.id)
    assert requests.count_of(private.id) == 0
    with pytest.raises(NotFound):
        requests.approve(ben.id, by=private.id)
    suspensions.unsuspend(ben.id)
    assert requests.count_of(private.id) == 1
    assert between() == {ASKS}
