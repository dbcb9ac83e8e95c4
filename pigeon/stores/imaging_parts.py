"""What readers of picture files share: their findings, their refusal, and a look into EXIF.

Readers raise ValueError, IndexError, StopIteration or struct.error where a file ends too early,
contradicts itself or has too many parts; only `Refused` names another reason.
"""

from __future__ import annotations

import re
import struct
from struct import unpack_from
from typing import NamedTuple

from pigeon.domain.errors import DomainError

MAX_PARTS = 20_000
"""Parts walked in one file: more is made to be slow."""

MAX_PROFILE = 8 * 1024 * 1024
"""Bytes of a colour profile; those of printers have three."""

ORIENTATION = 0x0112


class Refused(DomainError):
    """A file that is no picture for us: its code is a field code of the contract.

    `limit` is that of the file's type, where a limit is the reason.
    """

    code = "unreadable"

    def __init__(self, code: str | None = None, limit: int | None = None) -> None:
        self.limit = limit
        super().__init__(code)


class Header(NamedTuple):
    """Size as stored; `orientation` as EXIF counts it.

    `is_ended` is false where nothing but decoding tells whether all of it is there.
    """

    width: int
    height: int
    frames: int = 1
    orientation: int = 1
    is_ended: bool = True


class Box(NamedTuple):
    """One chunk of a container; `start` and `end` enclose its content."""

    kind: bytes
    start: int
    end: int


def require(condition: bool) -> None:
    if not condition:
        raise ValueError


def orientation_in(exif: bytes) -> int:
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
