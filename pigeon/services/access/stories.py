"""Stories: for who sees their author's posts, until they end; unshown ones for their author alone.

When a story ends is asked of the clock at every reading, so what a cache keeps longer is nobody's.
"""

from __future__ import annotations

from collections.abc import Iterable
from collections.abc import Set as AbstractSet
from datetime import datetime

from sqlalchemy import ColumnElement, or_, select

from pigeon.domain.clock import utc_now
from pigeon.domain.errors import Forbidden, NotFound
from pigeon.domain.stories import StoryCard
from pigeon.models import StoryModel, UserModel
from pigeon.services.access import posts, users
from pigeon.services.access.viewers import Viewer

PUBLISHED = "published"
WITHDRAWN = "withdrawn"
"""The state of a story that was deleted, or has ended, until its rows are erased."""


def is_present() -> ColumnElement[bool]:
    """Stories that are still somebody's: neither withdrawn nor at their end."""
    lasts = or_(StoryModel.expires_at.is_(None), StoryModel.expires_at > utc_now())
    return (StoryModel.state != WITHDRAWN) & lasts


def is_live() -> ColumnElement[bool]:
    """Stories that are shown, whoever asks."""
    return (StoryModel.state == PUBLISHED) & (StoryModel.expires_at > utc_now())


def where(viewer: Viewer) -> ColumnElement[bool]:
    """Stories that the viewer may see: live ones of people who show theirs, and their own."""
    seen = is_live() & posts.is_by_open_author(viewer, StoryModel.author_id)
    if viewer.id is None:
        return seen
    me = select(UserModel.id).where(UserModel.id == viewer.id, users.is_active())
    return or_(seen, StoryModel.author_id.in_(me) & is_present())


def visible(viewer: Viewer, cards: Iterable[StoryCard]) -> list[StoryCard]:
    """The same for cards out of the cache."""
    now = utc_now()
    there = [
        card
        for card in cards
        if not card.has_ended(now)
        and (card.state == PUBLISHED or (card.author_id == viewer.id and card.state != WITHDRAWN))
    ]
    if not there:
        return there
    closed = users.closed_among(viewer, {card.author_id for card in there})
    return [card for card in there if card.author_id not in closed] if closed else there


def shown(cards: Iterable[StoryCard], now: datetime) -> list[StoryCard]:
    """As `is_live`, for cards: what is shown at that moment, to whom its author is open."""
    return [card for card in cards if card.state == PUBLISHED and not card.has_ended(now)]


def check_sees(viewer: Viewer, card: StoryCard | None) -> StoryCard:
    """The card, or the NotFound that an unknown id gets too."""
    found = visible(viewer, [card]) if card is not None else []
    if not found:
        raise NotFound
    return found[0]


def check_owns(viewer: Viewer, card: StoryCard | None) -> StoryCard:
    """The author's story; Forbidden for who may see it, NotFound for everybody else."""
    seen = check_sees(viewer, card)
    if seen.author_id != viewer.id:
        raise Forbidden
    return seen


def unwanted(viewer: Viewer) -> AbstractSet[int]:
    """The ids of those whose stories the viewer has muted: a mute hides what comes unasked."""
    return viewer.relations.apart.stories
