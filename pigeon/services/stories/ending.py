"""Takes away what is over: readers have not seen it since its last second, however late this is."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import and_, delete, or_, select

from pigeon.extensions import db
from pigeon.models import StoryModel, StoryReactionModel, StoryViewModel
from pigeon.services import access
from pigeon.services.stories import changes, showing
from pigeon.services.stories.clock import database_now
from pigeon.unit_of_work import retried, unit_of_work

STORIES_AT_ONCE = 50
ROWS_AT_ONCE = 500
FAILED_LIFE = timedelta(hours=24)
"""So long its author can try again."""


def withdraw_ended() -> int:
    """Withdraw stories past their end, and failed ones that nobody tried again; how many."""
    now = database_now()
    over = or_(
        StoryModel.expires_at <= now,
        and_(StoryModel.state == "failed", StoryModel.created_at <= now - FAILED_LIFE),
    )
    query = select(StoryModel.id, StoryModel.author_id).where(
        over, StoryModel.state != access.stories.WITHDRAWN
    )
    rows = db.session.execute(query.order_by(StoryModel.author_id).limit(STORIES_AT_ONCE)).all()
    db.session.rollback()
    for story_id, author_id in rows:
        _withdraw(story_id, author_id)
    return len(rows)


@retried
def _withdraw(story_id: int, author_id: int) -> None:
    with unit_of_work() as uow:
        showing.lock_author(author_id)
        story = db.session.get(StoryModel, story_id, populate_existing=True)
        if story is not None and story.state != access.stories.WITHDRAWN:
            changes.withdraw(uow, story)


@retried
def erase_some(story_id: int) -> bool:
    """Erase some rows of a withdrawn story, at last its own; False when nothing is left."""
    with unit_of_work() as uow:
        uow.hold_job()
        story = db.session.scalar(
            select(StoryModel)
            .where(StoryModel.id == story_id, StoryModel.state == access.stories.WITHDRAWN)
            .with_for_update()
        )
        if story is None:
            return False
        for row, key in (
            (StoryViewModel, StoryViewModel.id),
            (StoryReactionModel, StoryReactionModel.message_id),
        ):
            ids = db.session.scalars(
                select(key).where(row.story_id == story_id).limit(ROWS_AT_ONCE)
            ).all()
            if ids:
                db.session.execute(delete(row).where(key.in_(ids)))
                return True
        db.session.delete(story)
    return False
