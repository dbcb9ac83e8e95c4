"""Changes by the author: delete a story, and try again with one that failed."""

from __future__ import annotations

from pigeon.domain.errors import Conflict
from pigeon.domain.events import ImagesAccepted, StoryRingChanged, StoryWithdrawn
from pigeon.domain.stories import Story
from pigeon.extensions import db
from pigeon.models import MediaModel, StoryModel
from pigeon.services import access
from pigeon.services.media import media
from pigeon.services.stories import cards, showing, stories
from pigeon.unit_of_work import UnitOfWork, retried, unit_of_work


@retried
def remove(story_id: int, *, by: int) -> None:
    """Delete a story: nobody sees it any more; a job erases what hangs on it."""
    stories.check_owns(story_id, by)
    with unit_of_work() as uow:
        author = showing.lock_author(by)
        story = db.session.get(StoryModel, story_id, populate_existing=True)
        if story is None or story.state == access.stories.WITHDRAWN or author is None:
            return
        if story.state == access.stories.PUBLISHED:
            uow.record(StoryRingChanged(author_id=by, username=author.username))
        withdraw(uow, story)
        db.session.flush()
        showing.show_ready(uow, by)


def withdraw(uow: UnitOfWork, story: StoryModel) -> None:
    """Behind the author's lock: take a story and its picture from everybody."""
    story_id, author_id = story.id, story.author_id
    story.state = access.stories.WITHDRAWN
    remove_picture(uow, story)
    uow.after_commit(lambda: cards.evict(author_id))
    uow.record(StoryWithdrawn(story_id=story_id, author_id=author_id))


def remove_picture(uow: UnitOfWork, story: StoryModel) -> None:
    """Its row at once, its files by a job."""
    picture = db.session.get(MediaModel, story.media_id) if story.media_id is not None else None
    story.media_id = None
    if picture is not None:
        media.orphan(uow, [picture])
        db.session.flush()
        db.session.delete(picture)


@retried
def retry(story_id: int, *, by: int) -> Story:
    """Process the failed picture again, at the end of the queue; Conflict `not_failed`."""
    stories.check_owns(story_id, by)
    with unit_of_work() as uow:
        showing.lock_author(by)
        story = db.session.get(StoryModel, story_id, populate_existing=True)
        picture = db.session.get(MediaModel, story.media_id) if story and story.media_id else None
        if story is None or picture is None or story.state != "failed":
            raise Conflict("not_failed")
        picture.state, picture.error = "processing", None
        story.state, story.turn = "processing", showing.next_turn(by)
        uow.record(ImagesAccepted(media_ids=[picture.id]))
        uow.after_commit(lambda: cards.evict(by))
    return stories.get(story_id, by)
