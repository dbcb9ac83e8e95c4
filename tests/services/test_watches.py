"""Whose counts are pushed: those of posts on a screen, once a second, and at last the rest."""

from __future__ import annotations

import pytest
from flask import Flask

from pigeon.domain.errors import NotFound
from pigeon.services import watches
from tests.factories import make_comment, make_post, make_user


def test_who_watches_reads_the_counts_of_now(app: Flask) -> None:
    post = make_post()
    make_comment(post)
    assert watches.counts_of(post.id).comment_count == 1
    assert watches.counts_of(post.id + 1).comment_count == 0, "of a post that is gone"


def test_only_what_is_on_a_screen_is_watched(app: Flask) -> None:
    watches.posts.renew([1, 3])
    assert watches.watched_among([3, 2, 1]) == [3, 1]


def test_what_may_not_be_seen_may_not_be_watched(app: Flask) -> None:
    ann, ben = make_user(), make_user()
    waiting, shown = make_post(ann, images=1, state="processing"), make_post(ann)
    assert watches.get_watchable(waiting.id, ann.id).id == waiting.id
    for number in (waiting.id, shown.id + 1):
        with pytest.raises(NotFound):
            watches.get_watchable(number, ben.id)
    asked = {(who.id, post.id) for who in (ann, ben) for post in (waiting, shown)}
    assert watches.watchable_among(asked) == asked - {(ben.id, waiting.id)}


def test_what_has_no_turn_waits_and_goes_to_one_caller(app: Flask) -> None:
    assert watches.take_turn([1, 2]) == [1, 2]
    assert watches.take_turn([2, 3]) == [3]
    assert watches.take_turn([2]) == []
    assert watches.take_waiting() == [2]
    assert watches.take_waiting() == []
