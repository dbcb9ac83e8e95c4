"""A picture file opened for its decoder: what the decoder stumbles over is left out or mended.

Each format gives an image in a mode that can be resampled (L, LA, RGB, RGBA or CMYK), with
transparency where the file means some, and says how its colours are meant. HEIC goes past
Pillow's registry: its plugin would take AVIF files away from Pillow's own, and knows embedded
thumbnails that are other pictures.
"""

from __future__ import annotations

import hashlib
import mmap
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import pi_heif
from PIL import AvifImagePlugin, Image, ImageChops, WebPImagePlugin

from pigeon.stores import imaging_boxes, imaging_colors, imaging_jpeg, imaging_png
from pigeon.stores.imaging_colors import Coding
from pigeon.stores.imaging_gif import frame_of
from pigeon.stores.imaging_headers import Inspected, Refused
from pigeon.stores.imaging_webp import mended as mended_webp

# Loaded before the fork, and only these: Pillow would look for WebP in all of its forty plugins.
Image.preinit()
PLUGINS = (AvifImagePlugin, WebPImagePlugin)
# Each thread's heap counts against the limit of memory: the calling thread decodes.
AvifImagePlugin.DEFAULT_MAX_THREADS = 1
pi_heif.options.DECODE_THREADS = 0
pi_heif.options.THUMBNAILS = pi_heif.options.DEPTH_IMAGES = pi_heif.options.AUX_IMAGES = False

FEW_PIXELS = 12_000_000
"""A JPEG without an end is compared at its size up to here, and at half of it above."""

ROWS = 256
CLEAR = (255, 255, 255, 0)


@dataclass(frozen=True, kw_only=True)
class Source:
    """`image` is not loaded yet: it may be drafted first. `plain` loads it."""

    image: Image.Image
    size: tuple[int, int]
    coding: Coding
    plain: Callable[[Image.Image], Image.Image]


def opened(path: Path, seen: Inspected) -> Source:
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
        return _OPENERS[seen.format](path, data)


def _jpeg(path: Path, data: mmap.mmap) -> Source:
    file = imaging_jpeg.mended(data)
    image = Image.open(file or path, formats=["JPEG"])
    coding = Coding(icc=imaging_jpeg.profile_of(data))
    return Source(image=image, size=image.size, coding=coding, plain=_plain)


def _png(path: Path, data: mmap.mmap) -> Source:
    png = imaging_png.read_picture(data)
    image = Image.open(png.file, formats=["PNG"])
    return Source(
        image=image,
        size=png.size,
        coding=png.coding,
        plain=lambda image: _on_canvas(_plain_png(image, png), png.size, png.offset),
    )


def _gif(path: Path, data: mmap.mmap) -> Source:
    image = Image.open(path, formats=["GIF"])
    left, top, right, bottom = frame_of(data)

    def plain(image: Image.Image) -> Image.Image:
        found = _plain(image)
        if (left, top, right, bottom) == (0, 0, *image.size):
            return found
        return _on_canvas(found.crop((left, top, right, bottom)), image.size, (left, top))

    return Source(image=image, size=image.size, coding=Coding(), plain=plain)


def _webp(path: Path, data: mmap.mmap) -> Source:
    image = Image.open(mended_webp(data) or path, formats=["WEBP"])
    coding = Coding(icc=image.info.get("icc_profile"))
    return Source(image=image, size=image.size, coding=coding, plain=_plain)


def _avif(path: Path, data: mmap.mmap) -> Source:
    image = Image.open(path, formats=["AVIF"])
    return Source(image=image, size=image.size, coding=_heif_coding(data), plain=_plain)


def _heic(path: Path, data: mmap.mmap) -> Source:
    """The primary picture, turned and cut by the decoder, eight bits a channel."""
    (primary,) = (one for one in pi_heif.open_heif(path) if one.info["primary"])
    image = Image.frombytes(
        primary.mode, primary.size, primary.data, "raw", primary.mode, primary.stride
    )
    return Source(image=image, size=image.size, coding=_heif_coding(data), plain=_plain)


def _heif_coding(data: mmap.mmap) -> Coding:
    icc, nclx = imaging_boxes.colors_of(data)
    return Coding(icc=icc, cicp=imaging_colors.shown(*nclx) if nclx and not icc else None)


_OPENERS: dict[str, Callable[[Path, mmap.mmap], Source]] = {
    "JPEG": _jpeg,
    "PNG": _png,
    "GIF": _gif,
    "WEBP": _webp,
    "AVIF": _avif,
    "HEIC": _heic,
}


def require_all_of_it(path: Path) -> None:
    """Refuses a JPEG without an end that was cut before its last pixel.

    Continued in two ways, a cut file is two pictures.
    """
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
        one = _digest(imaging_jpeg.mended(data) or path)
        other = _digest(imaging_jpeg.with_other_end(data))
    if one != other:
        raise Refused("unreadable")


def _digest(file: BinaryIO | Path) -> bytes:
    """Of the pixels, so that one picture is in memory at a time."""
    digest = hashlib.sha256()
    with Image.open(file, formats=["JPEG"]) as image:
        if image.width * image.height > FEW_PIXELS:
            image.draft(None, (image.width // 2, image.height // 2))
        image.load()
        for top in range(0, image.height, ROWS):
            strip = image.crop((0, top, image.width, min(image.height, top + ROWS)))
            digest.update(strip.tobytes())
    return digest.digest()


def _plain(image: Image.Image) -> Image.Image:
    """The first frame in a mode that can be resampled."""
    image.load()
    if image.mode in ("L", "LA", "RGB", "RGBA", "CMYK"):
        return image
    if image.mode in ("P", "PA", "La", "RGBa") and image.has_transparency_data:
        return image.convert("RGBA")
    return image.convert("L" if image.mode == "1" else "RGB")


def _plain_png(image: Image.Image, png: imaging_png.Png) -> Image.Image:
    if png.key is not None:
        return _with_key(image, png, png.key)
    if image.mode == "I;16":  # a conversion would clip all but the darkest 255 values
        image.load()
        return _bytes_of(image, 1)
    if png.color_type == imaging_png.GREY_ALPHA:
        image.load()
        return image.convert("LA")
    return _plain(image)


def _with_key(image: Image.Image, png: imaging_png.Png, key: tuple[int, ...]) -> Image.Image:
    """The colour that stands for transparency, compared in all of its bits."""
    if png.depth < 16:
        most = (1 << png.depth) - 1
        key = tuple((value & most) * 255 // most for value in key)
        found = _plain(image)
        return _transparent(found, _is(found, key))
    high, low = tuple(value >> 8 for value in key), tuple(value & 255 for value in key)
    if image.mode == "I;16":
        image.load()
        found, rest = _bytes_of(image, 1), _bytes_of(image, 0)
    else:
        rest = _low_bytes(png.file)
        png.file.seek(0)
        found = Image.open(png.file, formats=["PNG"])
        found.load()
    is_low = _is(rest, low)
    del rest
    return _transparent(found, ImageChops.darker(_is(found, high), is_low))


def _is(image: Image.Image, color: tuple[int, ...]) -> Image.Image:
    """255 where the image has this colour."""
    found: Image.Image | None = None
    for band, value in enumerate(color):
        table = [0] * 256
        table[value] = 255
        same = image.getchannel(band).point(table)
        found = same if found is None else ImageChops.darker(found, same)
    assert found is not None
    return found


def _transparent(image: Image.Image, where: Image.Image) -> Image.Image:
    image = image.copy() if image.readonly else image
    image.info.pop("transparency", None)
    image.putalpha(ImageChops.invert(where))
    return image


def _bytes_of(image: Image.Image, number: int) -> Image.Image:
    return Image.frombytes("L", image.size, image.tobytes()[number::2])


def _low_bytes(file: BinaryIO) -> Image.Image:
    """Of three channels of 16 bits the lower halves: as if their bytes stood the other way."""
    image = Image.open(file, formats=["PNG"])
    image.tile = [tile._replace(args="RGB;16L") for tile in image.tile]
    image.load()
    return image


def _on_canvas(image: Image.Image, size: tuple[int, int], offset: tuple[int, int]) -> Image.Image:
    """Around a first frame that does not fill its canvas is nothing."""
    if image.size == size:
        return image
    canvas = Image.new("RGBA", size, CLEAR)
    canvas.paste(image.convert("RGBA"), offset)
    return canvas
