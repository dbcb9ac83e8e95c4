"""Likes as two kinds of write-back: how they are stored, and where they are shown."""

from __future__ import annotations

from collections.abc import Iterable

from pigeon.cache import keys, leases
from pigeon.domain.events import LikesChanged, LikesShown
from pigeon.models import CommentLike, CommentModel, PostLike, PostModel
from pigeon.services import access, counts
from pigeon.services.write_backs.pairs import Pair, Pairs


def _changed(subject: str, pairs: list[Pair]) -> LikesChanged:
    return LikesChanged(subject=subject, pairs=pairs)


def _shown(subject: str, ids: list[int]) -> LikesShown:
    return LikesShown(subject=subject, ids=ids)


def _evict_likers(post_ids: Iterable[int]) -> None:
    leases.evict(*map(keys.LIKERS.key, post_ids))


POSTS = Pairs(
    name="post",
    row=PostLike,
    target=PostLike.post_id,
    actor=PostLike.user_id,
    holder=PostModel,
    counter=PostModel.like_count,
    counted=(counts.posts, "likes"),
    answers=keys.LIKED,
    changed=_changed,
    evict_lists=_evict_likers,
    shown=_shown,
    alive=f"state <> '{access.posts.WITHDRAWN}'",
)
COMMENTS = Pairs(
    name="comment",
    row=CommentLike,
    target=CommentLike.comment_id,
    actor=CommentLike.user_id,
    holder=CommentModel,
    counter=CommentModel.like_count,
    counted=(counts.comments, "likes"),
    answers=keys.LIKED,
    changed=_changed,
    evict_lists=lambda _ids: None,
    shown=_shown,
)
