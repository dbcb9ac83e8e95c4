"""Avatars: sent, processed, shown or refused; the last one that was sent counts.

Rows of a person's avatars are read and changed behind the lock of the person, so that two workers
that finish at once agree on which of them was the last.
"""

from __future__ import annotations

from sqlalchemy import delete, select, update

from pigeon.domain.events import AvatarFailed, AvatarShown, AvatarUploaded
from pigeon.domain.media import StoredMedia, Upload
from pigeon.domain.users import Me, avatar_url
from pigeon.extensions import db
from pigeon.models import MediaModel, UserModel
from pigeon.services import access
from pigeon.services.access.viewers import Viewer
from pigeon.services.media import media
from pigeon.services.users import users
from pigeon.unit_of_work import UnitOfWork, retried, unit_of_work


@retried
def set_avatar(user_id: int, upload: Upload, crop: str) -> Me:
    """Accept a new avatar; the old one shows until the new one is processed."""
    with unit_of_work() as uow:
        lock(user_id)
        _delete_failed(user_id)
        row = media.add(upload, owner_id=user_id, kind="avatar", crop=crop)
        db.session.flush()
        uow.record(AvatarUploaded(media_id=row.id))
    return users.get_me(user_id)


@retried
def remove_avatar(user_id: int) -> None:
    """Remove the picture, and one that is processed; removing none is fine."""
    with unit_of_work() as uow:
        lock(user_id)
        db.session.execute(update(UserModel).where(UserModel.id == user_id).values(avatar=None))
        _drop(uow, user_id)
        users.changed(uow, user_id)


@retried
def dismiss_failure(user_id: int) -> None:
    """Stop telling that the last avatar failed; without a failure nothing happens."""
    with unit_of_work():
        lock(user_id)
        _delete_failed(user_id)


def lock(user_id: int) -> UserModel | None:
    return db.session.scalar(
        select(UserModel)
        .where(UserModel.id == user_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )


def lock_owner(row: MediaModel) -> UserModel | None:
    return lock(row.owner_id)


def check_sees(viewer: Viewer, picture: StoredMedia) -> None:
    """Everybody sees who the people are of whom they may know."""
    access.media.check_sees(viewer, picture, owner=users.cards.one(picture.owner_id))


def show(uow: UnitOfWork, row: MediaModel) -> None:
    """Show a processed avatar in place of the old one, unless a newer one is ready or may be."""
    newest = _newest(row.owner_id)
    if newest is None or newest.id != row.id:
        return
    db.session.execute(
        update(UserModel).where(UserModel.id == row.owner_id).values(avatar=row.name)
    )
    _drop(uow, row.owner_id, before=row.id)
    users.changed(uow, row.owner_id)
    uow.record(AvatarShown(user_id=row.owner_id, avatar_url=avatar_url(row.name)))


def fail(uow: UnitOfWork, row: MediaModel, code: str) -> None:
    """Keep a failure for its owner to read, if it is the last one sent; none is told of others."""
    media.orphan(uow, [row])
    last = users.last_avatar(row.owner_id)
    if last is None or last.id != row.id:
        db.session.delete(row)
        return
    owner = db.session.get(UserModel, row.owner_id)
    if owner is not None:
        uow.record(AvatarFailed(user_id=owner.id, code=code, language=owner.language))
    before = _newest(row.owner_id)
    if before is not None and before.state == "ready" and owner and owner.avatar != before.name:
        show(uow, before)


def _newest(owner_id: int) -> MediaModel | None:
    """The last one sent that did not fail."""
    return db.session.scalar(
        select(MediaModel)
        .where(
            MediaModel.owner_id == owner_id,
            MediaModel.kind == "avatar",
            MediaModel.state != "failed",
        )
        .order_by(MediaModel.id.desc())
        .limit(1)
    )


def _delete_failed(user_id: int) -> None:
    """Their files went when they failed."""
    db.session.execute(
        delete(MediaModel).where(
            MediaModel.owner_id == user_id,
            MediaModel.kind == "avatar",
            MediaModel.state == "failed",
        )
    )


def _drop(uow: UnitOfWork, user_id: int, before: int | None = None) -> None:
    """Delete the avatars of a person, all or those that were sent before one, with their files."""
    query = select(MediaModel).where(MediaModel.owner_id == user_id, MediaModel.kind == "avatar")
    if before is not None:
        query = query.where(MediaModel.id < before)
    old = list(db.session.scalars(query))
    if old:
        media.orphan(uow, old)
    for row in old:
        db.session.delete(row)
