"""What is said under a post, as readers find it, and its counts held against its rows."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from pigeon.domain.comments import Comment
from pigeon.domain.page import Page, PageRequest
from pigeon.extensions import db
from pigeon.models import CommentModel, PostModel
from pigeon.services import counts
from pigeon.services.comments import comments
from pigeon.services.posts import posts
from tests.factories import Posted


def listed(post: Posted, viewer_id: int | None = None, **request: Any) -> Page[Comment]:
    kind = comments.comments_kind(post.id)
    return comments.list_of_post(post.id, viewer_id, PageRequest(kind=kind, **request))


def texts(page: Page[Comment]) -> list[str]:
    return [comment.text for comment in page.items]


def replies(comment_id: int, viewer_id: int | None = None) -> list[str]:
    request = PageRequest(kind=comments.replies_kind(comment_id))
    return texts(comments.list_replies(comment_id, viewer_id, request))


def comment_count(post: Posted) -> int:
    return posts.get(post.id, post.author.id).comment_count


def assert_counts_are_rows() -> None:
    """Stored and cached counts say how many rows there are; no reply is without its comment."""
    db.session.rollback()
    rows = db.session.execute(select(CommentModel.id, CommentModel.post_id, CommentModel.parent_id))
    found = [tuple(row) for row in rows]
    ids = {row[0] for row in found}
    assert all(parent_id is None or parent_id in ids for _, _, parent_id in found)
    for post in db.session.execute(select(PostModel.id, PostModel.comment_count)).all():
        assert post[1] == len([row for row in found if row[1] == post[0]])
        assert counts.of_posts([post[0]])[post[0]].comment_count == post[1]
    for row in db.session.execute(select(CommentModel.id, CommentModel.reply_count)).all():
        assert row[1] == len([one for one in found if one[2] == row[0]])
        assert counts.of_comments([row[0]])[row[0]].reply_count == row[1]
