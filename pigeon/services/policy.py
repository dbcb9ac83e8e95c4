"""The one place that answers "may this viewer see, or do, this?".

Pages, JSON, sockets, timelines, search, counts and media all ask here. SQL conditions and checks of
cached cards are kept side by side, because they must say the same.
"""

from __future__ import annotations

from sqlalchemy import ColumnElement, or_

from pigeon.domain.comments import CommentCard
from pigeon.domain.errors import Forbidden, NotFound
from pigeon.domain.posts import PostCard
from pigeon.domain.users import UserCard
from pigeon.models import PostModel, UserModel

ViewerId = int | None
"""None stands for an anonymous reader; whether they may read at all is the guard's affair."""

WITHDRAWN = "withdrawn"
"""The state of a post that was deleted, or whose author left, until its rows are erased."""


def visible_users(viewer_id: ViewerId) -> ColumnElement[bool]:
    """People whom `viewer_id` may know of: a withdrawn person is nobody."""
    return UserModel.state == "active"


def visible_posts(viewer_id: ViewerId) -> ColumnElement[bool]:
    """Posts that `viewer_id` may see: the published, and their own in every state but withdrawn."""
    published = PostModel.state == "published"
    if viewer_id is None:
        return published
    return or_(published, (PostModel.author_id == viewer_id) & (PostModel.state != WITHDRAWN))


def may_see_post(viewer_id: ViewerId, card: PostCard) -> bool:
    """The same rule as `visible_posts`, for a card out of the cache."""
    return _is_open(viewer_id, card.state, card.author_id)


def _is_open(viewer_id: ViewerId, state: str, author_id: int) -> bool:
    return state == "published" or (author_id == viewer_id and state != WITHDRAWN)


def check_sees_post(viewer_id: ViewerId, card: PostCard | None) -> PostCard:
    """The card, or the NotFound that an unknown id gets too."""
    if card is None or not may_see_post(viewer_id, card):
        raise NotFound
    return card


def check_changes_post(viewer_id: ViewerId, post: PostModel | None) -> PostModel:
    """The author's post; Forbidden for who may see it, NotFound for everybody else."""
    if post is None or not _is_open(viewer_id, post.state, post.author_id):
        raise NotFound
    if post.author_id != viewer_id:
        raise Forbidden
    return post


def check_comments_on_post(by: int, post: PostModel | None) -> PostModel:
    """A post that `by` may comment on; Forbidden `comments_closed`, also for its author."""
    if post is None or not _is_open(by, post.state, post.author_id):
        raise NotFound
    if not post.comments_open:
        raise Forbidden("comments_closed")
    return post


def check_sees_comment(
    viewer_id: ViewerId, card: CommentCard | None, post: PostCard | None
) -> CommentCard:
    """A comment is seen by who sees its post."""
    check_sees_post(viewer_id, post)
    if card is None:
        raise NotFound
    return card


def may_delete_comment(viewer_id: int, *, author_id: int, post_author_id: int) -> bool:
    """Its author, and who wrote the post it hangs on; only the author may edit it."""
    return viewer_id in (author_id, post_author_id)


def may_see_posts_of(viewer_id: ViewerId, author_id: int, *, is_private: bool) -> bool:
    """Whether a person's posts and lists are open to the viewer."""
    return not is_private or viewer_id == author_id


def check_sees_posts_of(viewer_id: ViewerId, card: UserCard) -> None:
    """NotFound for the posts and lists of a person who does not show them to the viewer."""
    if not may_see_posts_of(viewer_id, card.id, is_private=card.is_private):
        raise NotFound
