"""Small sizes of avatars that earlier releases did not make, from the one that every avatar has.

Until an avatar has them, its larger picture is sent in their place (`nearest`).
"""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path
from typing import Any

import structlog
from sqlalchemy import select

from pigeon.cache import keys
from pigeon.crash_points import crash_point
from pigeon.domain.errors import NotFound
from pigeon.domain.media import StoredMedia
from pigeon.extensions import db, state
from pigeon.models import MediaModel
from pigeon.services.media import media
from pigeon.services.users import avatars
from pigeon.stores import imaging
from pigeon.stores.imaging_results import RenderedFile
from pigeon.unit_of_work import retried, unit_of_work

log = structlog.get_logger()
BATCH = 500
EVERY = "s256"
"""What every release has made of an avatar, and what its address names."""
SMALL = ("s64", "s128")
DONE = b"done"


def nearest(object_file: str, picture: StoredMedia) -> str:
    """The object to send for a name: of an avatar without that size the one that all have."""
    name, _, rest = object_file.partition("-")
    kind = rest.partition(".")[0]
    if picture.kind == "avatar" and kind in SMALL and kind not in picture.kinds:
        return _object_name(name, EVERY)
    return object_file


def _object_name(name: str, kind: str) -> str:
    return media.object_name(name, kind, "image/webp")


def fill() -> None:
    """Go on where the last walk ended, from the newest avatar to the oldest; then never again."""
    place = keys.AVATAR_SIZES.key()
    kept: Any = state.client.get(place)
    last = None if kept is None else 0 if kept == DONE else int(kept)
    while last != 0:
        last = _mend_batch(last)[1]
        state.client.set(place, DONE if last == 0 else last)


def rebuild() -> int:
    """Look at every avatar; how many were given sizes that they lacked."""
    mended, last = _mend_batch(None)
    while last != 0:
        more, last = _mend_batch(last)
        mended += more
    return mended


def _mend_batch(before: int | None) -> tuple[int, int]:
    """How many were mended, and the id of the last that was looked at; 0 behind the oldest."""
    query = (
        select(MediaModel)
        .where(MediaModel.kind == "avatar", MediaModel.state == "ready")
        .order_by(MediaModel.id.desc())
        .limit(BATCH)
    )
    if before is not None:
        query = query.where(MediaModel.id < before)
    found = list(db.session.scalars(query))
    for row in found:
        db.session.expunge(row)
    db.session.rollback()  # no transaction stays open while pictures are made
    mended = sum(_mend(row) for row in found if _missing(row))
    return mended, found[-1].id if found else 0


def _missing(row: MediaModel) -> list[str]:
    there = media.object_names(row)
    return [kind for kind in SMALL if _object_name(row.name, kind) not in there]


def _mend(row: MediaModel) -> bool:
    """Store what is missing, then say so; False when the avatar or its file is gone."""
    wanted = _missing(row)
    with tempfile.TemporaryDirectory() as folder:
        try:
            made = _render(row, Path(folder))
        except (NotFound, imaging.Refused) as error:
            log.warning("avatar_sizes_not_made", media_id=row.id, error=repr(error))
            return False
        files = [file for file in made if file.kind in wanted]
        for file in files:
            media.store().put(_object_name(row.name, file.kind), file.path, file.content_type)
    crash_point("avatar_sizes.stored")
    return _settle(row.id, files)


def _render(row: MediaModel, folder: Path) -> tuple[RenderedFile, ...]:
    source = folder / "source.webp"
    with media.store().open(_object_name(row.name, EVERY)) as stored, source.open("wb") as copy:
        shutil.copyfileobj(stored, copy)
    return imaging.render_avatar_limited(source, folder).files


@retried
def _settle(media_id: int, files: list[RenderedFile]) -> bool:
    """What was stored for one that is deleted meanwhile is collected with what nobody refers to."""
    with unit_of_work() as uow:
        row = db.session.get(MediaModel, media_id)
        if row is None:
            return False
        avatars.lock_owner(row)
        row = db.session.get(MediaModel, media_id, populate_existing=True, with_for_update=True)
        if row is None:
            return False
        media.add_renditions(row, files)
        name = row.name
        uow.after_commit(lambda: media.stored.evict(name))
    return True
