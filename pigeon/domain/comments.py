"""Comments and replies: the object of the contract, and the card that caches keep."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from pigeon.domain.users import UserRef


@dataclass(frozen=True, kw_only=True)
class CommentCard:
    """What is the same for every viewer of a comment; what the cache holds."""

    id: int
    post_id: int
    parent_id: int | None
    author: UserRef
    text: str
    mentions: list[UserRef]
    tags: list[str]
    created_at: datetime
    edited_at: datetime | None

    @property
    def author_id(self) -> int:
        return int(self.author.id)


@dataclass(frozen=True, kw_only=True)
class CommentCounts:
    like_count: int = 0
    reply_count: int = 0


@dataclass(frozen=True, kw_only=True)
class CommentViewer:
    is_author: bool
    liked: bool
    may_delete: bool


@dataclass(frozen=True, kw_only=True)
class Comment:
    id: str
    post_id: str
    author: UserRef
    href: str
    parent_id: str | None
    text: str
    mentions: list[UserRef]
    tags: list[str]
    like_count: int
    reply_count: int
    created_at: datetime
    edited_at: datetime | None
    viewer: CommentViewer | None

    @classmethod
    def of(cls, card: CommentCard, counts: CommentCounts, viewer: CommentViewer | None) -> Comment:
        return cls(
            id=str(card.id),
            post_id=str(card.post_id),
            author=card.author,
            href=href_of(card.post_id, card.id),
            parent_id=str(card.parent_id) if card.parent_id is not None else None,
            text=card.text,
            mentions=card.mentions,
            tags=card.tags,
            like_count=counts.like_count,
            reply_count=counts.reply_count,
            created_at=card.created_at,
            edited_at=card.edited_at,
            viewer=viewer,
        )


def href_of(post_id: int, comment_id: int) -> str:
    """The exact place of a comment, as a page path."""
    return f"/p/{post_id}#comment-{comment_id}"
