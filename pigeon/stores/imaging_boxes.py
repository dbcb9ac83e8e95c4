"""The boxes of an AVIF or HEIC file, walked as far as its size, its turns and its end need.

Like all readers of headers it raises ValueError, IndexError or struct.error where the file ends
too early or contradicts itself.
"""

from __future__ import annotations

import mmap
import struct
from collections.abc import Iterator
from struct import unpack_from
from typing import NamedTuple

from pigeon.stores.imaging_parts import MAX_PROFILE, Box, Header, require

MAX_BOXES = 4_096
BRANDS = {
    "AVIF": (b"avif", b"avis"),
    "HEIC": (b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"hevm", b"hevs"),
}
CONTAINERS = (b"mif1", b"msf1")
"""Brands that say nothing of how the pictures in the file are coded."""

_QUARTERS = (1, 8, 3, 6)
"""EXIF orientation of 0-3 quarter turns against the clock, as HEIF counts them."""

_MIRRORED = {1: (4, 2), 3: (2, 4), 6: (7, 5), 8: (5, 7)}
"""EXIF orientation of a turn that is then mirrored, by axis: top to bottom, left to right."""


def heif_kind(data: mmap.mmap) -> str | None:
    """AVIF or HEIC by brand; where the brands name the container alone, by the items' coding."""
    start = data[8 : min(int.from_bytes(data[:4]), 256)]
    brands = [start[at : at + 4] for at in range(0, len(start), 4)]
    for kind, names in BRANDS.items():
        if any(brand in names for brand in brands):
            return kind
    is_container = any(brand in CONTAINERS for brand in brands)
    return "HEIC" if is_container and b"hvc1" in _item_types(data) else None


def read_avif(data: mmap.mmap) -> Header:
    width, height, _, turns, axis, *_ = _primary(data)
    orientation = _QUARTERS[turns]
    if axis is not None:
        orientation = _MIRRORED[orientation][axis]
    return Header(width, height, 1, orientation)


def read_heic(data: mmap.mmap) -> Header:
    """As shown: the decoder cuts and turns itself. EXIF has no say in it (ISO 23008-12)."""
    width, height, clean, turns, *_ = _primary(data)
    if clean:
        require(all(clean))
        width, height = clean[0] // clean[1], clean[2] // clean[3]
    return Header(height, width) if turns % 2 else Header(width, height)


def colors_of(data: mmap.mmap) -> tuple[bytes | None, tuple[int, int] | None]:
    """Of the primary picture: its profile, and the numbers of its primaries and transfer."""
    shown = _primary(data)
    return shown.profile, shown.nclx


class Shown(NamedTuple):
    """Size of an item and what is done with it: cut, turned against the clock, mirrored.

    `clean` is the part that is not cut away, two fractions; `()` for all of it.
    """

    width: int
    height: int
    clean: tuple[int, ...]
    turns: int
    axis: int | None
    profile: bytes | None
    nclx: tuple[int, int] | None


def _primary(data: mmap.mmap) -> Shown:
    """The picture that stands for the file; of a burst the chosen one, of a grid the whole."""
    boxes = _file_boxes(data)
    require(b"meta" in boxes)
    meta = boxes[b"meta"]
    parts = {box.kind: box for box in _boxes(data, meta.start + 4, meta.end)}
    require(b"mdat" in boxes or b"idat" in parts)
    require(b"pitm" in parts and b"iprp" in parts)
    return _shown(data, _primary_item(data, parts[b"pitm"]), parts[b"iprp"])


def _file_boxes(data: mmap.mmap) -> dict[bytes, Box]:
    """The boxes of the file by kind. Behind those with the pixels may be what is no whole box."""
    found: dict[bytes, Box] = {}
    try:
        for box in _boxes(data, 0, len(data)):
            found[box.kind] = box
    except (ValueError, struct.error):
        require(b"mdat" in found)
    return found


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


def _item_types(data: mmap.mmap) -> set[bytes]:
    """How the items are coded, as far as a file that may be cut tells."""
    found: set[bytes] = set()
    try:
        for box in _boxes(data, 0, len(data)):
            if box.kind == b"meta":
                parts = _boxes(data, box.start + 4, box.end)
                info = next(part for part in parts if part.kind == b"iinf")
                entries = info.start + (8 if data[info.start] else 6)
                found |= {_item_type(data, entry) for entry in _boxes(data, entries, info.end)}
    except (ValueError, IndexError, StopIteration, struct.error):
        pass
    return found


def _item_type(data: mmap.mmap, entry: Box) -> bytes:
    """Of an entry of version 2 or 3: behind the item's number (2 or 4 bytes) and its protection."""
    at = entry.start + (10 if data[entry.start] == 3 else 8)
    return data[at : at + 4]


def _shown(data: mmap.mmap, item: int, box: Box) -> Shown:
    parts = {part.kind: part for part in _boxes(data, box.start, box.end)}
    require(b"ipco" in parts and b"ipma" in parts)
    properties = list(_boxes(data, parts[b"ipco"].start, parts[b"ipco"].end))
    width = height = turns = 0
    axis: int | None = None
    clean: tuple[int, ...] = ()
    profile: bytes | None = None
    nclx: tuple[int, int] | None = None
    for index in _associations(data, parts[b"ipma"]).get(item, ()):
        kind, start, end = properties[index - 1]
        if kind == b"ispe":
            width, height = unpack_from(">II", data, start + 4)
        elif kind == b"clap":
            clean = unpack_from(">4I", data, start)
        elif kind == b"irot":
            turns = data[start] & 3
        elif kind == b"imir":
            axis = data[start] & 1
        elif kind == b"colr" and data[start : start + 4] == b"nclx":
            nclx = unpack_from(">HH", data, start + 4)
        elif kind == b"colr" and end - start <= MAX_PROFILE:
            profile = data[start + 4 : end]
    return Shown(width, height, clean, turns, axis, profile, nclx)


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
