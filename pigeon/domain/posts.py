"""Posts and their images: the objects of the contract, and the card that caches keep."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from pigeon.domain.users import UserRef


@dataclass(frozen=True, kw_only=True)
class Variant:
    width: int
    height: int
    type: str
    url: str


@dataclass(frozen=True, kw_only=True)
class ImageError:
    code: str
    message: str


@dataclass(frozen=True, kw_only=True)
class Image:
    id: str
    state: str
    width: int
    height: int
    alt: str
    color: str | None
    url: str | None
    thumb_url: str | None
    variants: list[Variant]
    error: ImageError | None


@dataclass(frozen=True, kw_only=True)
class PostCounts:
    like_count: int = 0
    comment_count: int = 0


@dataclass(frozen=True, kw_only=True)
class PostCard:
    """What is the same for every viewer of a post and seldom changes; what the cache holds."""

    id: int
    publication_id: int | None
    author: UserRef
    state: str
    caption: str
    mentions: list[UserRef]
    tags: list[str]
    images: list[Image]
    comments_open: bool
    created_at: datetime
    published_at: datetime | None
    edited_at: datetime | None

    @property
    def author_id(self) -> int:
        return int(self.author.id)


@dataclass(frozen=True, kw_only=True)
class PostViewer:
    is_author: bool
    liked: bool
    saved: bool
    may_comment: bool
    liked_by: list[UserRef]


@dataclass(frozen=True, kw_only=True)
class Post:
    id: str
    author: UserRef
    href: str
    state: str
    caption: str
    mentions: list[UserRef]
    tags: list[str]
    images: list[Image]
    like_count: int
    comment_count: int
    comments_open: bool
    created_at: datetime
    published_at: datetime | None
    edited_at: datetime | None
    viewer: PostViewer | None

    @property
    def author_id(self) -> int:
        return int(self.author.id)

    @classmethod
    def of(cls, card: PostCard, counts: PostCounts, viewer: PostViewer | None) -> Post:
        return cls(
            id=str(card.id),
            author=card.author,
            href=f"/p/{card.id}",
            state=card.state,
            caption=card.caption,
            mentions=card.mentions,
            tags=card.tags,
            images=card.images,
            like_count=counts.like_count,
            comment_count=counts.comment_count,
            comments_open=card.comments_open,
            created_at=card.created_at,
            published_at=card.published_at,
            edited_at=card.edited_at,
            viewer=viewer,
        )
