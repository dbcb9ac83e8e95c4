"""The queue of an author: their stories are shown in the order in which they were sent.

Whoever looks at the queue holds the lock of the author's row. A picture that is still processed
holds back those behind it until it is ready or failed; a story of words alone is shown at once.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import func, select

from pigeon.domain.events import StoryPublished
from pigeon.domain.stories import LIFE
from pigeon.extensions import db
from pigeon.models import MediaModel, StoryModel, UserModel
from pigeon.services import access
from pigeon.services.stories import authors, cards
from pigeon.services.stories.clock import database_now
from pigeon.unit_of_work import UnitOfWork


def lock_author(author_id: int) -> UserModel | None:
    return db.session.scalar(select(UserModel).where(UserModel.id == author_id).with_for_update())


def next_turn(author_id: int) -> int:
    """The end of the queue."""
    last = db.session.scalar(
        select(func.max(StoryModel.turn)).where(StoryModel.author_id == author_id)
    )
    return (last or 0) + 1


def show_ready(uow: UnitOfWork, author_id: int) -> None:
    """Show what has reached the front of the queue and is ready."""
    waiting = db.session.execute(
        select(StoryModel, MediaModel.state)
        .outerjoin(MediaModel, MediaModel.id == StoryModel.media_id)
        .where(StoryModel.author_id == author_id, StoryModel.state == "processing")
        .order_by(StoryModel.turn)
    ).all()
    shown = []
    for story, picture in waiting:
        if picture == "processing":
            break
        if picture in (None, "ready"):
            shown.append(story)
    for story in shown:
        show(uow, story)
    uow.after_commit(lambda: cards.evict(author_id))


def show(uow: UnitOfWork, story: StoryModel) -> None:
    """From now on for 86,400 seconds, by the clock of the database."""
    author = db.session.get(UserModel, story.author_id)
    if author is None or not access.users.is_active_state(author.state):
        return
    now = _next_moment(story.author_id)
    story.state = access.stories.PUBLISHED
    story.published_at, story.expires_at = now, now + LIFE
    author_id, ends = story.author_id, story.expires_at
    uow.after_commit(lambda: cards.evict(author_id))
    uow.after_commit(lambda: authors.add(author_id, ends))
    uow.record(
        StoryPublished(
            story_id=story.id,
            author_id=author_id,
            username=author.username,
            had_image=story.media_id is not None,
        )
    )


def _next_moment(author_id: int) -> datetime:
    """Now, as the database says, and after the last story: the time is the order of reading.

    Several are shown within a millisecond, which is as fine as SQLite counts.
    """
    last = db.session.scalar(
        select(func.max(StoryModel.expires_at)).where(
            StoryModel.author_id == author_id, StoryModel.state == access.stories.PUBLISHED
        )
    )
    now = database_now()
    return max(now, last - LIFE + timedelta(microseconds=1)) if last is not None else now
