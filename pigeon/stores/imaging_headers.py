"""What a picture file says of itself, read from its headers alone: no pixel is decoded.

The parsers walk a memory map from chunk to chunk, so that neither a file of 30 MB nor a bomb that
would unpack to gigabytes costs more than some milliseconds. They also see whether the end of the
file is there. Pillow is not asked here: opening some formats with it already allocates the canvas.
"""

from __future__ import annotations

import mmap
import os
import re
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import repeat
from struct import unpack_from

from pigeon.domain import limits
from pigeon.domain.errors import DomainError
from pigeon.stores.imaging_boxes import Box, Header, heif_kind, read_avif, read_heic, require

MAX_CHUNKS = 20_000
MAX_BLOCKS = 100_000
"""Parts walked in one file; 15 MB of GIF in full blocks needs 62,000. More is made to be slow."""

ORIENTATION = 0x0112
TURNED = frozenset({5, 6, 7, 8})
"""EXIF orientations that swap width and height."""


BYTES = {"JPEG": limits.JPEG_BYTES}
PIXELS = {"JPEG": limits.JPEG_PIXELS}


class Refused(DomainError):
    """A file that is no picture for us: its code is a field code of the contract.

    `limit` is that of the file's type, where a limit is the reason.
    """

    code = "unreadable"

    def __init__(self, code: str | None = None, limit: int | None = None) -> None:
        self.limit = limit
        super().__init__(code)


@dataclass(frozen=True, kw_only=True)
class Inspected:
    """`width` and `height` are as shown, after `orientation` (1-8, as in EXIF) was applied."""

    format: str
    width: int
    height: int
    frames: int
    orientation: int

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
    return _checked(format, header)


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


def _checked(format: str, header: Header) -> Inspected:
    width, height, frames, orientation = header
    if width < 1 or height < 1 or frames < 1:
        raise Refused("unreadable")
    most = PIXELS.get(format, limits.IMAGE_PIXELS)
    if width * height > most or max(width, height) > limits.IMAGE_SIDE:
        raise Refused("too_many_pixels", most)
    if orientation in TURNED:
        width, height = height, width
    return Inspected(
        format=format, width=width, height=height, frames=frames, orientation=orientation
    )


# Turned is what browsers turn, so that what somebody chose, cropped and gets are one picture: by
# EXIF in a JPEG, and in a PNG where it stands before the pixels; by the container in AVIF and
# HEIC; never a WebP, never by XMP.
#
# The readers below raise struct.error, IndexError or ValueError where the file ends too early or
# contradicts itself, and StopIteration where it has too many parts.


def _jpeg(data: mmap.mmap) -> Header:
    steps = repeat(None, MAX_CHUNKS)
    width = height = 0
    orientation: int | None = None
    at = 2
    while True:
        next(steps)
        lead, marker = data[at], data[at + 1]
        require(lead == 0xFF)
        if marker == 0xFF:  # fill byte
            at += 1
            continue
        (length,) = unpack_from(">H", data, at + 2)
        if _is_frame(marker) and not width:
            height, width = unpack_from(">HH", data, at + 5)
        if marker == 0xE1 and orientation is None and data[at + 4 : at + 10] == b"Exif\0\0":
            orientation = _orientation(data[at + 10 : at + 2 + length])
        at += 2 + length
        if marker == 0xDA:
            break
    # Coded data has no FF D9 in it: one behind the first scan is the end of the picture.
    require(data.rfind(b"\xff\xd9", at) >= 0)
    return Header(width, height, 1, orientation or 1)


def _is_frame(marker: int) -> bool:
    return 0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC)


def _png(data: mmap.mmap) -> Header:
    steps = repeat(None, MAX_CHUNKS)
    require(data[12:16] == b"IHDR")
    width, height = unpack_from(">II", data, 16)
    frames = orientation = 1
    has_pixels = False
    at = 8
    while True:
        next(steps)
        length, kind = unpack_from(">I4s", data, at)
        end = at + 12 + length
        require(end <= len(data))
        if kind == b"IEND":
            break
        if kind == b"eXIf" and not has_pixels:
            orientation = _orientation(data[at + 8 : end - 4])
        if kind == b"acTL":
            (frames,) = unpack_from(">I", data, at + 8)
        has_pixels = has_pixels or kind == b"IDAT"
        at = end
    require(has_pixels)
    return Header(width, height, frames, orientation)


def _gif(data: mmap.mmap) -> Header:
    steps = repeat(None, MAX_BLOCKS)
    width, height, flags = unpack_from("<HHB", data, 6)
    frames = 0
    at = 13 + _palette_bytes(flags)
    while (kind := data[at]) != 0x3B:
        next(steps)
        if kind == 0x2C:
            x, y, frame_width, frame_height, flags = unpack_from("<HHHHB", data, at + 1)
            if not frames:  # the first frame may be larger than the screen it is drawn on
                width, height = max(width, x + frame_width), max(height, y + frame_height)
            frames += 1
            at = _after_blocks(data, at + 11 + _palette_bytes(flags), steps)
        elif kind == 0x21:
            at = _after_blocks(data, at + 2, steps)
        else:
            require(kind == 0)
            at += 1
    return Header(width, height, frames)


def _palette_bytes(flags: int) -> int:
    return 3 << ((flags & 7) + 1) if flags & 0x80 else 0


def _after_blocks(data: mmap.mmap, at: int, steps: Iterator[None]) -> int:
    while length := data[at]:
        next(steps)
        at += 1 + length
    return at + 1


def _webp(data: mmap.mmap) -> Header:
    end = 8 + int.from_bytes(data[4:8], "little")
    require(end <= len(data))
    size: tuple[int, int] | None = None
    frames, has_pixels = 0, False
    for kind, start, _ in _riff_chunks(data, 12, end):
        size = size or _webp_size(kind, data[start : start + 10])
        has_pixels = has_pixels or kind in (b"VP8 ", b"VP8L", b"ANMF")
        frames += kind == b"ANMF"
    require(has_pixels and size is not None)
    width, height = size or (0, 0)
    return Header(width, height, frames or 1)


def _riff_chunks(data: mmap.mmap, at: int, end: int) -> Iterator[Box]:
    for _ in range(MAX_CHUNKS):
        if at >= end - 1:  # a byte of padding may be missing, or be too many
            return
        kind, length = unpack_from("<4sI", data, at)
        start = at + 8
        require(start + length <= end)
        yield Box(kind, start, start + length)
        at = start + length + length % 2
    raise ValueError


def _webp_size(kind: bytes, start: bytes) -> tuple[int, int] | None:
    if kind == b"VP8X":
        return 1 + int.from_bytes(start[4:7], "little"), 1 + int.from_bytes(start[7:10], "little")
    if kind == b"VP8L":
        require(start[0] == 0x2F)
        (bits,) = unpack_from("<I", start, 1)
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    if kind == b"VP8 ":
        require(start[3:6] == b"\x9d\x01\x2a")
        width, height = unpack_from("<HH", start, 6)
        return width & 0x3FFF, height & 0x3FFF
    return None


def _orientation(exif: bytes) -> int:
    """From a TIFF header and its first directory; what makes no sense there means upright."""
    if re.match(rb"II\*\0|MM\0\*", exif) is None:
        return 1
    order = "<" if exif[:1] == b"I" else ">"
    try:
        (at,) = unpack_from(order + "I", exif, 4)
        (count,) = unpack_from(order + "H", exif, at)
        for entry in range(at + 2, at + 2 + 12 * count, 12):
            tag, kind, _, value = unpack_from(order + "HHIH", exif, entry)
            if tag == ORIENTATION:
                return value if kind == 3 and 1 <= value <= 8 else 1
    except struct.error:
        return 1
    return 1


_READERS = {
    "JPEG": _jpeg,
    "PNG": _png,
    "GIF": _gif,
    "WEBP": _webp,
    "AVIF": read_avif,
    "HEIC": read_heic,
}
