"""Likes of a post, comment or reply notify its author, in a group while it is unseen."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from functools import partial
from typing import Any

from sqlalchemy import select

from pigeon.extensions import db
from pigeon.models import CommentLike, CommentModel, PostLike, PostModel
from pigeon.services import access
from pigeon.services.notifications.contents import Occasion
from pigeon.services.notifications.groups import Changes, Group, update_groups
from pigeon.services.notifications.source import (
    Filter,
    Forms,
    Setting,
    Source,
    gettext,
    lead_to_subject,
    ngettext,
)

TARGETS_AT_ONCE = 50
"""Posts or comments whose groups one transaction updates."""


def _liking(occasion: Occasion, people: list[int]) -> Sequence[int]:
    """Those of `people` who like the subject now, in the order in which they began."""
    like: Any = PostLike if occasion.subject_kind == "post" else CommentLike
    target = like.post_id if occasion.subject_kind == "post" else like.comment_id
    query = select(like.user_id).where(target == occasion.subject_id, like.user_id.in_(people))
    return db.session.scalars(query.order_by(like.id)).all()


LIKES = Setting(name="like", title=gettext("Likes"))
LIKES_TAB = Filter(name="likes", title=gettext("Likes"))
LIKE = Source(
    kind="like",
    sentences={
        "post": Forms(
            one=gettext("%(name)s liked your post"),
            two=gettext("%(name)s and %(other)s liked your post"),
            more=ngettext(
                "%(name)s, %(other)s and %(num)s other liked your post",
                "%(name)s, %(other)s and %(num)s others liked your post",
            ),
        ),
        "comment": Forms(
            one=gettext("%(name)s liked your comment"),
            two=gettext("%(name)s and %(other)s liked your comment"),
            more=ngettext(
                "%(name)s, %(other)s and %(num)s other liked your comment",
                "%(name)s, %(other)s and %(num)s others liked your comment",
            ),
        ),
        "reply": Forms(
            one=gettext("%(name)s liked your reply"),
            two=gettext("%(name)s and %(other)s liked your reply"),
            more=ngettext(
                "%(name)s, %(other)s and %(num)s other liked your reply",
                "%(name)s, %(other)s and %(num)s others liked your reply",
            ),
        ),
    },
    target=lead_to_subject,
    present=_liking,
    setting=LIKES,
    filter=LIKES_TAB,
)


def update(subject: str, pairs: Iterable[tuple[int, int]]) -> Changes:
    """Make notifications agree with likes; `pairs` are (post or comment, person) in question."""
    by_target: dict[int, list[int]] = defaultdict(list)
    for target_id, person in pairs:
        by_target[target_id].append(person)
    changes = Changes()
    targets = sorted(by_target)
    for first in range(0, len(targets), TARGETS_AT_ONCE):
        part = {number: by_target[number] for number in targets[first : first + TARGETS_AT_ONCE]}
        changes.add(update_groups(LIKE, partial(_groups, subject, part)))
    return changes


def _groups(subject: str, people: dict[int, list[int]]) -> list[Group]:
    return [
        Group(
            recipient_id=target.author_id,
            occasion=_occasion(subject, target),
            people=people[target.id],
        )
        for target in _targets(subject, list(people))
    ]


def _targets(subject: str, ids: list[int]) -> Sequence[Any]:
    """What is liked, ascending: the locks of their contents are taken in this order.

    A deleted post is left out: its likes are there until they are erased.
    """
    post, comment = PostModel, CommentModel
    is_there = access.posts.is_present()
    if subject == "post":
        query = select(post.id, post.author_id, post.id.label("post_id")).where(post.id.in_(ids))
        return db.session.execute(query.where(is_there).order_by(post.id)).all()
    columns = (comment.id, comment.author_id, comment.post_id, comment.parent_id)
    comments = select(*columns).join(post, post.id == comment.post_id)
    return db.session.execute(
        comments.where(comment.id.in_(ids), is_there).order_by(comment.id)
    ).all()


def _occasion(subject: str, target: Any) -> Occasion:
    is_reply = subject == "comment" and target.parent_id is not None
    return Occasion(
        event=f"l{subject[0]}{target.id}",
        actor_id=None,
        subject_kind="reply" if is_reply else subject,
        subject_id=target.id,
        post_id=target.post_id,
    )
