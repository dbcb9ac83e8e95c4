"""Who has seen which story: a kind of write-back, and the reader's own answers."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlalchemy import select

from pigeon.cache import keys
from pigeon.cache.counters import Counters, Counts
from pigeon.domain.events import StoryViewsChanged, StoryViewsShown
from pigeon.extensions import db
from pigeon.models import StoryModel, StoryViewModel
from pigeon.services import access, counts
from pigeon.services.access.viewers import Viewer
from pigeon.services.write_backs.pairs import Pair, Pairs


def _load(ids: list[int]) -> dict[int, Counts]:
    rows = db.session.execute(
        select(StoryModel.id, StoryModel.view_count).where(
            StoryModel.id.in_(ids), access.stories.is_present()
        )
    )
    return {row[0]: tuple(row[1:]) for row in rows}


counters = Counters(keys.STORY_COUNTS, ("views",), _load)


def _changed(_name: str, pairs: list[Pair]) -> StoryViewsChanged:
    return StoryViewsChanged(pairs=pairs)


def _shown(_name: str, ids: list[int]) -> StoryViewsShown:
    return StoryViewsShown(ids=ids)


def _no_lists(_ids: Iterable[int]) -> None:
    """The list of viewers is the author's alone, and read from SQL."""


VIEWS = Pairs(
    name="story",
    row=StoryViewModel,
    target=StoryViewModel.story_id,
    actor=StoryViewModel.user_id,
    holder=StoryModel,
    counter=StoryModel.view_count,
    counted=(counters, "views"),
    answers=keys.STORY_SEEN,
    changed=_changed,
    evict_lists=_no_lists,
    shown=_shown,
    alive=f"state = '{access.stories.PUBLISHED}'",
)


def seen_among(viewer: Viewer, ids: Sequence[int]) -> set[int]:
    """Those that the viewer has seen: as journalled, else as cached, else as stored.

    The journal is read first: what a flush takes out of it meanwhile is stored by then.
    """
    if viewer.id is None or not ids:
        return set()
    waiting = counts.pending(VIEWS.name, viewer.id, ids).values
    rest = [story_id for story_id in ids if story_id not in waiting]
    return {one for one, value in waiting.items() if value} | VIEWS.flags.among(viewer.id, rest)


def counts_of(ids: Sequence[int]) -> dict[int, int]:
    """How many have seen each; what waits in the journal is included."""
    if not ids:
        return {}
    waiting = counts.pending(VIEWS.name, None, ids)
    found = counters.many(ids)
    return {story_id: waiting.count(story_id, found[story_id][0]) for story_id in found}
