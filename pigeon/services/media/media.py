"""Pictures: accepted into the incoming area, processed by workers, served after a check."""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterable, Iterator
from functools import cache as memoized
from itertools import takewhile
from pathlib import Path

from sqlalchemy import select

from pigeon.cache import keys
from pigeon.cache.look_aside import cached
from pigeon.crash_points import crash_point
from pigeon.domain.clock import utc_now
from pigeon.domain.errors import FieldError, Invalid, NotFound
from pigeon.domain.events import MediaOrphaned
from pigeon.domain.media import StoredMedia, Upload
from pigeon.domain.posts import Image, ImageError, Variant
from pigeon.extensions import db, settings
from pigeon.models import MediaModel
from pigeon.stores import imaging
from pigeon.stores.imaging_results import Rendered, RenderedFile
from pigeon.stores.incoming import Incoming
from pigeon.stores.incoming_folder import FolderIncoming
from pigeon.stores.media import MediaStore, is_name
from pigeon.stores.media_urls import media_store
from pigeon.unit_of_work import UnitOfWork

EXTENSIONS = {"image/webp": "webp", "image/jpeg": "jpg"}
SHOWN_WIDTH = 1_080
RANDOM_PART = 32
"""Hex digits at the begin of an object's name, which those of one picture share."""


def store() -> MediaStore:
    """The configured store; one per process, its connections are made on first use."""
    return _store(settings().media_url, settings().data)


@memoized
def _store(url: str, data: Path) -> MediaStore:
    return media_store(url, data)


def incoming() -> Incoming:
    """Where uploads wait: beside the finished pictures, where every worker finds them."""
    return _incoming(settings().media_url, settings().data, settings().incoming)


@memoized
def _incoming(url: str, data: Path, folder: Path) -> Incoming:
    """One per process: it remembers how the store did."""
    return _store(url, data).incoming(folder_of(folder))


def keeping() -> Incoming:
    """In the plain way the request itself works on what it was sent: on its own disk."""
    return incoming() if settings().asynchronous else folder_of(settings().incoming)


def try_keeping() -> None:
    """Keep something as an upload is kept, read it as a worker does, and take it away."""
    area = incoming()
    file = area.stream_factory()
    try:
        file.write(b"tried")
        (token,) = area.keep([file])
        with area.workplace() as place:
            area.original(token, place)
        area.discard(token)
    finally:
        file.close()


def waits_in_store() -> bool:
    """Whether what is kept now is no file that a worker can open."""
    return not keeping().is_on_this_machine


@memoized
def folder_of(path: Path) -> FolderIncoming:
    """One per process: it remembers when it was swept."""
    return FolderIncoming(path)


# -- accepting ---------------------------------------------------------------------------------


def add(
    upload: Upload,
    *,
    owner_id: int,
    kind: str,
    post_id: int | None = None,
    position: int = 0,
    crop: str = "",
) -> MediaModel:
    """A row for a kept upload, in the caller's unit of work."""
    row = MediaModel(
        owner_id=owner_id,
        post_id=post_id,
        kind=kind,
        position=position,
        state="processing",
        name=secrets.token_hex(16),
        incoming=upload.token,
        crop=crop,
        width=upload.width,
        height=upload.height,
        alt=upload.alt,
        variants="[]",
        created_at=utc_now(),
    )
    db.session.add(row)
    return row


# -- processing --------------------------------------------------------------------------------


def render(row: MediaModel) -> Rendered:
    """Make and store every rendition of a row's original; storing twice stores the same names.

    Raises `imaging.Refused` for damage, and what passes (`OSError`, `RenderInterrupted`) as it is.
    """
    with incoming().workplace() as folder:
        path = incoming().original(row.incoming, folder)
        if row.kind == "avatar":
            rendered = imaging.render_avatar_limited(path, folder, parse_crop(row.crop))
        else:
            rendered = imaging.render_limited(path, folder)
        crash_point("image.rendered")
        for file in rendered.files:
            store().put(
                object_name(row.name, file.kind, file.content_type), file.path, file.content_type
            )
            crash_point("image.put")
    return rendered


def mark_ready(row: MediaModel, rendered: Rendered) -> None:
    """Write into the row that its picture is ready."""
    row.state, row.color, row.error = "ready", rendered.color, None
    row.width, row.height = rendered.width, rendered.height
    row.variants = json.dumps(
        [[file.kind, file.width, file.height, file.content_type] for file in rendered.files]
    )


def add_renditions(row: MediaModel, files: Iterable[RenderedFile]) -> None:
    """Write into the row of a ready picture what else there is of it now."""
    known = {kind: entry for entry in _variants(row) for kind in entry[:1]}
    known |= {f.kind: (f.kind, f.width, f.height, f.content_type) for f in files}
    row.variants = json.dumps(sorted(known.values(), key=lambda entry: entry[1]))


def object_name(name: str, kind: str, content_type: str) -> str:
    return f"{name}-{kind}.{EXTENSIONS[content_type]}"


def object_names(row: MediaModel) -> list[str]:
    """Every object of a ready row."""
    return [
        object_name(row.name, kind, content_type) for kind, _, _, content_type in _variants(row)
    ]


def rendered_names(name: str, rendered: Rendered) -> list[str]:
    return [object_name(name, file.kind, file.content_type) for file in rendered.files]


def orphan(uow: UnitOfWork, rows: Iterable[MediaModel]) -> None:
    """Of rows that go: nobody sees their pictures from the commit on, and a job deletes the files.

    Of a row that is not ready only the random part of its objects' names is known.
    """
    found = list(rows)
    names = [name for row in found for name in object_names(row) or [row.name]]
    tokens = [row.incoming for row in found if row.incoming]
    uow.after_commit(lambda: _evict(names))
    uow.record(MediaOrphaned(names=names, incoming=tokens))


def delete_files(names: list[str], tokens: list[str]) -> None:
    """Delete objects and originals; missing ones are fine."""
    _evict(names)
    store().delete(full for name in names for full in _full_names(name))
    for token in tokens:
        incoming().discard(token)


def _evict(names: list[str]) -> None:
    """Forget who owns these objects: whoever kept one hears 404 before the file is deleted."""
    stored.evict(*{name[:RANDOM_PART] for name in names})


def _full_names(name: str) -> Iterator[str]:
    """A name itself; for the random part alone every object that begins with it."""
    if is_name(name):
        return iter([name])
    found = (stored for stored, _ in store().list(after=name))
    return takewhile(lambda stored: stored.startswith(name), found)


def parse_crop(crop: str) -> tuple[float, float, float] | None:
    """`x,y,size` in 0-1; Invalid naming `crop` when it is something else."""
    if not crop:
        return None
    try:
        x, y, size = (float(part) for part in crop.split(","))
    except ValueError as error:
        raise Invalid({"crop": FieldError("bad_format")}) from error
    if not (0 <= x <= 1 and 0 <= y <= 1 and 0 < size <= 1):
        raise Invalid({"crop": FieldError("bad_format")})
    return x, y, size


# -- showing -----------------------------------------------------------------------------------


def _variants(row: MediaModel) -> list[tuple[str, int, int, str]]:
    return [tuple(entry) for entry in json.loads(row.variants)]


def image_of(row: MediaModel) -> Image:
    """The contract's Image; addresses only when it is ready."""
    webp = [
        Variant(width=w, height=h, type=t, url=f"/media/{object_name(row.name, kind, t)}")
        for kind, w, h, t in _variants(row)
        if kind.startswith("w") or kind == "jpeg"
    ]
    by_type = sorted(webp, key=lambda variant: (variant.width, variant.type == "image/jpeg"))
    ready = row.state == "ready"
    return Image(
        id=str(row.id),
        state=row.state,
        width=row.width,
        height=row.height,
        alt=row.alt,
        color=row.color,
        url=_shown(by_type) if ready else None,
        thumb_url=f"/media/{row.name}-thumb.webp" if ready else None,
        variants=by_type if ready else [],
        error=ImageError(code=row.error, message="") if row.error else None,
    )


def _shown(variants: list[Variant]) -> str | None:
    fitting = [v for v in variants if v.width <= SHOWN_WIDTH and v.type == "image/webp"]
    return fitting[-1].url if fitting else None


@cached(keys.STORED_MEDIA, StoredMedia)
def stored(names: list[str]) -> dict[str, StoredMedia]:
    """What decides about access, by the random part of an object's name."""
    rows = db.session.scalars(select(MediaModel).where(MediaModel.name.in_(names)))
    return {
        row.name: StoredMedia(
            media_id=row.id,
            owner_id=row.owner_id,
            post_id=row.post_id,
            kind=row.kind,
            state=row.state,
            claimed=row.claimed,
            kinds=tuple(kind for kind, *_ in _variants(row)),
        )
        for row in rows
    }


def get_stored(object_file: str) -> StoredMedia:
    """The picture that a stored object belongs to; NotFound for every other name."""
    found = stored.one(object_file[:RANDOM_PART])
    if found is None:
        raise NotFound
    return found
