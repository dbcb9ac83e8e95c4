"""Whose counts are told: those of posts on a screen, once a second, and at last the rest."""

from __future__ import annotations

import pytest
from flask import Flask

from pigeon.domain.errors import NotFound
from pigeon.services import watches
from tests.factories import make_comment, make_post, make_user


def test_who_begins_to_watch_gets_the_counts_of_now(app: Flask) -> None:
    post = make_post()
    make_comment(post)
    assert watches.begin(post.id).comment_count == 1
    assert watches.watched_among([post.id, post.id + 1]) == [post.id]


def test_what_may_not_be_seen_may_not_be_watched(app: Flask) -> None:
    ann = make_user()
    post = make_post(ann, images=1, state="processing")
    watches.check_may_watch(post.id, ann.id)
    for number in (post.id, post.id + 1):
        with pytest.raises(NotFound):
            watches.check_may_watch(number, make_user().id)


def test_what_nobody_renews_is_watched_no_more(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    watches.renew([1])
    now = watches.time.time()
    monkeypatch.setattr(watches.time, "time", lambda: now + watches.LEASE_S + 1)
    assert watches.watched_among([1]) == []


def test_what_has_no_turn_waits_and_goes_to_one_caller(app: Flask) -> None:
    assert watches.take_turn([1, 2]) == [1, 2]
    assert watches.take_turn([2, 3]) == [3]
    assert watches.take_turn([2]) == []
    assert watches.take_waiting() == [2]
    assert watches.take_waiting() == []
