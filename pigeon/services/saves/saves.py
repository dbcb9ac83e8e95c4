"""Saves: set, never toggled; nobody but who saved sees them, and nobody is told."""

from __future__ import annotations

from sqlalchemy import delete, select

from pigeon.domain.clock import utc_now
from pigeon.domain.events import SavesChanged
from pigeon.domain.page import Page, PageRequest, cut
from pigeon.domain.posts import Post
from pigeon.domain.saves import Saved, SaveViewer
from pigeon.extensions import db
from pigeon.models import PostModel, PostSave
from pigeon.services import access
from pigeon.services.posts import posts
from pigeon.services.saves import saved
from pigeon.unit_of_work import retried, unit_of_work

ERASED_AT_ONCE = 500


@retried
def set_saved(post_id: int, *, by: int, on: bool) -> Saved:
    """Keep a post, or no longer; again is fine. NotFound for a post that `by` may not see.

    Under the lock of the post, so that two at once make one row, and an erasure finds it.
    """
    with unit_of_work() as uow:
        query = select(PostModel).where(PostModel.id == post_id).with_for_update()
        access.posts.check_sees(access.writer(by), db.session.scalar(query))
        row = _find(post_id, by)
        if on and row is None:
            db.session.add(PostSave(user_id=by, post_id=post_id, created_at=utc_now()))
        elif not on and row is not None:
            db.session.delete(row)
        if on is (row is None):
            uow.after_commit(lambda: saved.evict(by))
            uow.record(SavesChanged(user_id=by))
    return Saved(id=str(post_id), viewer=SaveViewer(saved=on))


def _find(post_id: int, user_id: int) -> PostSave | None:
    mine = select(PostSave).where(PostSave.user_id == user_id, PostSave.post_id == post_id)
    return db.session.scalar(mine)


def cursor(user_id: int) -> str:
    """Names the list, for its cursors."""
    return f"saved-{user_id}"


def list_of(user_id: int, request: PageRequest) -> Page[Post]:
    """What a person keeps and may see now, newest saved first; the rest comes back with leave."""
    viewer = access.viewer(user_id)
    query = (
        select(PostSave.id, PostSave.post_id)
        .join(PostModel, PostModel.id == PostSave.post_id)
        .where(PostSave.user_id == user_id, access.posts.where(viewer))
        .order_by(PostSave.id.desc())
        .limit(request.limit + 1)
    )
    if request.before is not None:
        query = query.where(PostSave.id < request.before)
    page = cut(db.session.execute(query).all(), request, lambda row: int(row[0]))
    return page.map(lambda rows: posts.get_many([row[1] for row in rows], viewer))


@retried
def erase_some(user_id: int) -> bool:
    """Remove some saves of a person who left; False when none is left."""
    with unit_of_work():
        mine = select(PostSave.id).where(PostSave.user_id == user_id).limit(ERASED_AT_ONCE)
        ids = db.session.scalars(mine).all()
        if ids:
            db.session.execute(delete(PostSave).where(PostSave.id.in_(ids)))
    return bool(ids)
