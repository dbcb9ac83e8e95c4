"""Stories: the objects of the contract, the card that caches keep, and the clock that ends them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property

from pigeon.domain.posts import Image
from pigeon.domain.users import UserRef, UserRow

LIFE = timedelta(hours=24)
REACTIONS = ("❤️", "😂", "😮", "😢", "👏", "🔥")
SIZES = ("s", "m", "l")
BACKGROUND = "#334155"
"""Behind the text of a story without a picture, when nothing was chosen."""


@dataclass(frozen=True, kw_only=True)
class TextStyle:
    """Where the middle of the text stands, in parts of the stage, and how it looks.

    `background` is None on a picture.
    """

    x: float = 0.5
    y: float = 0.5
    size: str = "m"
    color: str = "#ffffff"
    background: str | None = None


@dataclass(frozen=True, kw_only=True)
class StoryCard:
    """What is the same for every viewer of a story; what the cache holds.

    `turn` is its place in the queue of its author, where a picture holds back those behind it.
    """

    id: int
    author: UserRef
    state: str
    turn: int
    text: str
    alt: str
    text_style: TextStyle
    image: Image | None
    created_at: datetime
    published_at: datetime | None
    expires_at: datetime | None

    @cached_property
    def author_id(self) -> int:
        return int(self.author.id)

    def has_ended(self, now: datetime) -> bool:
        """From its 86,400th second on it is nobody's, whatever keeps it still."""
        return self.expires_at is not None and now >= self.expires_at


@dataclass(frozen=True, kw_only=True)
class StoryViewer:
    """`view_count` is for the author alone."""

    is_author: bool
    seen: bool
    view_count: int | None


@dataclass(frozen=True, kw_only=True)
class Story:
    id: str
    author: UserRef
    state: str
    text: str
    alt: str
    text_style: TextStyle
    image: Image | None
    published_at: datetime | None
    expires_at: datetime | None
    viewer: StoryViewer | None

    @classmethod
    def of(cls, card: StoryCard, viewer: StoryViewer | None) -> Story:
        return cls(
            id=str(card.id),
            author=card.author,
            state=card.state,
            text=card.text,
            alt=card.alt,
            text_style=card.text_style,
            image=card.image,
            published_at=card.published_at,
            expires_at=card.expires_at,
            viewer=viewer,
        )


@dataclass(frozen=True, kw_only=True)
class TrayItem:
    """Somebody who has live stories, as one reader sees them."""

    user: UserRef
    is_self: bool
    story_count: int
    unseen_count: int
    latest_at: datetime


@dataclass(frozen=True, kw_only=True)
class Ring:
    """Somebody's live stories, as one reader sees them: what is drawn around their picture.

    From `ends_at` on there is none.
    """

    user: UserRef
    is_self: bool
    story_count: int
    unseen_count: int
    latest_at: datetime
    ends_at: datetime

    @property
    def state(self) -> str:
        return "unseen" if self.unseen_count else "seen"

    @property
    def item(self) -> TrayItem:
        return TrayItem(
            user=self.user,
            is_self=self.is_self,
            story_count=self.story_count,
            unseen_count=self.unseen_count,
            latest_at=self.latest_at,
        )


@dataclass(frozen=True, kw_only=True)
class StoryView:
    """Somebody who saw a story; `reaction` is their last one that is not unsent."""

    user: UserRow
    viewed_at: datetime
    reaction: str | None
