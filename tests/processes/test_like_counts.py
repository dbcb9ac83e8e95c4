"""One person likes from many processes at once while another one flushes: it is one like."""

from __future__ import annotations

import time
from collections import Counter

import pytest
from flask import Flask

from pigeon.services import counts
from pigeon.services.likes import likes
from pigeon.services.likes.likes import POSTS
from pigeon.services.write_backs import flusher
from tests.factories import Person, Posted, make_post, make_user
from tests.harness.context import concurrently
from tests.harness.crashes import beside
from tests.harness.likers import settled

PROCESSES, AT_ONCE = 3, 10
READS = 10_000
PAUSE_S = 0.02


def like(person: Person, post: Posted, on: bool = True) -> int:
    return likes.set_liked(POSTS, post.id, by=person.id, on=on).like_count


def like_at_once(app: Flask, person: Person, post: Posted) -> None:
    """Presses and retries: whoever else is not told one ends, and with it the test."""
    answers = concurrently(app, [lambda: like(person, post)] * AT_ONCE)
    assert answers == [1] * AT_ONCE, answers
    time.sleep(PAUSE_S)


def flush_again() -> None:
    flusher.flush()
    time.sleep(PAUSE_S)


@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
@pytest.mark.both_databases
def test_nobody_is_told_two_while_one_person_likes_thirty_times(app: Flask) -> None:
    ann, post = make_user(), make_post()
    assert like(ann, post) == 1
    likers = [lambda: like_at_once(app, ann, post)] * PROCESSES
    with beside(app, [flush_again, *likers]):
        found = Counter(counts.of_posts([post.id])[post.id].like_count for _ in range(READS))
    assert found == {1: READS}
    while flusher.flush():
        pass
    assert settled(post.id) == ({ann.id}, 1, 1)
