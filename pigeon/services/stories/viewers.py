"""Who has seen a story, and how they reacted: for its author alone."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from contextlib import suppress
from typing import Any

from sqlalchemy import func, select

from pigeon.domain.errors import Unavailable
from pigeon.domain.page import Page, PageRequest, cut
from pigeon.domain.stories import StoryView
from pigeon.extensions import db
from pigeon.models import StoryReactionModel, StoryViewModel, UserModel
from pigeon.services import access, counts
from pigeon.services.access import Who
from pigeon.services.access.viewers import Viewer
from pigeon.services.stories import stories
from pigeon.services.stories.views import VIEWS
from pigeon.services.users import users
from pigeon.services.write_backs import flusher
from pigeon.stores.messages_urls import message_store

REACTIONS_EACH = 10
"""So many of somebody's last reactions are looked at for one that they did not take back."""
FLUSHED_WITHIN_S = 2.0


def cursor(story_id: int) -> str:
    """Names the list, for its cursors."""
    return f"viewers-{story_id}"


def list_of(story_id: int, who: Who, request: PageRequest) -> Page[StoryView]:
    """A page of who has seen it, the newest first, without people whom the author does not meet.

    Refused as by `stories.check_owns`. What waits in the journal is stored first: unlike that of
    who likes a post, this list is read seldom, and by one person.
    """
    viewer = access.viewer(who)
    stories.check_owns(story_id, viewer)
    if request.before is None:
        _store_waiting(story_id)
    query = (
        select(StoryViewModel.id, StoryViewModel.user_id, StoryViewModel.created_at)
        .join(UserModel, UserModel.id == StoryViewModel.user_id)
        .where(StoryViewModel.story_id == story_id, access.users.where(viewer))
        .order_by(StoryViewModel.id.desc())
        .limit(request.limit + 1)
    )
    if request.before is not None:
        query = query.where(StoryViewModel.id < request.before)
    page = cut(db.session.execute(query).all(), request, lambda row: int(row[0]))
    return page.map(lambda rows: _views(story_id, rows, viewer))


def _store_waiting(story_id: int) -> None:
    """Also when the journal is out of reach the list is shown, as far as it is stored."""
    waiting = counts.pending(VIEWS.name, None, [story_id])
    if waiting.counts or waiting.deltas:
        with suppress(Unavailable):
            flusher.drain(within_s=FLUSHED_WITHIN_S)
    db.session.rollback()  # a snapshot from before would not show it


def _views(story_id: int, rows: Sequence[Any], viewer: Viewer) -> list[StoryView]:
    seen = {user_id: seen_at for _, user_id, seen_at in rows}
    reacted = _reactions(story_id, seen)
    return [
        StoryView(user=row, viewed_at=seen[int(row.id)], reaction=reacted.get(int(row.id)))
        for row in users.rows(list(seen), viewer)
    ]


def _reactions(story_id: int, user_ids: Collection[int]) -> dict[int, str]:
    """By person the last one that is not unsent."""
    row = StoryReactionModel
    place = func.row_number().over(partition_by=row.user_id, order_by=row.message_id.desc())
    newest = (
        select(row.message_id, row.user_id, row.emoji, place.label("place"))
        .where(row.story_id == story_id, row.user_id.in_(user_ids))
        .subquery()
    )
    found = db.session.execute(
        select(newest.c.message_id, newest.c.user_id, newest.c.emoji)
        .where(newest.c.place <= REACTIONS_EACH)
        .order_by(newest.c.message_id)
    ).all()
    if not found:
        return {}
    messages = message_store().get_many([number for number, _, _ in found])
    standing = {number for number, message in messages.items() if not message.is_deleted}
    return {user_id: emoji for number, user_id, emoji in found if number in standing}
