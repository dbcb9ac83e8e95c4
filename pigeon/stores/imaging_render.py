"""From an uploaded picture to its renditions: pixels only, upright, sRGB, opaque, never enlarged.

Meant to run in a process of its own under limits (`imaging.render_limited`): a hostile file may
cost this one its memory, its time or its life.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path

from PIL import Image

from pigeon.domain.users import AVATAR_SIDES
from pigeon.stores.imaging_decode import decode, resized
from pigeon.stores.imaging_headers import Inspected, inspect
from pigeon.stores.imaging_results import Rendered, RenderedFile

WIDTHS = (320, 640, 720, 1080, 2048)
JPEG_WIDTH = 1080
THUMB = 320
AVATARS = AVATAR_SIDES
QUALITY = 82
METHOD = 1
"""Of WebP: 2 writes files 3 % smaller in 1.3 times the time, 4 files 8 % smaller in 3 times."""

DRAWN = frozenset({"PNG", "GIF", "WEBP"})
"""Types in which people save lettering, drawings and pixel art, which blur without need and may
even grow: of these the smaller of two files is kept, one that loses nothing and one that does."""

WORTH = 2
"""So many times the bytes is a file worth that loses nothing, at its own size and if the upload
was larger."""

LOSSLESS_PIXELS = 6_000_000
"""Tried up to here: the encoder takes 16 bytes a pixel and more."""

FEW_COLORS, MANY_COLORS = 1_024, 65_536

TINY = 4_096
"""Bytes that are worth it in any case."""

FULL_COLOR, HALF_COLOR = 0, 2
"""Subsampling of a JPEG: lettering keeps the edges of its colours."""

LOSSLESS = {"lossless": True, "method": 2, "quality": 50}
LOSSLESS_AT_ONCE = {"lossless": True, "method": 0, "quality": 0}
HOPELESS = 5
"""So many times the bytes of the other without any effort: more effort does not win that back."""

WEBP_SIDE = 16_383
"""A picture of 1 by more than this is pressed together: its ratio cannot be kept."""


def render(path: Path, out_dir: Path) -> Rendered:
    """All renditions of a photograph, ascending in width, then the JPEG, then the square."""
    seen = inspect(path)
    widths = rendition_widths(seen.width, seen.height)
    base = decode(path, seen, _scaled((seen.width, seen.height), widths[-1]))
    pictures = dict(_steps(base, widths))
    kinds = {f"w{w}": pictures[w] for w in widths}
    kinds["jpeg"] = pictures[min(JPEG_WIDTH, widths[-1])]
    kinds["thumb"] = _square(_smallest_over(pictures, THUMB), THUMB)
    files = [_save(picture, out_dir, kind, seen) for kind, picture in kinds.items()]
    return Rendered(
        width=seen.width, height=seen.height, color=_mean(pictures[widths[0]]), files=tuple(files)
    )


def render_avatar(
    path: Path, out_dir: Path, crop: tuple[float, float, float] | None = None
) -> Rendered:
    """Square renditions `s64`, `s128`, `s256` and `s512`, smaller where the picture is.

    `crop` is the left and top edge as parts of width and height, and the side as a part of the
    shorter of both; what lies outside is moved in. Without it: the middle.
    """
    seen = inspect(path)
    box = _crop_box(seen.width, seen.height, crop)
    side = min(AVATARS[-1], box[2] - box[0])
    square = decode(path, seen, (side, side), box)
    smaller = dict(_steps(square, tuple(min(side, wanted) for wanted in AVATARS)))
    files = tuple(
        _save(smaller[min(side, wanted)], out_dir, f"s{wanted}", seen) for wanted in AVATARS
    )
    return Rendered(width=seen.width, height=seen.height, color=_mean(square), files=files)


def rendition_widths(width: int, height: int) -> tuple[int, ...]:
    """Ascending; the last is the picture's own width, or the most that we keep of it."""
    largest = max(1, min(width, WIDTHS[-1], WEBP_SIDE * width // height))
    return (*(w for w in WIDTHS if w < largest), largest)


def _steps(base: Image.Image, widths: tuple[int, ...]) -> Iterator[tuple[int, Image.Image]]:
    """Each smaller picture is made from the next larger one, not from the original."""
    picture = base
    for width in reversed(widths):
        picture = resized(picture, _scaled(base.size, width))
        yield width, picture


def _scaled(size: tuple[int, int], width: int) -> tuple[int, int]:
    return width, min(WEBP_SIDE, max(1, round(size[1] * width / size[0])))


def _smallest_over(pictures: dict[int, Image.Image], side: int) -> Image.Image:
    by_size = sorted(pictures.values(), key=lambda picture: picture.width)
    return next((picture for picture in by_size if min(picture.size) >= side), by_size[-1])


def _square(image: Image.Image, side: int) -> Image.Image:
    left, top, right, bottom = _crop_box(*image.size, None)
    side = min(side, right - left)
    middle = image.crop((left, top, right, bottom))
    return resized(middle, (side, side))


def _crop_box(
    width: int, height: int, crop: tuple[float, float, float] | None
) -> tuple[int, int, int, int]:
    shorter = min(width, height)
    if crop is None:
        left, top = (width - shorter) // 2, (height - shorter) // 2
        return left, top, left + shorter, top + shorter
    x, y, part = crop
    side = max(1, min(shorter, round(part * shorter)))
    left = max(0, min(width - side, round(x * width)))
    top = max(0, min(height - side, round(y * height)))
    return left, top, left + side, top + side


def _mean(image: Image.Image) -> str:
    pixel = image.resize((1, 1), Image.Resampling.BOX).tobytes()
    return f"#{pixel.hex()}"


def _save(image: Image.Image, out_dir: Path, kind: str, upload: Inspected) -> RenderedFile:
    is_drawn = upload.format in DRAWN
    if kind == "jpeg":
        path, content_type = out_dir / f"{kind}.jpg", "image/jpeg"
        _write_jpeg(image, path, FULL_COLOR if is_drawn else HALF_COLOR)
    else:
        path, content_type = out_dir / f"{kind}.webp", "image/webp"
        if is_drawn:
            is_whole = image.size == (upload.width, upload.height)
            _write_drawn(image, path, max(TINY, upload.size_bytes) if is_whole else 0)
        else:
            image.save(path, "WEBP", quality=QUALITY, method=METHOD)
    return RenderedFile(
        kind=kind,
        width=image.width,
        height=image.height,
        content_type=content_type,
        path=path,
        size=path.stat().st_size,
    )


def _write_jpeg(image: Image.Image, path: Path, subsampling: int) -> None:
    """Without the better tables where Pillow's room for them, a byte a pixel, is too small."""
    options = {"quality": QUALITY, "subsampling": subsampling}
    try:
        image.save(path, "JPEG", optimize=True, **options)
    except OSError as error:
        if error.errno is not None:
            raise
        image.save(path, "JPEG", **options)


def _write_drawn(image: Image.Image, path: Path, worth_bytes: int) -> None:
    """The smaller of a lossy and a lossless file, the latter up to so many bytes in any case."""
    kept = _webp(image, quality=QUALITY, method=METHOD)
    if _is_drawn(image) and len(_webp(image, **LOSSLESS_AT_ONCE)) < HOPELESS * len(kept):
        lossless = _webp(image, **LOSSLESS)
        if len(lossless) <= max(len(kept), min(WORTH * len(kept), worth_bytes)):
            kept = lossless
    path.write_bytes(kept)


def _is_drawn(image: Image.Image) -> bool:
    """Whether it repeats its colours, as no photograph does: counted until there are too many."""
    pixels = image.width * image.height
    most = min(MANY_COLORS, max(FEW_COLORS, pixels // 4))
    return pixels <= LOSSLESS_PIXELS and image.getcolors(most) is not None


def _webp(image: Image.Image, **options: object) -> bytes:
    file = io.BytesIO()
    image.save(file, "WEBP", **options)
    return file.getvalue()
