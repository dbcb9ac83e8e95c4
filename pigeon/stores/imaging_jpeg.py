"""The segments of a JPEG up to its pixels: its size, its turn, its profile; and its mending.

Between segments may be stray bytes, as libjpeg has it: a segment begins at the next marker.
"""

from __future__ import annotations

import io
import mmap
import re
from collections.abc import Iterator
from struct import unpack_from
from typing import BinaryIO, NamedTuple

from pigeon.domain import limits
from pigeon.stores.imaging_parts import (
    MAX_PARTS,
    MAX_PROFILE,
    Header,
    Refused,
    orientation_in,
    require,
)

MARKER = re.compile(rb"\xff[^\x00\xff]")
ALONE = frozenset({0x01, *range(0xD0, 0xD8)})
"""Markers without content: they say nothing here."""

MAX_STRAY = 1024 * 1024
"""Bytes between segments, of all of them together."""

START, END, SCAN = 0xD8, 0xD9, 0xDA
FRAMES = frozenset({0xC0, 0xC1, 0xC2, 0xC9, 0xCA})
OTHER_FRAMES = frozenset({0xC3, 0xC5, 0xC6, 0xC7, 0xCB, 0xCD, 0xCE, 0xCF})
"""Lossless and hierarchical ones, which no decoder of photographs reads."""

ICC = b"ICC_PROFILE\0"
END_MARK = b"\xff\xd9"
RESTART = re.compile(rb"\xff[\xd0-\xd7]")
OTHER_PIXELS = b"\x55\xaa\x33" * 40


class Segment(NamedTuple):
    """`at` is where its marker is; `start` and `end` enclose its content."""

    marker: int
    at: int
    start: int
    end: int


def read_jpeg(data: mmap.mmap) -> Header:
    width = height = end = 0
    orientation: int | None = None
    for marker, _, start, end in _segments(data):
        if marker in OTHER_FRAMES or (marker in FRAMES and data[start] != limits.JPEG_BITS):
            raise Refused("unsupported", limits.JPEG_BITS)
        if marker in FRAMES and not width:
            height, width = unpack_from(">HH", data, start + 1)
        if marker == 0xE1 and orientation is None and data[start : start + 5] == b"Exif\0":
            orientation = orientation_in(data[start + 6 : end])
    require(end < len(data))
    # Coded data has no FF D9 in it: one behind the first scan is the end of the picture.
    is_ended = data.rfind(END_MARK, end) >= 0
    return Header(width, height, 1, orientation or 1, is_ended)


def profile_of(data: mmap.mmap) -> bytes | None:
    """The colour profile, wherever it stands before the pixels; None unless all of it is there."""
    parts: dict[int, bytes] = {}
    total = 0
    for marker, _, start, end in _segments(data):
        if marker == 0xE2 and data[start : start + 12] == ICC and end - start > 14:
            number, total = data[start + 12], data[start + 13]
            parts[number] = data[start + 14 : end]
    profile = b"".join(parts[number] for number in sorted(parts))
    return profile if 0 < total == len(parts) and len(profile) <= MAX_PROFILE else None


def mended(data: mmap.mmap) -> BinaryIO | None:
    """Without stray bytes and with an end; None where the file is well as it is."""
    segments = list(_segments(data))
    starts = [segment.at for segment in segments[1:]]
    is_neat = starts == [segment.end for segment in segments[:-1]] and segments[0].at == 2
    ends = [] if data.rfind(END_MARK, segments[-1].end) >= 0 else [END_MARK]
    if is_neat and not ends:
        return None
    pieces = [data[segment.at : segment.end] for segment in segments]
    return io.BytesIO(b"".join([data[:2], *pieces, data[segments[-1].end :], *ends]))


def with_other_end(data: mmap.mmap) -> BinaryIO:
    """Continued in two ways that mean different pixels, a file whose pixels are all there is the
    same picture; this is the way that `mended` does not take.

    Where pixels are counted off by marks, the decoder waits for the next one.
    """
    segments = list(_segments(data))
    pieces = [data[segment.at : segment.end] for segment in segments]
    rest = data[segments[-1].end :]
    marks = RESTART.findall(rest)
    following = bytes((0xFF, 0xD0 + (marks[-1][1] + 1) % 8)) if marks else b"\xff\xd0"
    return io.BytesIO(
        b"".join([data[:2], *pieces, rest, OTHER_PIXELS, following, OTHER_PIXELS, END_MARK])
    )


def _segments(data: mmap.mmap) -> Iterator[Segment]:
    """Up to the first scan's header."""
    at, stray = 2, 0
    for _ in range(MAX_PARTS):
        found = MARKER.search(data, at, at + MAX_STRAY - stray + 2)
        if found is None:
            break
        stray += found.start() - at
        at, marker = found.start(), data[found.start() + 1]
        require(marker not in (START, END))
        if marker in ALONE or marker < 0xC0:
            at += 2
            continue
        (length,) = unpack_from(">H", data, at + 2)
        require(length >= 2)
        yield Segment(marker, at, at + 4, at + 2 + length)
        at += 2 + length
        if marker == SCAN:
            return
    raise ValueError
