"""HEIF files written box by box around coded pictures that were made elsewhere.

The library we read HEIC with writes none. A coded picture is taken out of a small file
(`pictures/`, see `make.py` there) and put into another: turned, tiled, one of many, beside a decoy.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

PICTURES = Path(__file__).parent / "pictures"
Property = tuple[bytes, bytes]


def box(kind: bytes, *parts: bytes) -> bytes:
    content = b"".join(parts)
    return struct.pack(">I4s", 8 + len(content), kind) + content


def full(kind: bytes, *parts: bytes, version: int = 0, flags: int = 0) -> bytes:
    return box(kind, struct.pack(">I", version << 24 | flags), *parts)


def boxes(data: bytes, at: int, end: int) -> Iterator[tuple[bytes, bytes]]:
    while at < end:
        length, kind = struct.unpack_from(">I4s", data, at)
        yield kind, data[at + 8 : at + length]
        at += length


@dataclass(frozen=True, kw_only=True)
class Coded:
    """A picture as HEVC codes it: its decoder's settings, its bytes, its size."""

    settings: bytes
    data: bytes
    width: int
    height: int


def coded(name: str) -> Coded:
    """The picture of a file in `pictures/` that holds one picture and nothing else."""
    data = (PICTURES / name).read_bytes()
    file = dict(boxes(data, 0, len(data)))
    meta = dict(boxes(file[b"meta"], 4, len(file[b"meta"])))
    properties = dict(boxes(meta[b"iprp"], 0, len(meta[b"iprp"])))[b"ipco"]
    found = dict(boxes(properties, 0, len(properties)))
    width, height = struct.unpack_from(">II", found[b"ispe"], 4)
    return Coded(settings=found[b"hvcC"], data=file[b"mdat"], width=width, height=height)


@dataclass(kw_only=True)
class Item:
    """One picture in a file, or what belongs to one; `refers` are pairs of kind and item ids."""

    kind: bytes
    data: bytes
    is_hidden: bool = False
    properties: list[Property] = field(default_factory=list)
    refers: list[tuple[bytes, list[int]]] = field(default_factory=list)


def size(width: int, height: int) -> Property:
    return b"ispe", struct.pack(">III", 0, width, height)


def turn(quarters: int) -> Property:
    """Against the clock."""
    return b"irot", bytes([quarters])


def mirror(axis: int) -> Property:
    """0: what is above goes below; 1: left and right change places."""
    return b"imir", bytes([axis])


def clean_aperture(width: int, height: int) -> Property:
    return b"clap", struct.pack(">8I", width, 1, height, 1, 0, 1, 0, 1)


def profile(icc: bytes) -> Property:
    return b"colr", b"prof" + icc


def numbers(primaries: int, transfer: int) -> Property:
    """Colours by number (ITU-T H.273), as x265 codes them: matrix of BT.601, full range."""
    return b"colr", b"nclx" + struct.pack(">HHHB", primaries, transfer, 6, 0x80)


def picture(source: Coded, *properties: Property) -> Item:
    own = [(b"hvcC", source.settings), size(source.width, source.height)]
    return Item(kind=b"hvc1", data=source.data, properties=[*own, *properties])


def exif(tiff: bytes, of: int) -> Item:
    return Item(kind=b"Exif", data=struct.pack(">I", 0) + tiff, refers=[(b"cdsc", [of])])


def grid(source: Coded, columns: int, rows: int, *properties: Property) -> list[Item]:
    """As phones write: many tiles, and an item that is all of them. It is the last."""
    width, height = columns * source.width, rows * source.height
    plan = struct.pack(">BBBBII", 0, 1, rows - 1, columns - 1, width, height)
    tiles = [replace(picture(source), is_hidden=True) for _ in range(columns * rows)]
    whole = Item(
        kind=b"grid",
        data=plan,
        properties=[size(width, height), *properties],
        refers=[(b"dimg", list(range(1, len(tiles) + 1)))],
    )
    return [*tiles, whole]


def file(
    items: list[Item],
    *,
    primary: int = 1,
    brands: tuple[bytes, ...] = (b"heic", b"mif1", b"heic"),
    behind: bytes = b"",
) -> bytes:
    """Items are numbered from 1 in their order; `brands` begin with the major one."""
    start = box(b"ftyp", brands[0], bytes(4), *brands[1:])
    offset = len(start) + len(_meta(items, primary, 0)) + 8
    pixels = box(b"mdat", *(item.data for item in items))
    return start + _meta(items, primary, offset) + pixels + behind


def _meta(items: list[Item], primary: int, offset: int) -> bytes:
    entries = [
        full(
            b"infe",
            struct.pack(">HH4s", number, 0, item.kind) + b"\0",
            version=2,
            flags=int(item.is_hidden),
        )
        for number, item in enumerate(items, 1)
    ]
    return full(
        b"meta",
        full(b"hdlr", bytes(4), b"pict", bytes(13)),
        full(b"pitm", struct.pack(">H", primary)),
        full(b"iinf", struct.pack(">H", len(items)), *entries),
        _references(items),
        box(b"iprp", *_properties(items)),
        _locations(items, offset),
    )


def _references(items: list[Item]) -> bytes:
    found = [
        box(kind, struct.pack(f">HH{len(others)}H", number, len(others), *others))
        for number, item in enumerate(items, 1)
        for kind, others in item.refers
    ]
    return full(b"iref", *found) if found else b""


def _properties(items: list[Item]) -> tuple[bytes, bytes]:
    """All different ones, then which item has which."""
    known = list(dict.fromkeys(each for item in items for each in item.properties))
    owned = [item for item in enumerate(items, 1) if item[1].properties]
    table = struct.pack(">I", len(owned))
    for number, item in owned:
        indexes = bytes(known.index(each) + 1 for each in item.properties)
        table += struct.pack(">HB", number, len(indexes)) + indexes
    return box(b"ipco", *(box(*each) for each in known)), full(b"ipma", table)


def _locations(items: list[Item], offset: int) -> bytes:
    table = struct.pack(">BBH", 0x44, 0, len(items))
    for number, item in enumerate(items, 1):
        table += struct.pack(">HHHII", number, 0, 1, offset, len(item.data))
        offset += len(item.data)
    return full(b"iloc", table)
