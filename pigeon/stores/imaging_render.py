"""From an uploaded picture to its renditions: pixels only, upright, sRGB, opaque, never enlarged.

Meant to run in a process of its own under limits (`imaging.render_limited`): a hostile file may
cost this one its memory, its time or its life.
"""

from __future__ import annotations

import io
import struct
import warnings
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from PIL import AvifImagePlugin, Image, ImageCms, WebPImagePlugin

from pigeon.stores.imaging_headers import TURNED, Inspected, Refused, inspect
from pigeon.stores.imaging_results import Rendered, RenderedFile

WIDTHS = (320, 640, 1080, 2048)
JPEG_WIDTH = 1080
THUMB = 320
AVATARS = (256, 512)
QUALITY = 82
METHOD = 1
"""Of WebP: 2 writes files 3 % smaller in 1.3 times the time, 4 files 8 % smaller in 3 times."""

WEBP_SIDE = 16_383
WHITE = (255, 255, 255)

# Loaded before the fork, and only these: Pillow would look for WebP in all of its forty plugins.
Image.preinit()
PLUGINS = (AvifImagePlugin, WebPImagePlugin)
AvifImagePlugin.DEFAULT_MAX_THREADS = 1  # each thread's heap counts against the limit of memory

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


def render(path: Path, out_dir: Path) -> Rendered:
    """All renditions of a photograph, ascending in width, then the JPEG, then the square."""
    seen = inspect(path)
    widths = rendition_widths(seen.width, seen.height)
    base = decode(path, seen, _scaled((seen.width, seen.height), widths[-1]))
    pictures = dict(_steps(base, widths))
    files = [_save(pictures[w], out_dir, f"w{w}") for w in widths]
    files.append(_save(pictures[min(JPEG_WIDTH, widths[-1])], out_dir, "jpeg"))
    files.append(_save(_square(_smallest_over(pictures, THUMB), THUMB), out_dir, "thumb"))
    return Rendered(
        width=seen.width, height=seen.height, color=_mean(pictures[widths[0]]), files=tuple(files)
    )


def render_avatar(
    path: Path, out_dir: Path, crop: tuple[float, float, float] | None = None
) -> Rendered:
    """Square renditions `s256` and `s512`, smaller where the picture is.

    `crop` is the left and top edge as parts of width and height, and the side as a part of the
    shorter of both; what lies outside is moved in. Without it: the middle.
    """
    seen = inspect(path)
    box = _crop_box(seen.width, seen.height, crop)
    base = decode(path, seen, _reduced_for(box, seen))
    scale = base.width / seen.width
    square = base.crop(tuple(round(edge * scale) for edge in box))  # type: ignore[arg-type]
    files = tuple(_save(_square(square, side), out_dir, f"s{side}") for side in AVATARS)
    return Rendered(width=seen.width, height=seen.height, color=_mean(square), files=files)


def rendition_widths(width: int, height: int) -> tuple[int, ...]:
    """Ascending; the last is the picture's own width, or the most that we keep of it."""
    largest = max(1, min(width, WIDTHS[-1], WEBP_SIDE * width // height))
    return (*(w for w in WIDTHS if w < largest), largest)


def decode(path: Path, seen: Inspected, size: tuple[int, int]) -> Image.Image:
    """A new RGB image of `size` (upright) that shares nothing with the file but its pixels."""
    with _damage_is_refused(), Image.open(path, formats=[seen.format]) as image:
        if image.size != seen.stored_size:
            raise Refused("unreadable")
        stored = size[::-1] if seen.orientation in TURNED else size
        image.draft(None, stored)
        profile = image.info.get("icc_profile")
        small = _resized(_plain(image), stored)
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


def _resized(image: Image.Image, size: tuple[int, int]) -> Image.Image:
    """BICUBIC over an area of its choice looks like LANCZOS here, and takes two thirds of it."""
    if image.size == size:
        return image
    return image.resize(size, Image.Resampling.BICUBIC, reducing_gap=2.0)


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


def _steps(base: Image.Image, widths: tuple[int, ...]) -> Iterator[tuple[int, Image.Image]]:
    """Each smaller picture is made from the next larger one, not from the original."""
    picture = base
    for width in reversed(widths):
        picture = _resized(picture, _scaled(base.size, width))
        yield width, picture


def _scaled(size: tuple[int, int], width: int) -> tuple[int, int]:
    return width, max(1, round(size[1] * width / size[0]))


def _smallest_over(pictures: dict[int, Image.Image], side: int) -> Image.Image:
    by_size = sorted(pictures.values(), key=lambda picture: picture.width)
    return next((picture for picture in by_size if min(picture.size) >= side), by_size[-1])


def _square(image: Image.Image, side: int) -> Image.Image:
    left, top, right, bottom = _crop_box(*image.size, None)
    side = min(side, right - left)
    middle = image.crop((left, top, right, bottom))
    return _resized(middle, (side, side))


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


def _reduced_for(box: tuple[int, int, int, int], seen: Inspected) -> tuple[int, int]:
    """The size at which the crop still has all pixels that the largest avatar wants."""
    side = box[2] - box[0]
    if side <= AVATARS[-1]:
        return seen.width, seen.height
    return _scaled((seen.width, seen.height), -(-seen.width * AVATARS[-1] // side))


def _mean(image: Image.Image) -> str:
    pixel = image.resize((1, 1), Image.Resampling.BOX).tobytes()
    return f"#{pixel.hex()}"


def _save(image: Image.Image, out_dir: Path, kind: str) -> RenderedFile:
    if kind == "jpeg":
        path, content_type = out_dir / f"{kind}.jpg", "image/jpeg"
        image.save(path, "JPEG", quality=QUALITY, optimize=True)
    else:
        path, content_type = out_dir / f"{kind}.webp", "image/webp"
        image.save(path, "WEBP", quality=QUALITY, method=METHOD)
    return RenderedFile(
        kind=kind,
        width=image.width,
        height=image.height,
        content_type=content_type,
        path=path,
        size=path.stat().st_size,
    )
