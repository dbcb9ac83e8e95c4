"""From the colours that a file means to sRGB, over an image that has its final size.

Profiles go through LittleCMS; so do primaries and curves that are given by number, as a profile
made here. What is brighter than white (PQ, HLG) goes through a table: see `imaging_hdr`.
"""

from __future__ import annotations

import io
import struct
from contextlib import suppress
from typing import NamedTuple

from PIL import Image, ImageCms

from pigeon.stores import imaging_hdr
from pigeon.stores.imaging_curves import (
    CURVES,
    HLG,
    PQ,
    PRIMARIES,
    SRGB,
    VIDEO,
    Curve,
    Primaries,
    to_d50,
)

GAMMA_SLACK = 0.05
"""A gamma alone that is as near to that of screens is what encoders wrote without a thought."""

STEPS = 256


SPACES = {"L": b"GRAY", "RGB": b"RGB ", "CMYK": b"CMYK"}
"""As profiles name them: one of another space does not belong to the picture."""


class Cicp(NamedTuple):
    """Primaries and transfer by number (ITU-T H.273)."""

    primaries: int
    transfer: int

    def is_known(self) -> bool:
        return self.primaries in PRIMARIES and (
            self.transfer in CURVES or self.transfer in (PQ, HLG)
        )


class Coding(NamedTuple):
    """What a file says of its colours; nothing means sRGB.

    `exponent` turns a stored value into light; `chroma` is x and y of white, red, green and blue.
    """

    icc: bytes | None = None
    cicp: Cicp | None = None
    exponent: float | None = None
    chroma: tuple[float, ...] | None = None


def shown(primaries: int, transfer: int) -> Cicp:
    """As containers of films mean them: what is unknown is as on screens, and so are the curves
    of cameras, which nobody's screen undoes."""
    known = primaries if primaries in PRIMARIES else 1
    is_plain = transfer in VIDEO or (transfer not in CURVES and transfer not in (PQ, HLG))
    return Cicp(known, SRGB if is_plain else transfer)


def to_srgb(image: Image.Image, coding: Coding) -> Image.Image:
    """RGB of an image in L, RGB or CMYK; a profile that does not work or belong is passed over."""
    if coding.icc and coding.icc[16:20] == SPACES[image.mode]:
        cicp = _cicp_in(coding.icc)
        if cicp is None or cicp.transfer not in (PQ, HLG):
            return _through(image, coding.icc)
        coding = Coding(cicp=cicp)
    if image.mode == "CMYK":
        return image.convert("RGB")
    if coding.cicp is not None:
        return _by_numbers(image.convert("RGB"), coding.cicp)
    if coding.exponent is not None:
        with suppress(struct.error, ArithmeticError):  # numbers that are no colours are passed over
            return _by_gamma(image.convert("RGB"), coding.exponent, coding.chroma)
    return image.convert("RGB")


def _by_numbers(image: Image.Image, cicp: Cicp) -> Image.Image:
    if not cicp.is_known() or cicp == (1, SRGB):
        return image
    if cicp.transfer in (PQ, HLG):
        return image.filter(imaging_hdr.table(PRIMARIES[cicp.primaries], cicp.transfer))
    return _through(image, profile(PRIMARIES[cicp.primaries], CURVES[cicp.transfer]))


def _by_gamma(image: Image.Image, exponent: float, chroma: tuple[float, ...] | None) -> Image.Image:
    if chroma is None:
        if abs(exponent / 2.2 - 1) < GAMMA_SLACK or abs(2.2 / exponent - 1) < GAMMA_SLACK:
            return image
        primaries = PRIMARIES[1]
    else:
        white, red, green, blue = zip(chroma[::2], chroma[1::2], strict=True)
        primaries = Primaries(red, green, blue, white)
        if not primaries.is_possible():
            return image
    return _through(image, profile(primaries, lambda value: value**exponent))


def _through(image: Image.Image, icc: bytes) -> Image.Image:
    try:
        source = ImageCms.ImageCmsProfile(io.BytesIO(icc))
        target = ImageCms.createProfile("sRGB")
        turned = ImageCms.profileToProfile(image, source, target, outputMode="RGB")
    except (ImageCms.PyCMSError, OSError, ValueError, TypeError):
        turned = None
    return image.convert("RGB") if turned is None else turned


def _cicp_in(icc: bytes) -> Cicp | None:
    """The numbers that a profile of version 4.4 may carry."""
    try:
        (count,) = struct.unpack_from(">I", icc, 128)
        for at in range(132, 132 + 12 * min(count, 200), 12):
            name, start = struct.unpack_from(">4sI", icc, at)
            if name == b"cicp":
                return Cicp(icc[start + 8], icc[start + 9])
    except (struct.error, IndexError):
        pass
    return None


def profile(primaries: Primaries, curve: Curve) -> bytes:
    """An ICC profile of three primaries and one curve, exact at each of 256 values."""
    values = [round(65_535 * max(0.0, min(1.0, curve(n / 255)))) for n in range(STEPS)]
    curv = b"curv" + struct.pack(f">II{STEPS}H", 0, STEPS, *values)
    columns = to_d50(primaries)
    tags = {
        b"desc": _text("made here"),
        b"cprt": _text("none"),
        b"wtpt": _xyz((0.9642, 1.0, 0.8249)),
        **{name: _xyz(column) for name, column in zip(COLUMNS, columns, strict=True)},
        **dict.fromkeys((b"rTRC", b"gTRC", b"bTRC"), curv),
    }
    table, content = struct.pack(">I", len(tags)), b""
    start = 128 + 4 + 12 * len(tags)
    for name, value in tags.items():
        table += name + struct.pack(">II", start + len(content), len(value))
        content += value + bytes(-len(value) % 4)
    return _head(start + len(content)) + table + content


COLUMNS = (b"rXYZ", b"gXYZ", b"bXYZ")


def _head(size: int) -> bytes:
    head = struct.pack(">I4sI4s4s4s", size, bytes(4), 0x04300000, b"mntr", b"RGB ", b"XYZ ")
    head += struct.pack(">6H4s", 2026, 1, 1, 0, 0, 0, b"acsp") + bytes(28)
    return (head + struct.pack(">3i", 63_190, 65_536, 54_061)).ljust(128, b"\0")


def _xyz(numbers: tuple[float, ...]) -> bytes:
    return b"XYZ " + bytes(4) + b"".join(struct.pack(">i", round(n * 65_536)) for n in numbers)


def _text(text: str) -> bytes:
    words = text.encode("utf-16-be")
    return b"mluc" + struct.pack(">IIIHHII", 0, 1, 12, 0x656E, 0x5553, len(words), 28) + words
