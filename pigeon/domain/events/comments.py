"""Events of comments."""

from __future__ import annotations

from dataclasses import dataclass

from pigeon.domain.events.base import Event


@dataclass(frozen=True, kw_only=True)
class CommentCreated(Event):
    """A comment or, with `parent_id`, a reply; `is_public` is false on a post not yet published."""

    comment_id: int
    post_id: int
    parent_id: int | None
    is_public: bool


@dataclass(frozen=True, kw_only=True)
class CommentEdited(Event):
    """`named` are the people whom its text named not before."""

    comment_id: int
    post_id: int
    is_public: bool
    named: list[int]


@dataclass(frozen=True, kw_only=True)
class CommentDeleted(Event):
    """Its replies went with it: `reply_ids`."""

    comment_id: int
    post_id: int
    parent_id: int | None
    reply_ids: list[int]
