"""Stories of words or of a picture that is ready, in any place of their day."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy import select, update

from pigeon.domain.stories import LIFE, TextStyle
from pigeon.extensions import db
from pigeon.models import MediaModel, StoryModel, StoryViewModel
from pigeon.services.media import media
from pigeon.services.stories import cards, showing, stories, views
from pigeon.services.stories.clock import database_now
from pigeon.unit_of_work import unit_of_work
from tests.factories.people import Person
from tests.factories.posts import store_renditions
from tests.factories.uploads import make_upload


def make_story(
    author: Person,
    text: str = "hello",
    *,
    picture: bool = False,
    hours_ago: float = 0,
    **style: Any,
) -> int:
    """The id of a story that is shown, since so long."""
    upload = make_upload() if picture else None
    story = stories.create(author.id, text, TextStyle(**style), upload)
    story_id = int(story.id)
    if picture:
        make_ready(story_id)
    if hours_ago:
        age_story(story_id, hours=hours_ago)
    return story_id


def make_processing_story(author: Person, content: bytes | None = None, text: str = "") -> int:
    """The id of a story whose picture waits for its job; without `content` a tiny JPEG."""
    story = stories.create(author.id, text, TextStyle(), make_upload(content))
    return int(story.id)


def make_ready(story_id: int) -> None:
    """Its picture, without the second that processing takes."""
    with unit_of_work() as uow:
        story = db.session.get(StoryModel, story_id)
        assert story is not None
        row = db.session.get(MediaModel, story.media_id)
        assert row is not None
        store_renditions(row)
        db.session.flush()
        showing.lock_author(story.author_id)
        showing.show_ready(uow, story.author_id)


def age_story(story_id: int, *, hours: float = 0, seconds: float = 0) -> None:
    """As if it had been shown so long ago."""
    at = database_now() - timedelta(hours=hours, seconds=seconds)
    with unit_of_work():
        db.session.execute(
            update(StoryModel)
            .where(StoryModel.id == story_id)
            .values(published_at=at, expires_at=at + LIFE)
        )
    story = db.session.get(StoryModel, story_id)
    assert story is not None
    cards.evict(story.author_id)


def make_view(story_id: int, person: Person) -> None:
    """A row of somebody who saw it."""
    with unit_of_work() as uow:
        story = db.session.get_one(StoryModel, story_id)
        story.view_count += 1
        at = story.created_at
        db.session.add(StoryViewModel(story_id=story_id, user_id=person.id, created_at=at))
        uow.after_commit(lambda: views.VIEWS.drop([story_id], [person.id]))


def fail_story(story_id: int) -> None:
    """As if its picture could not be read."""
    with unit_of_work() as uow:
        story = db.session.get_one(StoryModel, story_id)
        story.state, story.published_at, story.expires_at = "failed", None, None
        author_id = story.author_id
        db.session.execute(
            update(MediaModel).where(MediaModel.id == story.media_id).values(state="failed")
        )
        uow.after_commit(lambda: cards.evict(author_id))
    media.stored.evict(*db.session.scalars(select(MediaModel.name)))
