"""What a file is, read from its headers alone; everything hostile is refused, cheaply."""

from __future__ import annotations

import struct
from collections.abc import Callable
from functools import partial
from pathlib import Path

import psutil
import pytest
from PIL import Image

from pigeon.domain import limits
from pigeon.stores.imaging import Refused, inspect
from tests.harness import pace
from tests.stores import hostile
from tests.stores.renditions import refusal

CODES = ("bad_format", "unreadable", "too_many_pixels", "side_too_long", "unsupported")
FORMATS = ("JPEG", "PNG", "WEBP", "GIF", "AVIF")
Write = Callable[[bytes], Path]


@pytest.mark.parametrize("format", FORMATS)
def test_type_and_size_come_from_the_content(upload: Write, format: str) -> None:
    seen = inspect(upload(hostile.encoded(hostile.picture(61, 40), format)))

    assert (seen.format, seen.width, seen.height, seen.frames) == (format, 61, 40, 1)


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("format", ["JPEG", "PNG", "AVIF"])
def test_size_is_as_shown(upload: Write, format: str, orientation: int) -> None:
    seen = inspect(upload(hostile.oriented(format, orientation)))

    assert (seen.width, seen.height, seen.orientation) == (60, 40, orientation)


def test_lossless_and_animated_webp(upload: Write) -> None:
    image = hostile.picture()
    lossless = inspect(upload(hostile.encoded(image, "WEBP", lossless=True)))
    moving = {"save_all": True, "append_images": [image.rotate(180)]}
    animated = inspect(upload(hostile.encoded(image, "WEBP", **moving)))

    assert (lossless.width, lossless.height, lossless.frames) == (60, 40, 1)
    assert (animated.width, animated.height, animated.frames) == (60, 40, 2)


def test_frames_of_a_gif_are_counted_without_decoding(upload: Write) -> None:
    assert inspect(upload(hostile.many_frames(300))).frames == 300


@pytest.mark.parametrize(
    "data",
    [b"", b"x", hostile.executable(), hostile.html(), hostile.svg(), b"II*\0" + bytes(500)]
    + [hostile.encoded(hostile.picture(), other) for other in ("TIFF", "BMP", "ICO", "PDF")]
    + [struct.pack(">I4s4s", 16, b"ftyp", b"isom") + bytes(400)],
    ids=["empty", "byte", "elf", "html", "svg", "tiff", "TIFF", "BMP", "ICO", "PDF", "film"],
)
def test_what_is_no_picture_of_ours(upload: Write, data: bytes) -> None:
    assert refusal(lambda: inspect(upload(data))) == "bad_format"


@pytest.mark.parametrize("format", FORMATS)
@pytest.mark.parametrize("part", [0.2, 0.6, 0.95])
def test_a_missing_end_is_seen_without_decoding(upload: Write, format: str, part: float) -> None:
    image = Image.effect_noise((200, 150), 60).convert("RGB")
    data = hostile.encoded(image, format)

    assert refusal(lambda: inspect(upload(hostile.truncated(data, part)))) == "unreadable"


def test_a_thumbnail_does_not_lend_its_end_to_a_truncated_jpeg(upload: Write) -> None:
    thumbnail = b"Exif\0\0" + hostile.encoded(hostile.picture(), "JPEG")
    segment = b"\xff\xe1" + struct.pack(">H", len(thumbnail) + 2) + thumbnail
    data = hostile.encoded(hostile.picture(600, 400), "JPEG")
    cut = hostile.truncated(data[:2] + segment + data[2:], 0.9)

    assert refusal(lambda: inspect(upload(cut))) == "unreadable"


@pytest.mark.parametrize("format", ["JPEG", "PNG", "GIF", "WEBP"])
def test_bytes_behind_the_end_are_no_reason(upload: Write, format: str) -> None:
    data = hostile.encoded(hostile.picture(), format) + b"\xff\x00trailing"

    assert inspect(upload(data)).width == 60


def test_limits_of_bytes_and_pixels(upload: Write) -> None:
    assert refusal(lambda: inspect(upload(hostile.too_long()))) == "side_too_long"
    assert refusal(lambda: inspect(upload(hostile.gif_bomb()))) == "too_many_pixels"
    assert inspect(upload(hostile.encoded(Image.new("1", (5_000, 5_000)), "PNG"))).width == 5_000
    just = hostile.encoded(hostile.picture(), "JPEG").ljust(limits.JPEG_BYTES, b"\0")
    assert inspect(upload(just)).width == 60


@pytest.mark.parametrize(
    ("make", "code", "limit"),
    [
        (hostile.too_many_bytes, "too_large", 15_728_640),
        (hostile.too_large_jpeg, "too_large", 31_457_280),
        (lambda: hostile.executable().ljust(15_728_641), "too_large", 15_728_640),
        (hostile.too_many_pixels, "too_many_pixels", 25_000_000),
        (lambda: hostile.claimed_jpeg(8_001, 8_000), "too_many_pixels", 64_000_000),
        (lambda: hostile.claimed_jpeg(1_080, 20_001), "side_too_long", 20_000),
        (lambda: hostile.claimed_jpeg(20_001, 20_001), "too_many_pixels", 64_000_000),
    ],
    ids=[
        *("bytes", "bytes of a JPEG", "bytes of anything", "pixels", "pixels of a JPEG"),
        *("a side", "pixels and sides"),
    ],
)
def test_a_limit_is_that_of_the_type(
    upload: Write, make: Callable[[], bytes], code: str, limit: int
) -> None:
    with pytest.raises(Refused) as caught:
        inspect(upload(make()))

    assert (caught.value.code, caught.value.limit) == (code, limit)


def test_photographs_of_todays_phones_are_within_the_limits(upload: Write) -> None:
    for width, height in ((8_000, 8_000), (8_064, 6_048), (8_160, 6_120), (12_000, 4_000)):
        assert inspect(upload(hostile.claimed_jpeg(width, height))).width == width


def test_a_bomb_is_refused_at_the_cost_of_its_header(upload: Write) -> None:
    path = upload(hostile.png_bomb())
    assert path.stat().st_size < 300_000
    before = psutil.Process().memory_info().rss

    assert refusal(lambda: inspect(path)) == "too_many_pixels"

    assert psutil.Process().memory_info().rss - before < 5 * 1024 * 1024


def _as_large_as_allowed() -> dict[str, bytes]:
    size, jpeg_size = limits.IMAGE_BYTES, limits.JPEG_BYTES
    photo = hostile.encoded(hostile.picture(), "JPEG")
    scan = photo[: photo.index(b"\xff\xda") + 60]
    webp = b"RIFF" + struct.pack("<I", size - 8) + b"WEBP"
    gif = hostile.encoded(hostile.picture(), "GIF")[:-1]
    padding = b"\x21\xfe" + b"\xff" + b"x" * 255
    return {
        "jpeg": photo.ljust(jpeg_size, b"\0"),
        "jpeg without end": (scan + b"\x12\xff\x00\x34" * (jpeg_size // 4))[:jpeg_size],
        "jpeg of fill bytes": b"\xff\xd8".ljust(jpeg_size, b"\xff"),
        "jpeg of segments": (b"\xff\xd8" + b"\xff\xe1\0\2" * (jpeg_size // 4))[:jpeg_size],
        "png of empty chunks": hostile.encoded(hostile.picture(), "PNG")[:33]
        + hostile.chunk(b"IDAT") * (size // 12 - 10),
        "webp of empty chunks": (webp + b"XXXX\0\0\0\0" * (size // 8))[:size],
        "gif": gif + (padding + b"\0") * (size // 259 - 20) + b";",
        "gif of tiny blocks": gif + b"\x21\xfe" + b"\1x" * (size // 2 - 900) + b"\0;",
        "avif of boxes": (b"\0\0\0\x0cftypavif" + b"\0\0\0\x08free" * (size // 8))[:size],
    }


def test_the_largest_files_cost_no_more_than_a_moment(upload: Write) -> None:
    """About 50 ms where a million steps take 30."""
    for name, data in _as_large_as_allowed().items():
        assert pace.cost(partial(_answered, upload(data))) < 1.7, name


def test_a_bomb_is_refused_for_a_moments_cost(upload: Write) -> None:
    path = upload(hostile.png_bomb())
    assert pace.cost(lambda: refusal(lambda: inspect(path))) < 1.7


def _answered(path: Path) -> None:
    try:
        inspect(path)
    except Refused as refusal:
        assert refusal.code == "unreadable"


def test_no_garbled_header_gets_anything_but_an_answer(upload: Write) -> None:
    for format in FORMATS:
        data = hostile.encoded(hostile.picture(), format)
        for at in range(min(len(data), 400)):
            garbled = bytearray(data)
            garbled[at] ^= 0xFF
            try:
                inspect(upload(bytes(garbled)))
            except Refused as refusal:
                assert refusal.code in CODES
