"""Pictures to post: tiny ones made in a millisecond, and real photographs."""

from __future__ import annotations

import io
import random
import struct
import zlib
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from PIL import Image

PHOTOGRAPHS = ("rocket.jpg", "coffee.png", "chelsea.png", "astronaut.png", "hubble_deep_field.jpg")


def jpeg(width: int = 40, height: int = 30, *, color: str = "teal", **save: object) -> bytes:
    """A JPEG of one colour; `save` are Pillow's options (`exif=`, `quality=`)."""
    return _encoded("JPEG", width, height, color, **save)


def png(width: int = 40, height: int = 30, *, color: str = "plum") -> bytes:
    return _encoded("PNG", width, height, color)


def webp(width: int = 40, height: int = 30, *, color: str = "gold") -> bytes:
    return _encoded("WEBP", width, height, color)


@cache
def noise(format: str, width: int = 400, height: int = 300) -> bytes:
    """A picture that no encoder makes small, so that half of the file is half of the pixels."""
    dice = random.Random(format)
    image = Image.frombytes("RGB", (width, height), dice.randbytes(3 * width * height))
    buffer = io.BytesIO()
    image.save(buffer, format)
    return buffer.getvalue()


def jpeg_of_resolution(width: int, height: int, *, dots: int) -> bytes:
    """A JPEG whose EXIF notes so few dots an inch that readers take it for larger than it is."""
    exif = Image.Exif()
    exif[0x011A], exif[0x011B], exif[0x0128] = float(dots), float(dots), 2
    exif.get_ifd(0x8769).update({0xA002: width * 72, 0xA003: height * 72})
    return jpeg(width, height, exif=exif)


@cache
def bomb(side: int = 10_900) -> bytes:
    """A PNG of 350 KB that decodes to 356 MB: black rows, one compressed block repeated."""
    row = b"\0" * (1 + 3 * side)
    packer = zlib.compressobj(9)
    first, block = (packer.compress(row * 100) + packer.flush(zlib.Z_FULL_FLUSH) for _ in "12")
    adler = (len(row) * side % 65_521) << 16 | 1  # of that many zeros
    pixels = first + block * (side // 100 - 1) + b"\3\0" + struct.pack(">I", adler)
    header = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", pixels), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(*chunk) for chunk in chunks)


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def real_photographs() -> list[Path]:
    """Photographs that scikit-image's wheel carries, 110 to 790 KB; found without importing it."""
    found = find_spec("skimage")
    assert found and found.origin, "scikit-image is in requirements-dev.txt"
    return [Path(found.origin).parent / "data" / name for name in PHOTOGRAPHS]


@cache
def photograph_1_2_mb() -> bytes:
    """A JPEG of about 1.2 MB as a phone makes it, 12 megapixels, of a real photograph."""
    source = Image.open(real_photographs()[3]).convert("RGB").resize((3000, 4000))
    return _jpeg_of(source, quality=88)


def _encoded(format: str, width: int, height: int, color: str, **save: object) -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", (width, height), color).save(buffer, format, **save)
    return buffer.getvalue()


def _jpeg_of(image: Image.Image, *, quality: int) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, "JPEG", quality=quality)
    return buffer.getvalue()
