"""The chunks of a PNG: what they say of its size and colours, and a copy of those that matter.

Nothing that only describes the picture reaches the decoder: neither texts that unpack to
megabytes nor checksums that are wrong. Such a chunk is passed over, as browsers do.
"""

from __future__ import annotations

import io
import mmap
import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from struct import unpack_from
from typing import BinaryIO

from pigeon.stores.imaging_colors import Cicp, Coding
from pigeon.stores.imaging_parts import (
    MAX_PARTS,
    MAX_PROFILE,
    Box,
    Header,
    orientation_in,
    require,
)

SIGNATURE = b"\x89PNG\r\n\x1a\n"
GREY, COLOR, PALETTE, GREY_ALPHA = 0, 2, 3, 4
PALETTE_BYTES = 3 * 256
KEY_BYTES = {GREY: 2, COLOR: 6}
"""Of the colour that stands for transparency, by the type of colours."""


@dataclass(frozen=True, kw_only=True)
class Png:
    """`file` holds the picture alone; of a moving one the first frame, `offset` from the corner
    of its canvas of `size`."""

    file: BinaryIO
    size: tuple[int, int]
    offset: tuple[int, int]
    depth: int
    color_type: int
    key: tuple[int, ...] | None
    coding: Coding


def read_png(data: mmap.mmap) -> Header:
    """A file that ends behind any whole chunk is taken when it has pixels."""
    require(data[12:16] == b"IHDR")
    width, height = unpack_from(">II", data, 16)
    frames = orientation = 1
    has_pixels = False
    for chunk in _chunks(data):
        if chunk.kind == b"eXIf" and not has_pixels and _is_sound(data, chunk):
            orientation = orientation_in(data[chunk.start : chunk.end])
        if chunk.kind == b"acTL":
            (frames,) = unpack_from(">I", data, chunk.start)
        has_pixels = has_pixels or chunk.kind == b"IDAT"
    require(has_pixels)
    return Header(width, height, frames, orientation)


def read_picture(data: mmap.mmap) -> Png:
    chunks = list(_chunks(data))
    require(_is_sound(data, chunks[0]))
    said = _said_before_pixels(data, chunks)
    header = data[16:29]
    color_type = header[9]
    require(color_type != PALETTE or b"PLTE" in said)
    frame = _first_frame(data, chunks) if b"acTL" in said else None
    pixels = [data[one.start - 8 : one.end + 4] for one in chunks if one.kind == b"IDAT"]
    if frame is not None:
        header = frame.header + header[8:]
        pixels = frame.pixels
    pieces = [SIGNATURE, _chunk(b"IHDR", header)]
    if b"PLTE" in said:
        pieces.append(_chunk(b"PLTE", _whole_palette(said[b"PLTE"])))
    if b"tRNS" in said and color_type == PALETTE:
        pieces.append(_chunk(b"tRNS", said[b"tRNS"]))
    file = io.BytesIO(b"".join([*pieces, *pixels, _chunk(b"IEND", b"")]))
    size: tuple[int, int] = unpack_from(">II", data, 16)
    return Png(
        file=file,
        size=size,
        offset=frame.offset if frame else (0, 0),
        depth=header[8],
        color_type=color_type,
        key=_key(color_type, said.get(b"tRNS", b"")),
        coding=_coding(said),
    )


def _chunks(data: mmap.mmap) -> Iterator[Box]:
    at = 8
    for _ in range(MAX_PARTS):
        if at == len(data):
            return
        length, kind = unpack_from(">I4s", data, at)
        end = at + 12 + length
        require(end <= len(data))
        if kind == b"IEND":
            return
        yield Box(kind, at + 8, end - 4)
        at = end
    raise ValueError


def _is_sound(data: mmap.mmap, chunk: Box) -> bool:
    wanted = int.from_bytes(data[chunk.end : chunk.end + 4])
    return zlib.crc32(data[chunk.start - 4 : chunk.end]) == wanted


_ANYWHERE = frozenset({b"PLTE", b"tRNS", b"gAMA", b"cHRM", b"acTL"})
_BEFORE_PALETTE = frozenset({b"iCCP", b"cICP", b"sRGB"})


def _said_before_pixels(data: mmap.mmap, chunks: list[Box]) -> dict[bytes, bytes]:
    """The first sound chunk of each kind that matters, where it may stand."""
    said: dict[bytes, bytes] = {}
    for chunk in chunks:
        if chunk.kind == b"IDAT":
            break
        is_late = b"PLTE" in said and chunk.kind in _BEFORE_PALETTE
        if chunk.kind in said or is_late or chunk.kind not in _ANYWHERE | _BEFORE_PALETTE:
            continue
        is_sound = _is_sound(data, chunk)
        require(is_sound or chunk.kind != b"PLTE")
        if is_sound:
            said[chunk.kind] = data[chunk.start : chunk.end]
    return said


def _whole_palette(content: bytes) -> bytes:
    """A colour beyond the last one is the last one."""
    missing = max(0, PALETTE_BYTES - len(content))
    return content[:PALETTE_BYTES] + content[-3:] * (missing // 3)


def _key(color_type: int, content: bytes) -> tuple[int, ...] | None:
    length = KEY_BYTES.get(color_type, 0)
    if not length or len(content) < length:
        return None
    return unpack_from(f">{length // 2}H", content)


def _coding(said: dict[bytes, bytes]) -> Coding:
    """The most exact of what is said, in the order of PNG's third edition."""
    primaries, transfer, matrix, is_full = (*said.get(b"cICP", b""), 0, 0, 0, 0)[:4]
    if matrix == 0 and is_full == 1 and Cicp(primaries, transfer).is_known():
        return Coding(cicp=Cicp(primaries, transfer))
    if profile := _profile(said.get(b"iCCP", b"")):
        return Coding(icc=profile)
    gamma, chroma = said.get(b"gAMA", b""), said.get(b"cHRM", b"")
    if b"sRGB" in said or len(gamma) != 4 or not any(gamma):
        return Coding()
    exponent = 100_000 / int.from_bytes(gamma)
    if len(chroma) != 32:
        return Coding(exponent=exponent)
    return Coding(exponent=exponent, chroma=tuple(n / 100_000 for n in unpack_from(">8I", chroma)))


def _profile(content: bytes) -> bytes | None:
    """Unpacked no further than it may be long."""
    name, nul, packed = content.partition(b"\0")
    if not nul or not name or packed[:1] != b"\0":
        return None
    try:
        profile = zlib.decompressobj().decompress(packed[1:], MAX_PROFILE + 1)
    except zlib.error:
        return None
    return profile if 0 < len(profile) <= MAX_PROFILE else None


@dataclass(frozen=True, kw_only=True)
class _Frame:
    header: bytes
    offset: tuple[int, int]
    pixels: list[bytes]


def _first_frame(data: mmap.mmap, chunks: list[Box]) -> _Frame | None:
    """Of a moving picture whose first frame is not the one that stands for it elsewhere."""
    kinds = [chunk.kind for chunk in chunks]
    if b"fcTL" not in kinds or kinds.index(b"fcTL") < kinds.index(b"IDAT"):
        return None
    first = kinds.index(b"fcTL")
    width, height, left, top = unpack_from(">4I", data, chunks[first].start + 4)
    canvas_width, canvas_height = unpack_from(">II", data, 16)
    require(0 < width <= canvas_width - left and 0 < height <= canvas_height - top)
    pixels = []
    for chunk in chunks[first + 1 :]:
        if chunk.kind == b"fcTL":
            break
        if chunk.kind == b"fdAT":
            pixels.append(_chunk(b"IDAT", data[chunk.start + 4 : chunk.end]))
    return _Frame(header=struct.pack(">II", width, height), offset=(left, top), pixels=pixels)


def _chunk(kind: bytes, content: bytes) -> bytes:
    checksum = zlib.crc32(kind + content)
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", checksum)
