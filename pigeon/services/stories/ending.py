"""Takes away what is over: readers have not seen it since its last second, however late this is."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import ColumnElement, delete, select, update

from pigeon.crash_points import crash_point
from pigeon.domain.events import StoryViewsErased
from pigeon.extensions import db
from pigeon.models import StoryModel, StoryReactionModel, StoryViewModel
from pigeon.services import access
from pigeon.services.stories import cards, changes, showing, views
from pigeon.services.stories.clock import database_now
from pigeon.unit_of_work import UnitOfWork, retried, unit_of_work

STORIES_AT_ONCE = 50
ROWS_AT_ONCE = 500
FAILED_LIFE = timedelta(hours=24)
"""So long its author can try again."""


def withdraw_ended() -> int:
    """Withdraw all stories that are past their end; how many. Another time finds the rest."""
    return _withdraw_all(StoryModel.expires_at <= database_now())


def withdraw_failed() -> int:
    """The same for failed ones that nobody tried again for a day."""
    before = database_now() - FAILED_LIFE
    return _withdraw_all((StoryModel.state == "failed") & (StoryModel.created_at <= before))


def _withdraw_all(which: ColumnElement[bool]) -> int:
    done = 0
    while found := _some(which):
        for story_id, author_id in found:
            _withdraw(story_id, author_id)
        done += len(found)
        if len(found) < STORIES_AT_ONCE:
            break
    return done


def _some(which: ColumnElement[bool]) -> list[tuple[int, int]]:
    query = select(StoryModel.id, StoryModel.author_id).where(which, _is_somebodys())
    rows = db.session.execute(query.order_by(StoryModel.id).limit(STORIES_AT_ONCE)).all()
    db.session.rollback()
    return [(story_id, author_id) for story_id, author_id in rows]


def _is_somebodys() -> ColumnElement[bool]:
    return StoryModel.state != access.stories.WITHDRAWN


@retried
def _withdraw(story_id: int, author_id: int) -> None:
    with unit_of_work() as uow:
        showing.lock_author(author_id)
        story = db.session.get(StoryModel, story_id, populate_existing=True)
        if story is not None and story.state != access.stories.WITHDRAWN:
            changes.withdraw(uow, story)
            crash_point("story.ending")
    crash_point("story.ended")


# -- erasing ---------------------------------------------------------------------------------------


@retried
def erase_some(story_id: int) -> bool:
    """Erase some of what hangs on a withdrawn story, at last its row; False when that is gone."""
    with unit_of_work() as uow:
        uow.hold_job()
        story = db.session.scalar(
            select(StoryModel).where(StoryModel.id == story_id, ~_is_somebodys()).with_for_update()
        )
        if story is None:
            return False
        crash_point("story.erasing")
        if _erase_hanging(story_id):
            return True
        changes.remove_picture(uow, story)
        db.session.delete(story)
    return False


def _erase_hanging(story_id: int) -> bool:
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
    return False


# -- who leaves ------------------------------------------------------------------------------------


def hide_all_of(uow: UnitOfWork, author_id: int) -> None:
    """In the transaction in which their author leaves: they are nobody's any more."""
    db.session.execute(
        update(StoryModel)
        .where(StoryModel.author_id == author_id, _is_somebodys())
        .values(state=access.stories.WITHDRAWN)
        .execution_options(synchronize_session=False)
    )
    uow.after_commit(lambda: cards.evict(author_id))


def erase_some_of(user_id: int) -> bool:
    """Erase some of a person who left: stories, then what they saw; False when nothing is left."""
    return _erase_stories_of(user_id) or _erase_views_by(user_id) or _erase_reactions_by(user_id)


def _erase_stories_of(author_id: int) -> bool:
    """Some, or a piece of a big one; also those that a request was storing while they left."""
    mine = select(StoryModel.id).where(StoryModel.author_id == author_id)
    ids = db.session.scalars(mine.order_by(StoryModel.id).limit(STORIES_AT_ONCE)).all()
    if ids:
        _disown(author_id)
    for story_id in ids:
        if erase_some(story_id):
            break
    return bool(ids)


@retried
def _disown(author_id: int) -> None:
    with unit_of_work() as uow:
        hide_all_of(uow, author_id)


@retried
def _erase_views_by(user_id: int) -> bool:
    with unit_of_work() as uow:
        ids = views.VIEWS.erase_some(user_id, ROWS_AT_ONCE)
        if ids:
            uow.after_commit(lambda: views.VIEWS.drop(ids, [user_id]))
            uow.record(StoryViewsErased(ids=ids, user_id=user_id))
    return bool(ids)


@retried
def _erase_reactions_by(user_id: int) -> bool:
    key = StoryReactionModel.message_id
    with unit_of_work():
        mine = select(key).where(StoryReactionModel.user_id == user_id)
        ids = db.session.scalars(mine.limit(ROWS_AT_ONCE)).all()
        if ids:
            db.session.execute(delete(StoryReactionModel).where(key.in_(ids)))
    return bool(ids)
