"""The chunks of a WebP: its size and frames, and its mending."""

from __future__ import annotations

import io
import mmap
import struct
from collections.abc import Iterator
from struct import unpack_from
from typing import BinaryIO

from pigeon.stores.imaging_parts import MAX_PARTS, Box, Header, require

PIXEL_CHUNKS = (b"VP8 ", b"VP8L", b"ANMF")
KEPT = frozenset({b"VP8X", b"ICCP", b"ANIM", b"ALPH", *PIXEL_CHUNKS})


def read_webp(data: mmap.mmap) -> Header:
    size: tuple[int, int] | None = None
    frames, has_pixels = 0, False
    for kind, start, _ in _chunks(data):
        size = size or _size(kind, data[start : start + 10])
        has_pixels = has_pixels or kind in PIXEL_CHUNKS
        frames += kind == b"ANMF"
    require(has_pixels and size is not None)
    width, height = size or (0, 0)
    return Header(width, height, frames or 1)


def _chunks(data: mmap.mmap) -> Iterator[Box]:
    """Whatever length the file claims, up to its end; behind that and the pixels may be anything.

    A byte of padding may be missing, or be too many.
    """
    claimed = 8 + int.from_bytes(data[4:8], "little")
    at, has_pixels = 12, False
    for _ in range(MAX_PARTS):
        if at >= len(data) - 1 or (has_pixels and at >= claimed - 1):
            return
        kind, length = unpack_from("<4sI", data, at)
        start = at + 8
        require(start + length <= len(data))
        yield Box(kind, start, start + length)
        has_pixels = has_pixels or kind in PIXEL_CHUNKS
        at = start + length + length % 2
    raise ValueError


def _size(kind: bytes, start: bytes) -> tuple[int, int] | None:
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


def mended(data: mmap.mmap) -> BinaryIO | None:
    """With a true length and all padding; None where the file is well as it is."""
    claimed = 8 + int.from_bytes(data[4:8], "little")
    chunks = list(_chunks(data))
    end = chunks[-1].end + (chunks[-1].end - chunks[-1].start) % 2
    if end <= min(claimed, len(data)) and claimed <= len(data):
        return None
    pieces = []
    for kind, start, stop in chunks:
        if kind in KEPT:
            pieces.append(struct.pack("<4sI", kind, stop - start))
            pieces.append(data[start:stop] + b"\0" * ((stop - start) % 2))
    content = b"WEBP" + b"".join(pieces)
    return io.BytesIO(b"RIFF" + struct.pack("<I", len(content)) + content)
