"""Events of stories."""

from __future__ import annotations

from dataclasses import dataclass

from pigeon.domain.events.base import Event


@dataclass(frozen=True, kw_only=True)
class StoryPublished(Event):
    """A story is shown from now on, for a day."""

    story_id: int
    author_id: int
    username: str
    had_image: bool


@dataclass(frozen=True, kw_only=True)
class StoryProcessed(Event):
    """Its picture is ready; it is shown when those before it have been."""

    story_id: int
    author_id: int


@dataclass(frozen=True, kw_only=True)
class StoryFailed(Event):
    """Its picture cannot be read; `code` is why."""

    story_id: int
    author_id: int
    code: str


@dataclass(frozen=True, kw_only=True)
class StoryWithdrawn(Event):
    """Nobody sees it any more: it was deleted, or its day is over."""

    story_id: int
    author_id: int


@dataclass(frozen=True, kw_only=True)
class StoryRingChanged(Event):
    """Its author deleted a story that was shown. When one ends, pages know by themselves."""

    author_id: int
    username: str


@dataclass(frozen=True, kw_only=True)
class StoryViewsChanged(Event):
    """Rows of (story, viewer) were inserted or deleted."""

    pairs: list[tuple[int, int]]


@dataclass(frozen=True, kw_only=True)
class StoryViewsShown(Event):
    """Every cache counts the views of these stories as SQL does."""

    ids: list[int]


@dataclass(frozen=True, kw_only=True)
class StoryViewsErased(Event):
    """Rows of somebody who left are gone, and counted down."""

    ids: list[int]
    user_id: int
