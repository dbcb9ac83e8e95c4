"""Counters: derived numbers kept with the rows, read through hashes."""

from __future__ import annotations

from sqlalchemy import select

from pigeon.cache import keys
from pigeon.cache.counters import Counters, Counts
from pigeon.domain.posts import PostCounts
from pigeon.domain.users import UserCounts
from pigeon.extensions import db
from pigeon.models import PostModel, UserModel


def _load_users(ids: list[int]) -> dict[int, Counts]:
    rows = db.session.execute(
        select(
            UserModel.id, UserModel.post_count, UserModel.follower_count, UserModel.following_count
        ).where(UserModel.id.in_(ids))
    )
    return {row[0]: tuple(row[1:]) for row in rows}


def _load_posts(ids: list[int]) -> dict[int, Counts]:
    """Of what is published: others have no counts, and no place in a timeline."""
    rows = db.session.execute(
        select(PostModel.id, PostModel.like_count, PostModel.comment_count).where(
            PostModel.id.in_(ids), PostModel.state == "published"
        )
    )
    return {row[0]: tuple(row[1:]) for row in rows}


users = Counters(keys.USER_COUNTS, ("posts", "followers", "following"), _load_users)
posts = Counters(keys.POST_COUNTS, ("likes", "comments"), _load_posts)


def of_user(user_id: int) -> UserCounts:
    found = users.many([user_id]).get(user_id, (0, 0, 0))
    return UserCounts(post_count=found[0], follower_count=found[1], following_count=found[2])


def of_posts(ids: list[int]) -> dict[int, PostCounts]:
    return {
        post_id: PostCounts(like_count=found[0], comment_count=found[1])
        for post_id, found in posts.many(ids).items()
    }
