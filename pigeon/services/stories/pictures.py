"""What the picture of a story means to it: media of the kind `story`, see `media/owners.py`."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select

from pigeon.domain.events import StoryFailed, StoryProcessed
from pigeon.domain.media import StoredMedia
from pigeon.domain.stories import StoryCard
from pigeon.extensions import db
from pigeon.models import MediaModel, StoryModel
from pigeon.services import access
from pigeon.services.access.viewers import Viewer
from pigeon.services.stories import cards, showing
from pigeon.unit_of_work import UnitOfWork

KIND = "story"


def check_sees(viewer: Viewer, picture: StoredMedia) -> None:
    """NotFound for who may not see the story, and for everybody from its end on."""
    access.media.check_sees(viewer, picture, of_stories=_of_owner(picture))


def ends_at(picture: StoredMedia) -> datetime | None:
    for card in _of_owner(picture):
        if card.image is not None and card.image.id == str(picture.media_id):
            return card.expires_at
    return None


def _of_owner(picture: StoredMedia) -> Sequence[StoryCard]:
    return cards.of_authors.one(picture.owner_id) or ()


def lock(row: MediaModel) -> None:
    """The queue of its author is looked at behind the author's lock."""
    showing.lock_author(row.owner_id)


def ready(uow: UnitOfWork, row: MediaModel) -> None:
    story_id = db.session.scalar(select(StoryModel.id).where(StoryModel.media_id == row.id))
    if story_id is not None:
        uow.record(StoryProcessed(story_id=story_id, author_id=row.owner_id))
    showing.show_ready(uow, row.owner_id)


def failed(uow: UnitOfWork, row: MediaModel, code: str) -> None:
    """Its author can try again, or delete it; who waited behind it waits no longer."""
    story = db.session.scalar(select(StoryModel).where(StoryModel.media_id == row.id))
    if story is None or story.state != "processing":
        return
    story.state = "failed"
    db.session.flush()
    uow.record(StoryFailed(story_id=story.id, author_id=story.author_id, code=code))
    showing.show_ready(uow, row.owner_id)
