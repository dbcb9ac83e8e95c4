"""The boxes of an AVIF file, walked as far as its size, its turns and its end need.

Like all readers of headers it raises ValueError, IndexError or struct.error where the file ends
too early or contradicts itself.
"""

from __future__ import annotations

import mmap
from collections.abc import Iterator
from struct import unpack_from
from typing import NamedTuple

MAX_BOXES = 4_096

_QUARTERS = (1, 8, 3, 6)
"""EXIF orientation of 0-3 quarter turns against the clock, as HEIF counts them."""

_MIRRORED = {1: (4, 2), 3: (2, 4), 6: (7, 5), 8: (5, 7)}
"""EXIF orientation of a turn that is then mirrored, by axis: top to bottom, left to right."""


class Header(NamedTuple):
    """Size as stored; `orientation` as EXIF counts it."""

    width: int
    height: int
    frames: int = 1
    orientation: int = 1


class Box(NamedTuple):
    """One chunk of a container; `start` and `end` enclose its content."""

    kind: bytes
    start: int
    end: int


def require(condition: bool) -> None:
    if not condition:
        raise ValueError


def read_avif(data: mmap.mmap) -> Header:
    boxes = {box.kind: box for box in _boxes(data, 0, len(data))}
    require(b"meta" in boxes)
    meta = boxes[b"meta"]
    parts = {box.kind: box for box in _boxes(data, meta.start + 4, meta.end)}
    require(b"mdat" in boxes or b"idat" in parts)
    require(b"pitm" in parts and b"iprp" in parts)
    return _avif_item(data, _primary_item(data, parts[b"pitm"]), parts[b"iprp"])


def _boxes(data: mmap.mmap, at: int, end: int) -> Iterator[Box]:
    """Boxes that lie side by side; a box that overruns its surroundings is a truncated file."""
    for _ in range(MAX_BOXES):
        if at == end:
            return
        length, kind = unpack_from(">I4s", data, at)
        start = at + 8
        if length == 1:
            (length,) = unpack_from(">Q", data, start)
            start += 8
        if length == 0:
            length = end - at
        require(start <= at + length <= end)
        yield Box(kind, start, at + length)
        at += length
    raise ValueError


def _primary_item(data: mmap.mmap, box: Box) -> int:
    if data[box.start]:
        return int.from_bytes(data[box.start + 4 : box.start + 8])
    return int.from_bytes(data[box.start + 4 : box.start + 6])


def _avif_item(data: mmap.mmap, item: int, box: Box) -> Header:
    parts = {part.kind: part for part in _boxes(data, box.start, box.end)}
    require(b"ipco" in parts and b"ipma" in parts)
    properties = list(_boxes(data, parts[b"ipco"].start, parts[b"ipco"].end))
    width = height = turns = 0
    axis: int | None = None
    for index in _associations(data, parts[b"ipma"]).get(item, ()):
        kind, start, _ = properties[index - 1]
        if kind == b"ispe":
            width, height = unpack_from(">II", data, start + 4)
        elif kind == b"irot":
            turns = data[start] & 3
        elif kind == b"imir":
            axis = data[start] & 1
    orientation = _QUARTERS[turns]
    if axis is not None:
        orientation = _MIRRORED[orientation][axis]
    return Header(width, height, 1, orientation)


def _associations(data: mmap.mmap, box: Box) -> dict[int, list[int]]:
    """Item id -> indexes of its properties, from 1."""
    item_format, item_bytes = (">I", 4) if data[box.start] else (">H", 2)
    step, mask = (2, 0x7FFF) if data[box.start + 3] & 1 else (1, 0x7F)
    (count,) = unpack_from(">I", data, box.start + 4)
    require(count <= MAX_BOXES)
    found: dict[int, list[int]] = {}
    at = box.start + 8
    for _ in range(count):
        (item,) = unpack_from(item_format, data, at)
        at += item_bytes + 1
        number = data[at - 1]
        end = at + number * step
        indexes = (int.from_bytes(data[each : each + step]) & mask for each in range(at, end, step))
        found[item] = [index for index in indexes if index]
        at = end
    return found
