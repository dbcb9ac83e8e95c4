"""From an upload to renditions, whatever a picture is for; what follows is its owner's affair."""

from __future__ import annotations

from sqlalchemy import select

from pigeon.crash_points import crash_point
from pigeon.domain.errors import NotFound
from pigeon.extensions import db
from pigeon.models import MediaModel
from pigeon.services.media import media, owners
from pigeon.stores.imaging import Refused
from pigeon.stores.imaging_results import Rendered
from pigeon.unit_of_work import retried, unit_of_work


def process(media_id: int) -> None:
    """Render one picture. Safe to run twice, and in parallel.

    One that failed is tried once more: only an operator brings its job back.
    """
    row = db.session.get(MediaModel, media_id)
    if row is None:
        return
    owners.owner_of(row)  # before the work: of an unknown kind nothing is made
    name, token = row.name, row.incoming
    if row.state == "ready":
        media.incoming().discard(token)
        return
    db.session.expunge(row)
    db.session.rollback()  # no transaction stays open for the seconds that rendering takes
    try:
        rendered = media.render(row)
    except (Refused, NotFound) as error:
        fail(media_id, "unreadable" if isinstance(error, NotFound) else error.code)
        return
    crash_point("image.stored")
    if _finish(media_id, rendered):
        crash_point("image.settled")
        media.incoming().discard(token)
    else:
        media.delete_files(media.rendered_names(name, rendered), [])


@retried
def _finish(media_id: int, rendered: Rendered) -> bool:
    """Store that a picture is ready, with all that follows; False when it was deleted meanwhile.

    The original is deleted afterwards and the job done after that, so that a killed worker's
    successor still finds both.
    """
    with unit_of_work() as uow:
        uow.hold_job()
        row = _lock(media_id)
        if row is None:
            return False
        if row.state != "ready":
            media.mark_ready(row, rendered)
            db.session.flush()
            name = row.name
            uow.after_commit(lambda: media.stored.evict(name))
            owners.owner_of(row).ready(uow, row)
    return True


@retried
def fail(media_id: int, code: str) -> None:
    """Store that a picture failed, with all that follows."""
    with unit_of_work() as uow:
        row = _lock(media_id)
        if row is not None and row.state == "processing":
            row.state, row.error = "failed", code
            db.session.flush()
            owners.owner_of(row).failed(uow, row, code)
        uow.finish_job()


def _lock(media_id: int) -> MediaModel | None:
    """The picture, behind the lock of its owner."""
    row = db.session.get(MediaModel, media_id)
    if row is None:
        return None
    owners.owner_of(row).lock(row)
    return db.session.scalar(
        select(MediaModel)
        .where(MediaModel.id == media_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
