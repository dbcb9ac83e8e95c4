"""Counters: derived numbers kept with the rows, read through hashes."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select

from pigeon.cache import keys, write_back
from pigeon.cache.breaker import state_breaker
from pigeon.cache.counters import Counters, Counts
from pigeon.cache.write_back import NOTHING, Overlay
from pigeon.domain.comments import CommentCounts
from pigeon.domain.posts import PostCounts
from pigeon.domain.users import UserCounts
from pigeon.extensions import db, settings
from pigeon.models import CommentModel, PostModel, UserModel
from pigeon.services import access


def _load_users(ids: list[int]) -> dict[int, Counts]:
    rows = db.session.execute(
        select(
            UserModel.id, UserModel.post_count, UserModel.follower_count, UserModel.following_count
        ).where(UserModel.id.in_(ids))
    )
    return {row[0]: tuple(row[1:]) for row in rows}


def _load_posts(ids: list[int]) -> dict[int, Counts]:
    """Load the counts of all posts but withdrawn ones, which nobody may see any more."""
    rows = db.session.execute(
        select(PostModel.id, PostModel.like_count, PostModel.comment_count).where(
            PostModel.id.in_(ids), access.posts.is_present()
        )
    )
    return {row[0]: tuple(row[1:]) for row in rows}


def _load_comments(ids: list[int]) -> dict[int, Counts]:
    rows = db.session.execute(
        select(CommentModel.id, CommentModel.like_count, CommentModel.reply_count).where(
            CommentModel.id.in_(ids)
        )
    )
    return {row[0]: tuple(row[1:]) for row in rows}


users = Counters(keys.USER_COUNTS, ("posts", "followers", "following"), _load_users)
posts = Counters(keys.POST_COUNTS, ("likes", "comments"), _load_posts)
comments = Counters(keys.COMMENT_COUNTS, ("likes", "replies"), _load_comments)


def of_user(user_id: int) -> UserCounts:
    found = users.many([user_id]).get(user_id, (0, 0, 0))
    return UserCounts(post_count=found[0], follower_count=found[1], following_count=found[2])


def of_posts(ids: list[int]) -> dict[int, PostCounts]:
    """Likes include what waits in the journal."""
    waiting = pending("post", None, ids)
    return {
        post_id: PostCounts(like_count=waiting.count(post_id, found[0]), comment_count=found[1])
        for post_id, found in posts.many(ids).items()
    }


def of_comments(ids: list[int]) -> dict[int, CommentCounts]:
    """As `of_posts`."""
    waiting = pending("comment", None, ids)
    return {
        comment_id: CommentCounts(
            like_count=waiting.count(comment_id, found[0]), reply_count=found[1]
        )
        for comment_id, found in comments.many(ids).items()
    }


def pending(kind: str, viewer_id: int | None, ids: Sequence[int]) -> Overlay:
    """What waits in the journal; NOTHING while the state Redis is out of reach.

    Asked before what is stored: what a flush takes out meanwhile is in the caches by then.
    """
    if not settings().write_back:
        return NOTHING
    return state_breaker.attempt(lambda: write_back.overlay(kind, viewer_id, ids), NOTHING)


def own_pending(kind: str, viewer_id: int, ids: Sequence[int]) -> dict[int, int]:
    """What one person has in the journal, for who needs no counts; as `pending` else."""
    if not settings().write_back:
        return {}
    return state_breaker.attempt(lambda: write_back.own_values(kind, viewer_id, ids), {})
