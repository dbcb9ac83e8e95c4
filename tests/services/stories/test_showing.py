"""The queue of an author: their stories are shown in the order in which they were sent."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from pigeon.extensions import db
from pigeon.jobs import runner
from pigeon.jobs.scheduler import sweep_outbox
from pigeon.models import StoryModel
from pigeon.realtime import push
from pigeon.services import access
from pigeon.services.media import media, processing
from pigeon.services.outbox import figures as outbox_figures
from pigeon.services.stories import changes, clock, showing, stories
from pigeon.stores.imaging_results import Rendered, RenderedFile
from tests.factories import Person, make_processing_story, make_story, make_user
from tests.harness.context import concurrently
from tests.harness.crashes import killed_at, left_in_incoming

FORKS = pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
FILE = RenderedFile(
    kind="w40", width=40, height=30, content_type="image/webp", path=Path("a"), size=1
)
RENDERED = Rendered(width=40, height=30, color="#008080", files=(FILE,))


@pytest.fixture
def ann(app: Flask) -> Person:
    return make_user("ann")


@pytest.fixture
def rendered_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Rendering takes no time and stores nothing: what follows is what is looked at."""
    monkeypatch.setattr(media, "render", lambda _row: RENDERED)


def queued(author: Person, count: int) -> list[int]:
    """So many pictures that wait to be processed, in the order sent."""
    return [make_processing_story(author) for _ in range(count)]


def picture_of(story_id: int) -> int:
    db.session.rollback()
    found = db.session.scalar(select(StoryModel.media_id).where(StoryModel.id == story_id))
    assert found is not None
    return found


def finish(story_id: int) -> None:
    processing.process(picture_of(story_id))


def spoil(story_id: int) -> None:
    processing.fail(picture_of(story_id), "unreadable")


def shown(author: Person) -> list[int]:
    """As a reader finds them; the times of showing grow."""
    db.session.rollback()
    cards = stories.shown_of(author.id, access.viewer(author.id))
    began = [card.published_at for card in cards if card.published_at is not None]
    assert len(began) == len(cards) and began == sorted(set(began)), began
    return [card.id for card in cards]


def waiting(author: Person) -> dict[int, str]:
    db.session.rollback()
    return {int(story.id): story.state for story in stories.waiting_of(author.id)}


# -- the order -------------------------------------------------------------------------------------


def test_a_picture_holds_back_those_behind_it(rendered_at_once: None, ann: Person) -> None:
    first, second, third = queued(ann, 3)
    finish(third)
    finish(second)
    assert shown(ann) == []
    assert waiting(ann) == dict.fromkeys((first, second, third), "processing")
    finish(first)
    assert shown(ann) == [first, second, third] and waiting(ann) == {}


def test_what_is_ready_at_the_front_does_not_wait_for_the_rest(
    rendered_at_once: None, ann: Person
) -> None:
    first, second, third = queued(ann, 3)
    finish(first)
    finish(third)
    assert shown(ann) == [first]
    finish(second)
    assert shown(ann) == [first, second, third]


def test_who_failed_holds_nobody_back(rendered_at_once: None, ann: Person) -> None:
    first, second, third = queued(ann, 3)
    finish(second)
    finish(third)
    spoil(first)
    assert shown(ann) == [second, third] and waiting(ann) == {first: "failed"}


def test_a_retried_one_goes_last(rendered_at_once: None, ann: Person) -> None:
    first, second, third = queued(ann, 3)
    spoil(first)
    changes.retry(first, by=ann.id)
    finish(first)
    assert shown(ann) == []
    finish(second)
    assert shown(ann) == [second]
    finish(third)
    assert shown(ann) == [second, third, first]


def test_words_are_never_held_back(rendered_at_once: None, ann: Person) -> None:
    (picture,) = queued(ann, 1)
    words = make_story(ann, "at once")
    assert shown(ann) == [words]
    finish(picture)
    assert shown(ann) == [words, picture]


def test_deleting_the_first_lets_the_others_go(rendered_at_once: None, ann: Person) -> None:
    first, second, third = queued(ann, 3)
    finish(second)
    changes.remove(first, by=ann.id)
    assert shown(ann) == [second] and waiting(ann) == {third: "processing"}


def test_queues_of_two_people_have_nothing_to_do_with_each_other(
    rendered_at_once: None, ann: Person
) -> None:
    ben = make_user("ben")
    queued(ann, 1)
    (his,) = queued(ben, 1)
    finish(his)
    assert shown(ben) == [his] and shown(ann) == []


def test_times_grow_however_coarse_the_clock_is(
    rendered_at_once: None, ann: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    """SQLite counts milliseconds, and a clock can be set back by a little."""
    stopped = clock.database_now()
    monkeypatch.setattr(showing, "database_now", lambda: stopped)
    words = make_story(ann, "before")
    first, second = queued(ann, 2)
    finish(second)
    finish(first)
    assert shown(ann) == [words, first, second]


# -- what its author hears -------------------------------------------------------------------------


def test_its_author_hears_of_each_picture(
    rendered_at_once: None, ann: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second, third = queued(ann, 3)
    heard: list[Any] = []

    def hear(event: str, payload: dict[str, Any], user_id: int) -> None:
        heard.append((event, int(payload["story_id"]), user_id))

    monkeypatch.setattr(push, "to_user", hear)
    finish(second)
    assert heard == [("story.progress", second, ann.id)]
    finish(first)
    spoil(third)
    assert heard[1:] == [
        ("story.progress", first, ann.id),
        ("story.ready", first, ann.id),
        ("story.ready", second, ann.id),
        ("story.failed", third, ann.id),
    ]


# -- at the same moment ----------------------------------------------------------------------------


@pytest.mark.no_second_look
def test_pictures_that_finish_at_the_same_moment_keep_their_order(
    app: Flask, rendered_at_once: None, ann: Person
) -> None:
    before: list[int] = []
    for _ in range(8):
        sent = queued(ann, 3)
        numbers = [picture_of(story_id) for story_id in sent]
        calls = [lambda number=n: processing.process(number) for n in reversed(numbers)]
        assert concurrently(app, calls) == [None] * 3
        before += sent
        assert shown(ann) == before


@pytest.mark.no_second_look
def test_deleting_the_first_while_the_second_finishes(
    app: Flask, rendered_at_once: None, ann: Person
) -> None:
    before: list[int] = []
    for _ in range(8):
        first, second = queued(ann, 2)
        number = picture_of(second)
        results = concurrently(
            app,
            [lambda: changes.remove(first, by=ann.id), lambda: processing.process(number)],  # noqa: B023
        )
        assert results == [None, None]
        before.append(second)
        assert shown(ann) == before and waiting(ann) == {}


@FORKS
@pytest.mark.parametrize("point", ["image.stored", "image.settled", "job.undone"])
def test_a_killed_worker_costs_nobody_their_place(
    app: Flask, ann: Person, drain: Callable[[], int], point: str
) -> None:
    sent = queued(ann, 3)
    killed_at(app, point, runner.drain)
    assert shown(ann) in ([], sent[:1])
    sweep_outbox()  # what the scheduler does a second later
    drain()
    assert shown(ann) == sent and waiting(ann) == {}
    assert left_in_incoming() == [] and outbox_figures.pending() == 0
