"""From a picture file to pixels alone: a part of it, at a size, upright, sRGB, opaque.

JPEGs are decoded at a fraction where that is enough, so that 64 megapixels cost less memory than
25 of another type. Colours are converted last, when the picture is small.
"""

from __future__ import annotations

import struct
import warnings
import zlib
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from PIL import Image

from pigeon.stores.imaging_colors import Coding, to_srgb
from pigeon.stores.imaging_headers import TURNED, Inspected, Refused
from pigeon.stores.imaging_sources import opened, require_all_of_it

WHITE = (255, 255, 255)
WHOLE_PIXELS = 40_000_000
"""A JPEG of more is decoded at half its size even for a crop that would have more pixels: a
progressive one holds up to eight bytes of coefficients a pixel beside what it decodes."""

Box = tuple[float, float, float, float]
"""Left, top, right, bottom."""

_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
_DAMAGE = (
    OSError,
    SyntaxError,
    ValueError,
    TypeError,
    LookupError,
    EOFError,
    ArithmeticError,
    MemoryError,
    RuntimeError,
    AssertionError,
    AttributeError,
    StopIteration,
    struct.error,
    zlib.error,
    Image.DecompressionBombError,
    Image.DecompressionBombWarning,
)
"""What decoders raise over broken files; only around decoding, so that a full disk stays itself."""


def decode(
    path: Path, seen: Inspected, size: tuple[int, int], part: Box | None = None
) -> Image.Image:
    """A new RGB image of `size` that shares nothing with the file but its pixels.

    It shows `part` of the picture, both as it stands upright; without `part` all of it.
    """
    part = part or (0, 0, seen.width, seen.height)
    stored = size[::-1] if seen.orientation in TURNED else size
    with _damage_is_refused():
        if not seen.is_ended:
            require_all_of_it(path)
        source = opened(path, seen)
        with closing(source.image) as image:
            if source.size != seen.stored_size:
                raise Refused("unreadable")
            box = _drafted(image, _as_stored(part, seen), stored)
            small = resized(source.plain(image), stored, box)
            return _only_pixels(_upright(small, seen.orientation), source.coding)


def check(path: Path) -> None:
    """Refuses a JPEG without an end mark that was cut before its last pixel."""
    with _damage_is_refused():
        require_all_of_it(path)


@contextmanager
def _damage_is_refused() -> Iterator[None]:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            yield
    except _DAMAGE as error:
        raise Refused("unreadable") from error


def _drafted(image: Image.Image, part: Box, size: tuple[int, int]) -> Box:
    """Makes a JPEG decode at the smallest fraction that still has `size` in `part`; where that is.

    The fractions are exact though the image's size is rounded up: a crop stays where it was.
    """
    width, height = image.size
    wanted = width * size[0] / (part[2] - part[0]), height * size[1] / (part[3] - part[1])
    most = 0.5 if width * height > WHOLE_PIXELS else 1.0
    fitting = [
        max(1, int(min(side, most * whole))) for side, whole in zip(wanted, image.size, strict=True)
    ]
    drafted = image.draft(None, (fitting[0], fitting[1]))
    if drafted is None:
        return part
    x, y = drafted[1][2] / width, drafted[1][3] / height
    left, top, right, bottom = part[0] * x, part[1] * y, part[2] * x, part[3] * y
    return left, top, min(right, image.width), min(bottom, image.height)


def _as_stored(part: Box, seen: Inspected) -> Box:
    """Where an upright part lies in the file."""
    left, top, right, bottom = part
    if seen.orientation in (2, 3, 6, 7):
        left, right = seen.width - right, seen.width - left
    if seen.orientation in (3, 4, 7, 8):
        top, bottom = seen.height - bottom, seen.height - top
    return (top, left, bottom, right) if seen.orientation in TURNED else (left, top, right, bottom)


def resized(image: Image.Image, size: tuple[int, int], box: Box | None = None) -> Image.Image:
    """BICUBIC over an area of its choice looks like LANCZOS here, and takes two thirds of it."""
    if image.size == size and box in (None, (0, 0, *size)):
        return image
    return image.resize(size, Image.Resampling.BICUBIC, box=box, reducing_gap=2.0)


def _upright(image: Image.Image, orientation: int) -> Image.Image:
    turn = _TURNS.get(orientation)
    return image if turn is None else image.transpose(turn)


def _only_pixels(image: Image.Image, coding: Coding) -> Image.Image:
    """Neither comment nor profile nor any other property can travel into a new image.

    What was converted is closed: each of them may have 25 megapixels.
    """
    mask = None
    if image.mode in ("LA", "RGBA"):
        mask, whole = image.getchannel("A"), image
        image = image.convert(image.mode[:-1])
        whole.close()
    colors = to_srgb(image, coding)
    if colors is not image:
        image.close()
    clean = Image.new("RGB", colors.size, WHITE)
    clean.paste(colors, mask=mask)
    return clean
