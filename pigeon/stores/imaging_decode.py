"""From a picture file to pixels alone: a part of it, at a size, upright, sRGB, opaque.

JPEGs are decoded at a fraction where that is enough, so that 64 megapixels cost less memory than
25 of another type. HEIC goes past Pillow's registry: its plugin would take AVIF files away from
Pillow's own, and knows embedded thumbnails that are other pictures.
"""

from __future__ import annotations

import io
import struct
import warnings
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pi_heif
from PIL import AvifImagePlugin, Image, ImageCms, WebPImagePlugin

from pigeon.stores.imaging_headers import TURNED, Inspected, Refused

WHITE = (255, 255, 255)
WHOLE_PIXELS = 40_000_000
"""A JPEG of more is decoded at half its size even for a crop that would have more pixels: a
progressive one holds up to eight bytes of coefficients a pixel beside what it decodes."""

Box = tuple[float, float, float, float]
"""Left, top, right, bottom."""

# Loaded before the fork, and only these: Pillow would look for WebP in all of its forty plugins.
Image.preinit()
PLUGINS = (AvifImagePlugin, WebPImagePlugin)
# Each thread's heap counts against the limit of memory: the calling thread decodes.
AvifImagePlugin.DEFAULT_MAX_THREADS = 1
pi_heif.options.DECODE_THREADS = 0
pi_heif.options.THUMBNAILS = pi_heif.options.DEPTH_IMAGES = pi_heif.options.AUX_IMAGES = False

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
    with _damage_is_refused(), _opened(path, seen) as image:
        if image.size != seen.stored_size:
            raise Refused("unreadable")
        box = _drafted(image, _as_stored(part, seen), stored)
        profile = image.info.get("icc_profile")
        small = resized(_plain(image), stored, box)
        return _only_pixels(_upright(small, seen.orientation), profile)


@contextmanager
def _damage_is_refused() -> Iterator[None]:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            yield
    except _DAMAGE as error:
        raise Refused("unreadable") from error


def _opened(path: Path, seen: Inspected) -> Image.Image:
    if seen.format == "HEIC":
        return _heic(path)
    return Image.open(path, formats=[seen.format])


def _heic(path: Path) -> Image.Image:
    """The primary picture, turned and cut by the decoder, eight bits a channel."""
    (primary,) = (one for one in pi_heif.open_heif(path) if one.info["primary"])
    image = Image.frombytes(
        primary.mode, primary.size, primary.data, "raw", primary.mode, primary.stride
    )
    image.info["icc_profile"] = primary.info.get("icc_profile")
    return image


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


def _plain(image: Image.Image) -> Image.Image:
    """The first frame in a mode that can be resampled: L, RGB, RGBA or CMYK."""
    image.load()
    if image.mode in ("L", "RGB", "RGBA", "CMYK"):
        return image
    if image.mode == "I;16":  # a conversion would clip all but the darkest 255 values
        return Image.frombytes("L", image.size, image.tobytes()[1::2])
    if image.mode in ("P", "PA", "LA", "La", "RGBa") and image.has_transparency_data:
        return image.convert("RGBA")
    return image.convert("RGB")


def resized(image: Image.Image, size: tuple[int, int], box: Box | None = None) -> Image.Image:
    """BICUBIC over an area of its choice looks like LANCZOS here, and takes two thirds of it."""
    if image.size == size and box in (None, (0, 0, *size)):
        return image
    return image.resize(size, Image.Resampling.BICUBIC, box=box, reducing_gap=2.0)


def _upright(image: Image.Image, orientation: int) -> Image.Image:
    turn = _TURNS.get(orientation)
    return image if turn is None else image.transpose(turn)


def _only_pixels(image: Image.Image, profile: bytes | None) -> Image.Image:
    """Neither comment nor profile nor any other property can travel into a new image."""
    clean = Image.new("RGB", image.size, WHITE)
    if image.mode == "RGBA":
        clean.paste(_srgb(image.convert("RGB"), profile), mask=image.getchannel("A"))
        return clean
    clean.paste(_srgb(image, profile))
    return clean


def _srgb(image: Image.Image, profile: bytes | None) -> Image.Image:
    """Through the embedded profile where there is one that works; else the usual conversion."""
    if profile:
        try:
            source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            target = ImageCms.createProfile("sRGB")
            turned = ImageCms.profileToProfile(image, source, target, outputMode="RGB")
        except (ImageCms.PyCMSError, OSError, ValueError, TypeError):
            turned = None
        if turned is not None:
            return turned
    return image.convert("RGB")
