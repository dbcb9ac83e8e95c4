"""Changes by the author: edit, delete, and what to do about failed pictures."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import delete, select, update

from pigeon.domain.clock import utc_now
from pigeon.domain.errors import Conflict, FieldError, Invalid, NotFound
from pigeon.domain.events import ImagesAccepted, PostDeleted, PostEdited
from pigeon.domain.posts import Post
from pigeon.extensions import db
from pigeon.models import (
    MediaModel,
    MentionModel,
    PostModel,
    PostTag,
    PublicationModel,
    UserModel,
)
from pigeon.services import access, counts
from pigeon.services.media import media
from pigeon.services.posts import cards, checks, erasing, posts, publishing, tag_counts
from pigeon.unit_of_work import UnitOfWork, retried, unit_of_work


def check_may_change(post_id: int, by: int) -> None:
    """Refuse before the request's body is looked at: NotFound, then Forbidden."""
    access.posts.check_changes(access.viewer(by), db.session.get(PostModel, post_id))


@retried
def edit(
    post_id: int,
    *,
    by: int,
    caption: str | None = None,
    alts: list[str] | None = None,
    comments_open: bool | None = None,
) -> Post:
    """Change what is given; `edited_at` moves when caption or an alt text really changed."""
    with unit_of_work() as uow:
        post = _lock(post_id, by)
        rows = images_of(post_id)
        new_caption, new_alts = _check_edit(post, rows, caption, alts)
        old_alts = [row.alt for row in rows]
        if (new_caption, new_alts) != (post.caption, old_alts):
            post.edited_at = utc_now()
        if comments_open is not None:
            post.comments_open = comments_open
        tag_counts.count_anew(uow, post.caption, new_caption)
        post.caption = new_caption
        for row, alt in zip(rows, new_alts, strict=True):
            row.alt = alt
        db.session.flush()
        _changed(uow, post, named=posts.index_text(post))
    return posts.get(post_id, by)


def _check_edit(
    post: PostModel, rows: list[MediaModel], caption: str | None, alts: list[str] | None
) -> tuple[str, list[str]]:
    old_alts = [row.alt for row in rows]
    if alts is not None and len(alts) != len(rows):
        code = "too_many" if len(alts) > len(rows) else "too_short"
        raise Invalid({"alts": FieldError(code, len(rows))})
    return checks.check_new(
        post.caption if caption is None else caption, old_alts if alts is None else alts, len(rows)
    )


def _changed(uow: UnitOfWork, post: PostModel, *, named: Sequence[int] = ()) -> None:
    publication_id = publishing.publication_of(post.id)
    post_id, author_id = post.id, post.author_id
    uow.after_commit(lambda: cards.evict(post_id, publication_id, author_id))
    uow.record(
        PostEdited(
            post_id=post_id, publication_id=publication_id, author_id=author_id, named=[*named]
        )
    )


@retried
def remove(post_id: int, *, by: int) -> None:
    """Delete a post: nobody sees it any more; a job erases what hangs on it, however much."""
    with unit_of_work() as uow:
        post = _lock(post_id, by)
        publication_id = publishing.publication_of(post_id)
        post.state = access.posts.WITHDRAWN
        tag_counts.count_anew(uow, post.caption)
        erasing.remove_images(uow, post_id)
        for named in (PublicationModel, PostTag, MentionModel):
            db.session.execute(delete(named).where(named.post_id == post_id))
        if publication_id is not None:
            _count_posts(by, -1)
        uow.after_commit(lambda: cards.evict(post_id, publication_id, by))
        uow.after_commit(lambda: counts.posts.evict(post_id))
        uow.after_commit(lambda: counts.users.evict(by))
        uow.record(PostDeleted(post_id=post_id, publication_id=publication_id, author_id=by))


def _count_posts(author_id: int, change: int) -> None:
    db.session.execute(
        update(UserModel)
        .where(UserModel.id == author_id)
        .values(post_count=UserModel.post_count + change)
    )


@retried
def retry(post_id: int, *, by: int) -> Post:
    """Process the failed images again; Conflict `not_failed` when none is."""
    with unit_of_work() as uow:
        post = _lock(post_id, by)
        failed = [row for row in images_of(post_id) if row.state == "failed"]
        if not failed:
            raise Conflict("not_failed")
        for row in failed:
            row.state, row.error = "processing", None
        post.state = "processing"
        db.session.flush()
        uow.record(ImagesAccepted(media_ids=[row.id for row in failed]))
        _changed(uow, post)
    return posts.get(post_id, by)


@retried
def remove_image(post_id: int, image_id: int, *, by: int) -> Post:
    """Remove a failed image; the post is published when the others are ready.

    Conflict `not_failed`, or `last_image` when nothing would remain; NotFound for another post's.
    """
    with unit_of_work() as uow:
        post = _lock(post_id, by)
        rows = images_of(post_id)
        row = next((row for row in rows if row.id == image_id), None)
        if row is None:
            raise NotFound
        if row.state != "failed":
            raise Conflict("not_failed")
        if len(rows) == 1 and not post.caption:
            raise Conflict("last_image")
        media.orphan(uow, [row])
        db.session.delete(row)
        db.session.flush()
        publishing.publish_if_ready(uow, post)
        _changed(uow, post)
    return posts.get(post_id, by)


def _lock(post_id: int, by: int) -> PostModel:
    """The post, locked; the access policy decides who gets that far."""
    row = db.session.scalar(select(PostModel).where(PostModel.id == post_id).with_for_update())
    return access.posts.check_changes(access.viewer(by), row)


def images_of(post_id: int) -> list[MediaModel]:
    return list(
        db.session.scalars(
            select(MediaModel).where(MediaModel.post_id == post_id).order_by(MediaModel.position)
        )
    )
