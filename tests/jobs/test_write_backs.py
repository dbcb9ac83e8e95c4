from __future__ import annotations

import time
from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import select

from pigeon.extensions import db
from pigeon.jobs.write_backs import Flusher
from pigeon.models import PostLike
from pigeon.services.likes import likes
from pigeon.services.likes.likes import POSTS
from pigeon.services.write_backs import flusher as write_backs
from tests.factories import make_post, make_user

pytestmark = pytest.mark.no_second_look


def until(holds: Callable[[], bool], within_s: float = 30.0) -> bool:
    end = time.monotonic() + within_s
    while time.monotonic() < end:
        if holds():
            return True
        time.sleep(0.02)
    return False


def is_stored(post_id: int) -> bool:
    db.session.rollback()
    return db.session.scalar(select(PostLike.id).where(PostLike.post_id == post_id)) is not None


def test_the_flusher_stores_by_itself(app: Flask) -> None:
    post = make_post()
    likes.set_liked(POSTS, post.id, by=make_user().id, on=True)
    flusher = Flusher(app, lambda: True)
    flusher.start()
    try:
        assert until(lambda: is_stored(post.id))
        assert until(lambda: write_backs.status().entries == 0)
    finally:
        flusher.stop()


@pytest.mark.env(WRITE_BACK_FLUSH_S="3600")
def test_it_drains_before_it_ends(app: Flask) -> None:
    flusher = Flusher(app, lambda: True)
    flusher._flushed_at = time.monotonic()
    flusher.start()
    post = make_post()
    likes.set_liked(POSTS, post.id, by=make_user().id, on=True)
    assert not is_stored(post.id)
    flusher.stop()
    assert is_stored(post.id)


@pytest.mark.env(WRITE_BACK_FLUSH_S="3600")
def test_much_that_waits_is_flushed_before_its_time(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(write_backs, "FLUSH_NOW", 3)
    post, people = make_post(), [make_user() for _ in range(3)]
    likes.set_liked(POSTS, post.id, by=people[0].id, on=True)
    assert not write_backs.is_due(1.0)
    for person in people:
        likes.set_liked(POSTS, post.id, by=person.id, on=True)
    assert write_backs.is_due(1.0)


@pytest.mark.env(WRITE_BACK_FLUSH_S="3600", WRITE_BACK_CHECKPOINT_S="0.2")
def test_a_checkpoint_drains_hot_pairs_too(app: Flask) -> None:
    flusher = Flusher(app, lambda: True)
    flusher._flushed_at = time.monotonic()
    flusher.start()
    try:
        post = make_post()
        likes.set_liked(POSTS, post.id, by=make_user().id, on=True)
        assert until(lambda: is_stored(post.id))
    finally:
        flusher.stop()


def test_who_does_not_lead_flushes_nothing(app: Flask) -> None:
    post = make_post()
    likes.set_liked(POSTS, post.id, by=make_user().id, on=True)
    flusher = Flusher(app, lambda: False)
    flusher.start()
    flusher.stop()
    assert not is_stored(post.id)


def test_the_commands_show_and_flush(app: Flask) -> None:
    post = make_post()
    likes.set_liked(POSTS, post.id, by=make_user().id, on=True)
    runner = app.test_cli_runner()
    assert "post: 1 pairs" in runner.invoke(args=["writeback", "status"]).output
    assert "Everything is in SQL." in runner.invoke(args=["writeback", "flush"]).output
    assert is_stored(post.id)
