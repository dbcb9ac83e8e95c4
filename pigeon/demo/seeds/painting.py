"""Paints the pictures of the demo, and stores them as if they had been uploaded and processed."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import TypeVar

from pigeon.demo import pictures
from pigeon.demo.people import Person
from pigeon.demo.specs import PictureSpec
from pigeon.domain.media import Upload
from pigeon.models import MediaModel
from pigeon.services.media import media
from pigeon.stores.imaging_render import render, render_avatar
from pigeon.stores.imaging_results import Rendered

T = TypeVar("T")
SCALE = 0.75
QUALITY = 92
PAINTERS = 2


@dataclass(frozen=True)
class Painted:
    """The stored renditions of a picture, still in a folder of their own."""

    rendered: Rendered
    folder: Path


def painters() -> ProcessPoolExecutor:
    """Painting shares nothing with us, so it starts from a fresh interpreter."""
    return ProcessPoolExecutor(PAINTERS, mp_context=get_context("forkserver"))


def jobs(things: Sequence[T], folder: str, first: int = 0) -> list[tuple[T, Path]]:
    return [(thing, Path(folder) / str(first + n)) for n, thing in enumerate(things)]


def paint(job: tuple[PictureSpec, Path]) -> Painted:
    spec, folder = job
    folder.mkdir()
    original = folder / "original.jpg"
    pictures.render(spec, scale=SCALE).save(original, quality=QUALITY)
    return Painted(render(original, folder), folder)


def paint_avatar(job: tuple[Person, Path]) -> Painted:
    person, folder = job
    folder.mkdir()
    original = folder / "original.png"
    pictures.render_avatar(person).save(original)
    return Painted(render_avatar(original, folder), folder)


def store(
    painted: Painted,
    *,
    owner_id: int,
    kind: str,
    post_id: int | None = None,
    position: int = 0,
    alt: str = "",
) -> MediaModel:
    """A row that is ready, with its objects in the store."""
    rendered = painted.rendered
    upload = Upload(token="", width=rendered.width, height=rendered.height, digest="", alt=alt)
    row = media.add(upload, owner_id=owner_id, kind=kind, post_id=post_id, position=position)
    for file in rendered.files:
        name = media.object_name(row.name, file.kind, file.content_type)
        media.store().put(name, file.path, file.content_type)
    media.mark_ready(row, rendered)
    shutil.rmtree(painted.folder)
    return row
