"""What a picture file says of itself, read from its headers alone: no pixel is decoded.

The parsers walk a memory map from chunk to chunk, so that neither a file of 30 MB nor a bomb that
would unpack to gigabytes costs more than some milliseconds. They also see whether the end of the
file is there. Pillow is not asked here: opening some formats with it already allocates the canvas.
"""

from __future__ import annotations

import mmap
import os
import struct
from dataclasses import dataclass

from pigeon.domain import limits
from pigeon.stores.imaging_boxes import heif_kind, read_avif, read_heic
from pigeon.stores.imaging_gif import read_gif
from pigeon.stores.imaging_jpeg import read_jpeg
from pigeon.stores.imaging_parts import Header, Refused
from pigeon.stores.imaging_png import read_png
from pigeon.stores.imaging_webp import read_webp

__all__ = ["TURNED", "Inspected", "Refused", "inspect"]

TURNED = frozenset({5, 6, 7, 8})
"""EXIF orientations that swap width and height."""


BYTES = {"JPEG": limits.JPEG_BYTES}
PIXELS = {"JPEG": limits.JPEG_PIXELS}


@dataclass(frozen=True, kw_only=True)
class Inspected:
    """`width` and `height` are as shown, after `orientation` (1-8, as in EXIF) was applied.

    `is_ended` is false of a JPEG without an end mark: only decoding tells whether it was cut.
    """

    format: str
    width: int
    height: int
    frames: int
    orientation: int
    size_bytes: int = 0
    is_ended: bool = True

    @property
    def stored_size(self) -> tuple[int, int]:
        """As the pixels lie in the file."""
        if self.orientation in TURNED:
            return self.height, self.width
        return self.width, self.height


def inspect(path: str | os.PathLike[str]) -> Inspected:
    """Type, size and frames of a file; raises `Refused` where the contract refuses at once."""
    with open(path, "rb") as file:
        if os.fstat(file.fileno()).st_size == 0:
            raise Refused("bad_format")
        with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
            format = _format_of(data)
            most = BYTES.get(format or "", limits.IMAGE_BYTES)
            if len(data) > most:
                raise Refused("too_large", most)
            if format is None:
                raise Refused("bad_format")
            header = _read(format, data)
            return _checked(format, header, len(data))


def _format_of(data: mmap.mmap) -> str | None:
    start = data[:32]
    if start.startswith(b"\xff\xd8\xff"):
        return "JPEG"
    if start.startswith(b"\x89PNG\r\n\x1a\n"):
        return "PNG"
    if start.startswith((b"GIF87a", b"GIF89a")):
        return "GIF"
    if start.startswith(b"RIFF") and start[8:12] == b"WEBP":
        return "WEBP"
    return heif_kind(data) if start[4:8] == b"ftyp" else None


def _read(format: str, data: mmap.mmap) -> Header:
    try:
        return _READERS[format](data)
    except (struct.error, IndexError, ValueError, StopIteration) as error:
        raise Refused("unreadable") from error


def _checked(format: str, header: Header, size_bytes: int) -> Inspected:
    width, height, frames, orientation, is_ended = header
    if width < 1 or height < 1 or frames < 1:
        raise Refused("unreadable")
    most = PIXELS.get(format, limits.IMAGE_PIXELS)
    if width * height > most:
        raise Refused("too_many_pixels", most)
    if max(width, height) > limits.IMAGE_SIDE:
        raise Refused("side_too_long", limits.IMAGE_SIDE)
    if orientation in TURNED:
        width, height = height, width
    return Inspected(
        format=format,
        width=width,
        height=height,
        frames=frames,
        orientation=orientation,
        size_bytes=size_bytes,
        is_ended=is_ended,
    )


# Turned is what browsers turn, so that what somebody chose, cropped and gets are one picture: by
# EXIF in a JPEG, and in a PNG where it stands before the pixels; by the container in AVIF and
# HEIC; never a WebP, never by XMP.
_READERS = {
    "JPEG": read_jpeg,
    "PNG": read_png,
    "GIF": read_gif,
    "WEBP": read_webp,
    "AVIF": read_avif,
    "HEIC": read_heic,
}
