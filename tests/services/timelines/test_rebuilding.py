"""A timeline that was forgotten is rebuilt once, and loses nothing of what happens meanwhile."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import nullcontext
from typing import Any

import pytest
from flask import Flask

from pigeon.extensions import db
from pigeon.services.follows import follows
from pigeon.services.posts import changes as posts_changes
from pigeon.stores import timelines as store
from tests.factories import Person, make_post, make_user
from tests.harness.context import concurrently
from tests.services.timelines.reading import numbers, plain, read


def test_readers_at_the_same_time_rebuild_once(
    app: Flask, ann: Person, ben: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = [make_post(ben) for _ in range(5)]
    read(ann)
    store.drop([ann.id])
    finished = []
    finish = store.finish_rebuild

    def slowly(*args: Any, **kwargs: Any) -> bool:
        time.sleep(0.1)
        finished.append(finish(*args, **kwargs))
        return finished[-1]

    monkeypatch.setattr(store, "finish_rebuild", slowly)
    assert concurrently(app, [lambda: read(ann)] * 8) == [numbers(made)] * 8
    assert finished == [True]


@pytest.mark.no_second_look
@pytest.mark.parametrize("place", ["begin_rebuild", "finish_rebuild"])
@pytest.mark.parametrize("event", ["post", "follow", "unfollow", "delete"])
def test_what_happens_during_a_rebuild_is_not_lost(
    app: Flask,
    ann: Person,
    ben: Person,
    drain: Callable[[], int],
    monkeypatch: pytest.MonkeyPatch,
    place: str,
    event: str,
) -> None:
    cat = make_user("cat")
    make_post(cat)
    old = make_post(ben)
    happen = {
        "post": lambda: (make_post(ben), drain()),
        "follow": lambda: follows.follow(cat.id, by=ann.id),
        "unfollow": lambda: follows.unfollow(ben.id, by=ann.id),
        "delete": lambda: posts_changes.remove(old.id, by=ben.id),
    }[event]
    step = getattr(store, place)

    def interrupted(*args: Any, **kwargs: Any) -> Any:
        monkeypatch.setattr(store, place, step)
        if place == "finish_rebuild":
            concurrently(app, [happen])
            return step(*args, **kwargs)
        token = step(*args)
        concurrently(app, [happen])
        return token

    monkeypatch.setattr(store, place, interrupted)
    read(ann)
    db.session.rollback()
    for _ in range(2):
        assert read(ann) == plain(ann)
    with nullcontext(drain()):
        assert read(ann) == plain(ann)
