"""Views: set once however often and whoever asks at the same time, never of the author."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from pigeon.cache import resp
from pigeon.cache.write_back_entries import Entry
from pigeon.domain.errors import NotFound
from pigeon.extensions import db
from pigeon.models import StoryModel, StoryViewModel
from pigeon.services import access
from pigeon.services.relations import blocks
from pigeon.services.stories import changes, stories, viewing, views
from pigeon.services.write_backs import flusher, kinds
from tests.factories import Person, age_story, make_story, make_user
from tests.harness.context import concurrently

pytestmark = pytest.mark.no_second_look


@pytest.fixture
def ann(app: Flask) -> Person:
    return make_user("ann")


def stored(story_id: int) -> tuple[int, int]:
    """Rows, and how many are counted at the story."""
    db.session.rollback()
    rows = select(func.count()).where(StoryViewModel.story_id == story_id)
    counted = select(StoryModel.view_count).where(StoryModel.id == story_id)
    return db.session.scalar(rows) or 0, db.session.scalar(counted) or 0


def sees(person: Person, story_id: int) -> bool:
    return story_id in views.seen_among(access.viewer(person.id), [story_id])


def flush() -> None:
    assert flusher.drain(within_s=20)


def test_a_view_is_answered_before_it_is_stored(ann: Person) -> None:
    story_id, bob = make_story(ann), make_user()
    viewing.mark(story_id, by=bob.id)
    assert stored(story_id) == (0, 0)
    assert sees(bob, story_id) and views.counts_of([story_id]) == {story_id: 1}
    flush()
    assert stored(story_id) == (1, 1)
    assert sees(bob, story_id) and views.counts_of([story_id]) == {story_id: 1}


def test_a_view_asks_each_redis_once(ann: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    story_id, bob = make_story(ann), make_user()
    stories.get(story_id, bob.id)
    viewing.mark(story_id, by=make_user().id)
    trips, send = [], resp.Pool.send

    def counted(pool: resp.Pool, payload: bytes, replies: int) -> list[Any]:
        trips.append(replies)
        return send(pool, payload, replies)

    monkeypatch.setattr(resp.Pool, "send", counted)
    viewing.mark(story_id, by=bob.id)
    assert len(trips) == 2


def test_again_also_after_a_flush_is_one(ann: Person) -> None:
    story_id, bob = make_story(ann), make_user()
    for _ in range(3):
        viewing.mark(story_id, by=bob.id)
        viewing.mark(story_id, by=bob.id)
        flush()
    assert stored(story_id) == (1, 1)


@pytest.mark.parametrize("is_written", [True, False], ids=["journalled", "before the answer"])
def test_many_at_once_are_one_row_each(
    app: Flask, ann: Person, monkeypatch: pytest.MonkeyPatch, is_written: bool
) -> None:
    story_id, people = make_story(ann), [make_user() for _ in range(3)]
    if not is_written:
        monkeypatch.setattr(kinds, "WRITTEN", {"post", "comment"})

    def mark(person: Person) -> None:
        for _ in range(5):
            viewing.mark(story_id, by=person.id)

    done = concurrently(app, [lambda p=person: mark(p) for person in people * 4])
    assert done == [None] * 12
    flush()
    assert stored(story_id) == (3, 3)
    assert views.counts_of([story_id]) == {story_id: 3}


def test_the_author_is_never_counted(ann: Person) -> None:
    story_id = make_story(ann)
    viewing.mark(story_id, by=ann.id)
    assert flusher.status().entries == 0
    assert views.counts_of([story_id]) == {story_id: 0}


def test_whom_the_author_keeps_away_marks_nothing(ann: Person) -> None:
    story_id, bob = make_story(ann), make_user()
    blocks.block(bob.id, by=ann.id)
    with pytest.raises(NotFound):
        viewing.mark(story_id, by=bob.id)
    age_story(story_id, seconds=86_400)
    with pytest.raises(NotFound):
        viewing.mark(story_id, by=make_user().id)
    assert flusher.status().entries == 0


def test_a_story_that_goes_meanwhile_takes_its_views_along(
    ann: Person, drain: Callable[[], int]
) -> None:
    gone, kept = make_story(ann), make_story(ann)
    bob = make_user()
    for story_id in (gone, kept):
        viewing.mark(story_id, by=bob.id)
    changes.remove(gone, by=ann.id)
    drain()
    assert (stored(gone), stored(kept)) == ((0, 0), (1, 1))
    assert flusher.status().entries == 0


def test_a_release_that_knows_no_views_loses_none(
    ann: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    story_id, bob, cat = make_story(ann), make_user(), make_user()
    viewing.mark(story_id, by=bob.id)
    with monkeypatch.context() as before:
        before.delitem(kinds.KINDS, "story")
        flusher.reset()
        while flusher.flush():
            pass
    assert flusher.status().parked == {"story": 1}
    assert sees(bob, story_id) and views.counts_of([story_id]) == {story_id: 1}
    viewing.mark(story_id, by=cat.id)
    flusher.reset()
    flush()
    assert stored(story_id) == (2, 2)
    assert views.counts_of([story_id]) == {story_id: 2}
    assert flusher.status().parked == {}


def test_the_row_says_when_it_was_seen(ann: Person) -> None:
    story_id, bob = make_story(ann), make_user()
    entry = Entry("1764331200123-0", "story", bob.id, story_id, 1)
    flusher.write_through(entry)
    at = db.session.scalar(select(StoryViewModel.created_at))
    assert at is not None and at.timestamp() == 1764331200.123
