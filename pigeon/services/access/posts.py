"""Posts: published ones are for who sees their author's posts, others for their author alone."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Protocol, TypeVar

from sqlalchemy import ColumnElement, or_, select

from pigeon.domain.errors import Forbidden, NotFound
from pigeon.models import PostModel, UserModel
from pigeon.services.access import users
from pigeon.services.access.viewers import Viewer

PUBLISHED = "published"
WITHDRAWN = "withdrawn"
"""The state of a post that was deleted, or whose author left, until its rows are erased."""


class Authored(Protocol):
    """What is somebody's; of a published post nothing more needs to be known."""

    @property
    def author_id(self) -> int: ...


class Stated(Authored, Protocol):
    """A post, its row or its card."""

    @property
    def state(self) -> str: ...


A = TypeVar("A", bound=Authored)
S = TypeVar("S", bound=Stated)


def is_published() -> ColumnElement[bool]:
    """Posts that are out, whoever asks: for what is kept for everybody, and what is counted."""
    return PostModel.state == PUBLISHED


def is_published_state(state: str | None) -> bool:
    return state == PUBLISHED


def is_present() -> ColumnElement[bool]:
    """Posts that are still somebody's: all but the withdrawn."""
    return PostModel.state != WITHDRAWN


def is_present_state(state: str) -> bool:
    return state != WITHDRAWN


# -- reading ---------------------------------------------------------------------------------------


def where(viewer: Viewer) -> ColumnElement[bool]:
    """Posts that the viewer may see: published ones of people who show theirs, and their own.

    Their own in every state but withdrawn, as long as they are there themselves.
    """
    seen = is_published() & is_by_open_author(viewer, PostModel.author_id)
    if viewer.id is None:
        return seen
    me = select(UserModel.id).where(UserModel.id == viewer.id, users.is_active())
    return or_(seen, PostModel.author_id.in_(me) & is_present())


def is_by_open_author(viewer: Viewer, author: Any) -> ColumnElement[bool]:
    """The person of that column shows their posts to the viewer."""
    opened: ColumnElement[bool] = author.in_(
        select(UserModel.id).where(users.where_shows_posts(viewer))
    )
    return opened


def visible(viewer: Viewer, posts: Iterable[S]) -> list[S]:
    """The same for cards out of the cache."""
    return [post for post in visible_published(viewer, list(posts)) if _is_open(viewer, post)]


def may_see(viewer: Viewer, post: Stated) -> bool:
    return bool(visible(viewer, [post]))


def check_sees(viewer: Viewer, card: S | None) -> S:
    """The card, or the NotFound that an unknown id gets too."""
    if card is None or not may_see(viewer, card):
        raise NotFound
    return card


def visible_published(viewer: Viewer, posts: list[A]) -> list[A]:
    """The same for entries of timelines, which are made of published posts."""
    closed = users.closed_among(viewer, {post.author_id for post in posts})
    return [post for post in posts if post.author_id not in closed] if closed else posts


def wanted(viewer: Viewer, posts: list[A]) -> list[A]:
    """Those that the viewer has not muted: a mute hides what comes unasked, as in a timeline."""
    unwanted = users.unwanted_posts(viewer)
    return [post for post in posts if post.author_id not in unwanted] if unwanted else posts


def _is_open(viewer: Viewer, post: Stated) -> bool:
    if post.state == PUBLISHED:
        return True
    return post.author_id == viewer.id and post.state != WITHDRAWN


# -- writing ---------------------------------------------------------------------------------------


def check_changes(viewer: Viewer, post: PostModel | None) -> PostModel:
    """The author's post; Forbidden for who may see it, NotFound for everybody else."""
    seen = check_sees(viewer, post)
    if seen.author_id != viewer.id:
        raise Forbidden
    return seen


def check_comments_on(viewer: Viewer, post: PostModel | None) -> PostModel:
    """A post that may be commented on; Forbidden `comments_closed`, also for its author."""
    seen = check_sees(viewer, post)
    if not seen.comments_open:
        raise Forbidden("comments_closed")
    return seen
