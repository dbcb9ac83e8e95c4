"""Seeing a story: set once, never taken back; written back through the journal."""

from __future__ import annotations

from pigeon.cache import write_back
from pigeon.cache.write_back_entries import Entry
from pigeon.crash_points import crash_point
from pigeon.domain.clock import ms_of, utc_now
from pigeon.services import access
from pigeon.services.stories import cards
from pigeon.services.stories.views import VIEWS
from pigeon.services.write_backs import flusher, kinds


def mark(story_id: int, *, by: int) -> None:
    """Somebody has seen it; again is fine, and of the author nothing is recorded.

    NotFound for who may not see it, and from its end on; Unavailable.
    """
    viewer, is_own = access.viewer(by), cards.author_of(story_id) == by

    def look() -> tuple[int, int]:
        """The story for the rule, and what is stored for the journal, in one trip."""
        card, stored = cards.find_beside(VIEWS.read(by, story_id), story_id, viewer)
        access.stories.check_sees(viewer, card)
        return stored

    if kinds.is_journalled(VIEWS.name) and not is_own:
        write_back.append(VIEWS.name, by, story_id, 1, look)
        crash_point("story.seen")
        return
    access.stories.check_sees(viewer, cards.find(story_id, viewer))
    if not is_own:
        flusher.write_through(Entry(f"{ms_of(utc_now())}-0", VIEWS.name, by, story_id, 1))
