"""Frames for who watches a post: made once for all of them, so they hold nothing of a viewer."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from pigeon.cache.codec import adapter
from pigeon.domain.comments import Comment
from pigeon.domain.posts import PostCounts
from pigeon.realtime import push
from pigeon.services import access, counts, watches
from pigeon.services.comments import cards as comment_cards
from pigeon.services.comments import comments
from pigeon.services.relations import apart
from pigeon.services.relations.apart import FROM_NOBODY


def push_comment(comment_id: int, post_id: int) -> None:
    """Push a comment as the API has it, unless it is gone again or nobody watches."""
    if not watches.watched_among([post_id]):
        return
    for comment in comments.overlay(comment_cards.shown([comment_id]), access.stranger()):
        payload: dict[str, Any] = adapter(Comment).dump_python(comment, mode="json")
        payload["comment_count"] = _counts_of(post_id).comment_count
        away = apart.apart.one(int(comment.author.id)) or FROM_NOBODY
        push.to_post("comment.created", payload, post_id, without=away.blocked)


def push_comment_gone(comment_id: int, post_id: int, parent_id: int | None) -> None:
    """Push that a comment is gone; its replies went with it, without a frame each."""
    if not watches.watched_among([post_id]):
        return
    payload = {
        "id": str(comment_id),
        "post_id": str(post_id),
        "parent_id": str(parent_id) if parent_id is not None else None,
        "comment_count": _counts_of(post_id).comment_count,
    }
    push.to_post("comment.deleted", payload, post_id)


def push_likes(post_ids: Sequence[int]) -> None:
    """Push the like counts of watched posts: at most once a second each, the last one always."""
    turns = watches.take_turn(watches.watched_among(post_ids))
    found = counts.of_posts(turns)
    for post_id in turns:
        like_count = found.get(post_id, PostCounts()).like_count
        push.to_post("post.liked", {"post_id": str(post_id), "like_count": like_count}, post_id)


def _counts_of(post_id: int) -> PostCounts:
    return counts.of_posts([post_id]).get(post_id, PostCounts())
