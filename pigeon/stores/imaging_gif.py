"""The blocks of a GIF: its size, its frames, and where the first one lies."""

from __future__ import annotations

import mmap
from collections.abc import Iterator
from struct import unpack_from

from pigeon.stores.imaging_parts import Header, require

MAX_BLOCKS = 100_000
"""Walked in one file, which in full blocks has 62,000 in 15 MB. More is made to be slow."""

IMAGE, EXTENSION, TRAILER = 0x2C, 0x21, 0x3B
Rectangle = tuple[int, int, int, int]


def read_gif(data: mmap.mmap) -> Header:
    """A file that ends behind any whole block is taken when it has a frame."""
    width, height, _ = unpack_from("<HHB", data, 6)
    frames = 0
    for frame in _frames(data):
        if not frames:  # the first frame may be larger than the screen it is drawn on
            width, height = max(width, frame[2]), max(height, frame[3])
        frames += 1
    return Header(width, height, frames)


def frame_of(data: mmap.mmap) -> Rectangle:
    """Left, top, right and bottom of the first frame."""
    return next(_frames(data))


def _frames(data: mmap.mmap) -> Iterator[Rectangle]:
    steps = iter(range(MAX_BLOCKS))
    (flags,) = unpack_from("<B", data, 10)
    at = 13 + _palette_bytes(flags)
    has_frames = False
    while at != len(data) and (kind := data[at]) != TRAILER:
        _step(steps)
        if kind == IMAGE:
            x, y, width, height, flags = unpack_from("<HHHHB", data, at + 1)
            at = _after_blocks(data, at + 11 + _palette_bytes(flags), steps)
            yield x, y, x + width, y + height
            has_frames = True
        elif kind == EXTENSION:
            at = _after_blocks(data, at + 2, steps)
        elif kind == 0:
            at += 1
        else:  # no block any more
            require(has_frames)
            return


def _step(steps: Iterator[int]) -> None:
    require(next(steps, None) is not None)


def _palette_bytes(flags: int) -> int:
    return 3 << ((flags & 7) + 1) if flags & 0x80 else 0


def _after_blocks(data: mmap.mmap, at: int, steps: Iterator[int]) -> int:
    while length := data[at]:
        _step(steps)
        at += 1 + length
    return at + 1
