"""The demo has live stories, however long ago it was made."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import select, update

from pigeon.demo.people import PEOPLE
from pigeon.demo.seeds import painting, stories
from pigeon.demo.stories import STORIES
from pigeon.domain.page import PageRequest
from pigeon.extensions import db, settings
from pigeon.jobs import scheduler
from pigeon.models import MediaModel, StoryModel, StoryViewModel
from pigeon.services import access
from pigeon.services.stories import cards, checks, ending
from pigeon.services.stories.stories import list_of
from pigeon.services.stories.tray import Tray
from pigeon.unit_of_work import unit_of_work
from tests.factories import Person, age_story, make_user
from tests.harness.rows import count

PRINTED = [person.username for person in PEOPLE[:4]]
"""Whose log-ins are printed."""


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Small pictures, painted here."""
    monkeypatch.setattr(painting, "SCALE", 0.1)
    monkeypatch.setattr(painting, "painters", lambda: ThreadPoolExecutor(1))


def test_every_one_of_them_could_have_been_sent() -> None:
    for story in STORIES:
        style = {name: value for name, value in vars(story.style).items() if value is not None}
        new = checks.NewStory(text=story.text, style=style)
        said, _, checked = checks.check_new(new, has_image=story.picture is not None)
        assert (said, checked) == (story.text, story.style)
        assert 0 < story.hours_ago < 24 and story.username not in story.seen_by


@pytest.mark.both_databases
def test_whoever_logs_in_finds_rings_some_of_them_seen(people: dict[str, Person]) -> None:
    assert stories.renew() == len(STORIES) == count(StoryModel)
    for name in PRINTED:
        items = Tray(access.viewer(people[name].id)).rings()
        assert items[0].is_self and len(items) >= 4, name
        assert any(item.unseen_count for item in items), name
    seen = {ring for name in PRINTED for ring in _rings(people[name])}
    assert seen == {"seen", "unseen"}
    found = list_of("minji.kim", people["haneul"].id, PageRequest(limit=20)).items
    assert [story.text for story in found] == [
        one.text for one in STORIES if one.username == "minji.kim"
    ]
    assert found[0].image is not None and found[0].alt and found[0].image.url


def _rings(person: Person) -> set[str]:
    return {ring.state for ring in Tray(access.viewer(person.id)).rings() if not ring.is_self}


def test_they_are_told_again_when_they_have_ended(people: dict[str, Person]) -> None:
    stories.renew()
    assert stories.renew() == 0
    rows = db.session.scalars(select(StoryModel)).all()
    over = [row.id for row in rows if row.author_id == people["minji.kim"].id]
    for story_id in over:
        age_story(story_id, hours=24)
    assert stories.renew() == len(over) == 2
    live = Tray(access.viewer(people["seojun"].id)).rings()
    assert "minji.kim" in {item.user.username for item in live}
    with unit_of_work():
        db.session.execute(update(StoryModel).values(expires_at=StoryModel.published_at))
    cards.evict(people["minji.kim"].id)
    assert ending.withdraw_ended() == len(STORIES) + 2
    assert stories.renew() == len(STORIES)
    pictures = [one for one in STORIES if one.picture]
    assert count(MediaModel) == len(pictures)
    assert count(StoryViewModel) > 0


def test_a_site_without_a_demo_gets_none(app: object) -> None:
    make_user("minji.kim")
    scheduler.renew_demo()
    assert count(StoryModel) == 0
    (settings().data / "demo.json").write_text("[]")
    try:
        scheduler.renew_demo()
    finally:
        (settings().data / "demo.json").unlink()
    assert count(StoryModel) == 2
