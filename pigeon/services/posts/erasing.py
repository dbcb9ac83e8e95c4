"""Erases the rows of posts that are nobody's any more, in small units that may be repeated."""

from __future__ import annotations

from typing import Any

from sqlalchemy import delete, select

from pigeon.crash_points import crash_point
from pigeon.extensions import db
from pigeon.models import CommentLike, CommentModel, MediaModel, PostLike, PostModel, PostSave
from pigeon.services import access, counts
from pigeon.services.media import media
from pigeon.services.posts import cards, publishing
from pigeon.unit_of_work import UnitOfWork, retried, unit_of_work

ERASED_AT_ONCE = 500
BATCHES = 20
"""So many in one turn; then other jobs go first."""


def erase_some(post_id: int) -> bool:
    """Erase some of what hangs on a withdrawn post, at last the post; True while it is there."""
    return all(_erase_batch(post_id) for _ in range(BATCHES))


@retried
def _erase_batch(post_id: int) -> bool:
    """Whoever adds something locks the post first: what is found empty under our lock stays so."""
    with unit_of_work() as uow:
        uow.hold_job()
        post = _lock(post_id)
        if post is None:
            return False
        crash_point("post.erasing")
        for model, ids in _hanging(post_id):
            found = db.session.scalars(ids.limit(ERASED_AT_ONCE)).all()
            if found:
                _delete(model, model.id.in_(found))
                return True
        _erase_post(uow, post)
    return False


def _lock(post_id: int) -> PostModel | None:
    query = select(PostModel).where(PostModel.id == post_id, ~access.posts.is_present())
    return db.session.scalar(query.with_for_update())


def _hanging(post_id: int) -> list[tuple[Any, Any]]:
    """What is erased, in this order: nothing takes more than a few rows of another kind along."""
    comment = CommentModel
    of_post = select(comment.id).where(comment.post_id == post_id)
    likes = select(CommentLike.id).join(comment, comment.id == CommentLike.comment_id)
    return [
        (PostLike, select(PostLike.id).where(PostLike.post_id == post_id)),
        (PostSave, select(PostSave.id).where(PostSave.post_id == post_id)),
        (CommentLike, likes.where(comment.post_id == post_id)),
        (comment, of_post.where(comment.parent_id.is_not(None))),
        (comment, of_post),
    ]


def _erase_post(uow: UnitOfWork, post: PostModel) -> None:
    post_id, author_id = post.id, post.author_id
    publication_id = publishing.publication_of(post_id)
    remove_images(uow, post_id)
    _delete(PostModel, PostModel.id == post_id)
    uow.after_commit(lambda: cards.evict(post_id, publication_id, author_id))
    uow.after_commit(lambda: counts.posts.evict(post_id))


def remove_images(uow: UnitOfWork, post_id: int) -> None:
    """A post has a few: their rows go at once, their files by a job."""
    rows = list(db.session.scalars(select(MediaModel).where(MediaModel.post_id == post_id)))
    if rows:
        media.orphan(uow, rows)
        _delete(MediaModel, MediaModel.post_id == post_id)


def _delete(model: Any, which: Any) -> None:
    statement = delete(model).where(which)
    db.session.execute(statement.execution_options(synchronize_session=False))
