"""At 24 hours a story is nobody's, whatever is cached and however late the cleaner is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import pytest
import requests
from flask import Flask
from sqlalchemy import update

from pigeon.domain.stories import LIFE
from pigeon.extensions import cache, db
from pigeon.jobs import runner
from pigeon.jobs.scheduler import TASKS, sweep_outbox
from pigeon.models import MediaModel, StoryModel, StoryViewModel
from pigeon.services import access
from pigeon.services.media import media
from pigeon.services.stories import cards, changes, ending, tray
from pigeon.unit_of_work import unit_of_work
from tests.factories import Person, age_story, make_follow, make_story, make_user
from tests.factories.stories import make_view
from tests.harness.clients import Client
from tests.harness.crashes import killed_at, left_in_incoming, stored_objects
from tests.harness.rows import count
from tests.services.stories.conftest import ClockAt

DAY_S = 86_400
MOMENT = timedelta(milliseconds=1)


@dataclass(frozen=True)
class Watched:
    """ann's story with a picture, an hour before its end; ben follows her."""

    ann: Person
    ben: Person
    browsers: dict[str, Client]
    story_id: int
    picture: str
    published_at: datetime

    @property
    def ends_at(self) -> datetime:
        return self.published_at + LIFE

    def read(self) -> dict[str, Any]:
        """What each reader gets of it, by who asks and which door."""
        found: dict[str, Any] = {}
        for name, client in self.browsers.items():
            found[f"{name} list"] = _items(client, "/users/ann/stories")
            found[f"{name} tray"] = _items(client, "/stories")
            found[f"{name} picture"] = client.get(self.picture).status_code == 200
            asked = {"If-None-Match": f'"{self.picture.removeprefix("/media/")}"'}
            found[f"{name} picture again"] = (
                client.get(self.picture, headers=asked).status_code == 304
            )
        for person in (self.ann, self.ben):
            found[f"{person.username} ring"] = self.ann.id in tray.rings(
                access.viewer(person.id), [self.ann.id]
            )
        for name, partner in (("ann", "ben"), ("ben", "ann")):
            found[f"{name} card"] = self._card(name, partner)
            found[f"{name} thread"] = self._is_in(name, f"/messages/{partner}", "A boat")
            found[f"{name} page"] = self._is_in(name, "/stories/ann", "A boat")
            found[f"{name} home"] = self._is_in(name, "/", 'href="/stories/ann"')
            found[f"{name} profile"] = self._is_in(name, "/u/ann", 'href="/stories/ann"')
        return found

    def _card(self, name: str, partner: str) -> bool:
        """Of the answer to it, in the conversation: all of it or nothing."""
        messages = self.browsers[name].api("GET", f"/chats/{partner}/messages")[1]["items"]
        message = messages[-1]
        card = message["story"]
        values = [card["author"], card["thumb_url"], card["text"]]
        assert card["id"] == str(self.story_id)
        assert values == [None, None, ""] or (card["available"] and all(values))
        return bool(card["available"])

    def _is_in(self, name: str, path: str, words: str) -> bool:
        answer = self.browsers[name].get(path)
        assert answer.status_code == 200, path
        return words in answer.text

    def changes(self) -> dict[str, int]:
        """The answers to who does something with it; at last its author deletes it."""
        story = f"/stories/{self.story_id}"
        answer = {"text": "late", "client_msg_id": "late"}
        doors: tuple[tuple[str, str, str, Any], ...] = (
            ("ben", "PUT", f"{story}/view", None),
            ("ben", "POST", f"{story}/reply", answer),
            ("ben", "GET", f"{story}/viewers", None),
            ("ann", "GET", f"{story}/viewers", None),
            ("ann", "POST", f"{story}/retry", None),
            ("ann", "DELETE", story, None),
        )
        pages = {
            f"{name} {path} page": self.browsers[name].get(f"{story}/{path}").status_code
            for name in ("ann", "ben")
            for path in ("viewers", "delete")
        }
        return pages | {
            f"{name} {method} {path}": self.browsers[name].api(method, path, body)[0]
            for name, method, path, body in doors
        }


def _items(client: Client, path: str) -> bool:
    status, page = client.api("GET", path)
    assert status == 200, page
    return bool(page["items"])


@pytest.fixture
def watched(app: Flask, client_for: Callable[[Person], Client]) -> Watched:
    ann, ben = make_user("ann"), make_user("ben")
    make_follow(ben, ann)
    story_id = make_story(ann, "A boat", picture=True)
    age_story(story_id, seconds=DAY_S - 3_600)
    browsers = {"ann": client_for(ann), "ben": client_for(ben)}
    (shown,) = browsers["ben"].api("GET", "/users/ann/stories")[1]["items"]
    body = {"text": "wow", "client_msg_id": "1"}
    assert browsers["ben"].api("POST", f"/stories/{story_id}/reply", body)[0] == 201
    began = datetime.fromisoformat(shown["published_at"])
    return Watched(ann, ben, browsers, story_id, shown["image"]["url"], began)


def rows_of(*models: Any) -> list[int]:
    return [count(model) for model in models]


def take_away(drain: Callable[[], int]) -> None:
    """What the scheduler does every few seconds, and the jobs that follow."""
    for run, _, _ in TASKS:
        if run in (ending.withdraw_ended, ending.withdraw_failed):
            run()
    drain()


# -- who reads -------------------------------------------------------------------------------------


def test_it_is_there_until_its_last_second_and_then_nowhere(
    watched: Watched, clock_at: ClockAt
) -> None:
    """Every cache is warm, and nobody cleans."""
    before = watched.read()
    assert set(before.values()) == {True}, before
    clock_at(watched.ends_at - MOMENT)
    assert set(watched.read().values()) == {True}
    clock_at(watched.ends_at)
    after = watched.read()
    assert set(after.values()) == {False}, after
    assert set(watched.changes().values()) == {404}
    cache.client.flushdb()
    assert set(watched.read().values()) == {False}


@pytest.mark.parametrize("seconds", [-1, 0, 1])
def test_it_lasts_86400_seconds_by_its_row(
    watched: Watched, clock_at: ClockAt, seconds: int
) -> None:
    clock_at(watched.published_at + timedelta(seconds=DAY_S + seconds))
    is_there = seconds < 0
    assert set(watched.read().values()) == {is_there}
    answers = watched.changes()
    assert set(answers.values()) == {404} or (is_there and 404 not in answers.values()), answers
    assert set(watched.read().values()) == {False}, "it was deleted, or is over"


def test_whoever_has_it_loaded_asks_for_its_picture_again(watched: Watched) -> None:
    for name, client in watched.browsers.items():
        answer = client.get(watched.picture)
        assert answer.headers["Cache-Control"] == "private, no-cache", name


@pytest.mark.parametrize(("left_s", "works_s"), [(3_600, 60), (20, 20)])
def test_an_address_in_an_object_store_works_no_longer_than_the_story_lasts(
    stage: Any, s3: Any, database: str, left_s: int, works_s: int
) -> None:
    app = stage.app(database, "full", {"MEDIA_URL": s3.media_url})
    with app.app_context():
        ann = make_user("ann")
        story_id = make_story(ann, picture=True)
        age_story(story_id, seconds=DAY_S - left_s)
        client = app.test_client()
        client.sign_in(ann.id)
        (shown,) = client.api("GET", "/users/ann/stories")[1]["items"]
        answer = client.get(shown["image"]["url"])
        assert (answer.status_code, answer.headers["Cache-Control"]) == (302, "no-store")
        (life,) = [part for part in answer.location.split("&") if "X-Amz-Expires=" in part]
        # Some of it may have passed before the question: what matters is that it is no more.
        assert works_s - 15 <= int(life.partition("X-Amz-Expires=")[2]) <= works_s
        fetched = requests.get(answer.location, timeout=20)
        assert fetched.headers["Cache-Control"] == "private, no-cache"
        age_story(story_id, seconds=DAY_S)
        assert client.get(shown["image"]["url"]).status_code == 404
        ending.withdraw_ended()
        runner.drain()
        name = shown["image"]["url"].removeprefix("/media/")[:32]
        assert not [one for one, _ in media.store().list() if one.startswith(name)]


# -- who cleans ------------------------------------------------------------------------------------


def test_what_ended_is_taken_away_with_its_files(watched: Watched, drain: Any) -> None:
    kept = make_story(watched.ann, "still", picture=True, hours_ago=23.9)
    files = set(stored_objects())
    make_view(watched.story_id, watched.ben)
    make_view(kept, watched.ben)
    age_story(watched.story_id, seconds=DAY_S)
    take_away(drain)
    assert rows_of(StoryModel, StoryViewModel, MediaModel) == [1, 1, 1]
    assert 0 < len(stored_objects()) < len(files) and left_in_incoming() == []
    assert set(watched.read().values()) == {True, False}, "one is left, and another picture gone"
    age_story(kept, seconds=DAY_S)
    take_away(drain)
    assert rows_of(StoryModel, StoryViewModel, MediaModel) == [0, 0, 0]
    assert stored_objects() == []


def test_more_than_a_batch_is_taken_away_at_once(
    app: Flask, drain: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ending, "STORIES_AT_ONCE", 2)
    monkeypatch.setattr(ending, "ROWS_AT_ONCE", 2)
    ann, readers = make_user("ann"), [make_user() for _ in range(5)]
    for _ in range(5):
        story_id = make_story(ann)
        for reader in readers:
            make_view(story_id, reader)
        age_story(story_id, seconds=DAY_S)
    assert ending.withdraw_ended() == 5
    drain()
    assert rows_of(StoryModel, StoryViewModel) == [0, 0]
    assert ending.withdraw_ended() == 0


def test_a_failed_one_can_be_tried_again_for_a_day(watched: Watched, drain: Any) -> None:
    failed = make_story(watched.ann, picture=True)
    for state, hours, left in (("failed", 23.9, 2), ("failed", 24, 1)):
        _set(failed, state=state, hours=hours)
        take_away(drain)
        assert rows_of(StoryModel, MediaModel) == [left, left], hours


@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
@pytest.mark.parametrize("point", ["story.ending", "story.ended"])
def test_who_is_killed_while_taking_away_leaves_the_rest_to_the_next(
    app: Flask, drain: Any, point: str
) -> None:
    ann = make_user("ann")
    for story_id in [make_story(ann, picture=True) for _ in range(3)]:
        age_story(story_id, seconds=DAY_S)
    killed_at(app, f"{point}:2", ending.withdraw_ended)
    sweep_outbox()
    take_away(drain)
    assert rows_of(StoryModel, MediaModel) == [0, 0] and stored_objects() == []


@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
@pytest.mark.parametrize("passes", [1, 3])
def test_a_worker_killed_while_erasing_leaves_the_rest_to_the_next(
    watched: Watched, app: Flask, drain: Any, monkeypatch: pytest.MonkeyPatch, passes: int
) -> None:
    monkeypatch.setattr(ending, "ROWS_AT_ONCE", 1)
    for _ in range(4):
        make_view(watched.story_id, make_user())
    changes.remove(watched.story_id, by=watched.ann.id)
    killed_at(app, f"story.erasing:{passes}", runner.drain)
    assert rows_of(StoryModel) == [1]
    sweep_outbox()
    drain()
    assert rows_of(StoryModel, StoryViewModel, MediaModel) == [0, 0, 0]
    assert stored_objects() == []


def _set(story_id: int, *, state: str, hours: float) -> None:
    """It failed so long ago."""
    age_story(story_id, hours=hours)
    with unit_of_work():
        story = db.session.get_one(StoryModel, story_id)
        assert story.published_at is not None
        story.state, story.created_at = state, story.published_at
        db.session.execute(
            update(StoryModel)
            .where(StoryModel.id == story_id)
            .values(published_at=None, expires_at=None)
        )
    cards.evict(story.author_id)
