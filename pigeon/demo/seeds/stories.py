"""The demo's stories, which are told again once they have ended: there are always live ones.

Whoever of the demo has a live story is left alone, so that running it again does no harm.
"""

from __future__ import annotations

import tempfile
from datetime import timedelta

from sqlalchemy import select

from pigeon.demo.alts import describe
from pigeon.demo.seeds import painting
from pigeon.demo.seeds.painting import Painted
from pigeon.demo.stories import STORIES, DemoStory
from pigeon.domain.clock import utc_now
from pigeon.extensions import db
from pigeon.models import StoryModel, StoryViewModel, UserModel
from pigeon.services import access
from pigeon.services.stories import showing, views
from pigeon.services.users import users
from pigeon.unit_of_work import UnitOfWork, unit_of_work


def renew() -> int:
    """Let those tell theirs who have no live story; how many were told."""
    silent = _silent({story.username for story in STORIES})
    wanted = [story for story in STORIES if story.username in silent]
    specs = [story.picture for story in wanted if story.picture is not None]
    if not wanted:
        return 0
    with tempfile.TemporaryDirectory(prefix="pigeon-demo-") as folder, painting.painters() as pool:
        pictures = pool.map(painting.paint, painting.jobs(specs, folder))
        for story in wanted:
            _tell(story, silent[story.username], next(pictures) if story.picture else None)
    return len(wanted)


def _silent(names: set[str]) -> dict[str, int]:
    """Ids of those who are there and have nothing that is shown, or waits."""
    telling = select(StoryModel.author_id).where(access.stories.is_present())
    rows = db.session.execute(
        select(UserModel.username, UserModel.id).where(
            UserModel.username.in_(names), access.users.is_active(), UserModel.id.not_in(telling)
        )
    ).all()
    db.session.rollback()
    return {row[0]: row[1] for row in rows}


def _tell(story: DemoStory, author_id: int, picture: Painted | None) -> None:
    """Shown now by the clock of the database; then moved back to when it is said to be told."""
    ids = users.find_ids(list(story.seen_by), None)
    with unit_of_work() as uow:
        showing.lock_author(author_id)
        row = StoryModel(
            author_id=author_id,
            media_id=_store(story, author_id, picture) if picture else None,
            state="processing",
            turn=showing.next_turn(author_id),
            text=story.text,
            alt=_alt(story),
            created_at=utc_now(),
            **vars(story.style),
        )
        db.session.add(row)
        db.session.flush()
        showing.show(uow, row)
        if row.published_at is not None and row.expires_at is not None:
            row.published_at -= timedelta(hours=story.hours_ago)
            row.expires_at -= timedelta(hours=story.hours_ago)
            _see(uow, row, list(ids.values()))


def _store(story: DemoStory, author_id: int, picture: Painted) -> int:
    row = painting.store(picture, owner_id=author_id, kind="story", alt=_alt(story))
    db.session.flush()
    return row.id


def _alt(story: DemoStory) -> str:
    return describe(story.picture, story.language) if story.picture else ""


def _see(uow: UnitOfWork, row: StoryModel, people: list[int]) -> None:
    story_id, at = row.id, row.published_at or utc_now()
    row.view_count = len(people)
    for user_id in people:
        db.session.add(StoryViewModel(story_id=story_id, user_id=user_id, created_at=at))
    uow.after_commit(lambda: views.VIEWS.drop([story_id], people))
