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


def push_comment(comment_id: int, post_id: int) -> None:
    """Push a comment as the API has it, unless it is gone again or nobody watches."""
    if not watches.watched_among([post_id]):
        return
    for comment in comments.overlay(comment_cards.shown([comment_id]), access.stranger()):
        payload: dict[str, Any] = adapter(Comment).dump_python(comment, mode="json")
        payload["comment_count"] = _counts_of(post_id).comment_count
        blocked, mentions = _kept_away(comment)
        payload["mentions"] = [one for one in payload["mentions"] if one["id"] in mentions]
        push.to_post("comment.created", payload, post_id, without=blocked)


def _kept_away(comment: Comment) -> tuple[set[int], set[str]]:
    """Whom its author, or of a reply the one above, does not meet; who is named to everybody.

    One frame goes to all who watch: somebody with a block is not named in it, as for whom they
    keep away from.
    """
    above = comment_cards.shown([int(comment.parent_id)]) if comment.parent_id else []
    authors = [int(comment.author.id), *(card.author_id for card in above)]
    named = [int(one.id) for one in comment.mentions]
    found = apart.apart.many({*authors, *named})
    blocked = set().union(*(found[author].blocked for author in authors if author in found))
    return blocked, {str(one) for one in named if not found[one].blocked}


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
