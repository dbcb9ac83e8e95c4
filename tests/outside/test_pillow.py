"""Pillow 13.0.0 (libjpeg-turbo 3.2.0, libwebp 1.6.0, LittleCMS 2.19): why files are mended for it.

Expected: what a browser shows is read, and what is not told is not lost. Seen, one test each; the
source is Pillow's `PngImagePlugin`, `JpegImagePlugin`, `WebPImagePlugin` and `GifImagePlugin`.
"""

from __future__ import annotations

import io
import struct
import zlib

import PIL
import pytest
from PIL import Image, ImageCms, ImageFilter, UnidentifiedImageError, features

from tests.stores import hostile, kinds
from tests.stores.hostile import chunk, encoded, png


def _open(data: bytes) -> Image.Image:
    image = Image.open(io.BytesIO(data))
    image.load()
    return image


def test_these_are_the_versions() -> None:
    assert PIL.__version__ == "13.0.0"
    assert features.version("littlecms2") == "2.19"
    assert features.version("webp") == "1.6.0"
    assert features.version("libjpeg_turbo") == "3.2.0"


@pytest.mark.parametrize(
    "bad",
    [
        kinds.wrong(chunk(b"tEXt", b"a\0b")),
        kinds.wrong(chunk(b"pHYs", bytes(9))),
        chunk(b"zTXt", b"a\0\0" + zlib.compress(bytes(2_000_000))),
        chunk(b"iCCP", b"a\0\0" + zlib.compress(bytes(2_000_000))),
        chunk(b"t\0xt", b"a"),
    ],
)
def test_a_png_is_refused_for_a_chunk_nobody_sees(bad: bytes) -> None:
    with pytest.raises((ValueError, SyntaxError, UnidentifiedImageError)):
        _open(kinds.with_chunks(hostile.picture(), bad))


def test_the_checksum_of_pixels_is_not_looked_at() -> None:
    data = bytearray(encoded(hostile.picture(), "PNG"))
    at = data.index(b"IDAT")
    (length,) = struct.unpack_from(">I", data, at - 4)
    data[at + 4 + length] ^= 1

    assert _open(bytes(data)).size == (60, 40)


def test_a_key_of_sixteen_bits_is_compared_with_eight() -> None:
    """So that no pixel has it; the key of two bits is not widened either."""
    row = b"\0" + b"\x12\x34" * 3 * 8
    header = struct.pack(">IIBBBBB", 8, 8, 16, 2, 0, 0, 0)
    pixels = chunk(b"IDAT", zlib.compress(row * 8))
    deep = png(chunk(b"IHDR", header), chunk(b"tRNS", b"\x12\x34" * 3), pixels, chunk(b"IEND"))
    assert _open(deep).info["transparency"] == (0x1234,) * 3
    assert _open(kinds.raw_png(0, 2, trns=b"\0\3")).info["transparency"] == 3


def test_the_lower_bytes_of_sixteen_bits_can_be_had() -> None:
    """Where the unpacker is told that they stand the other way."""
    row = b"\0" + b"\x12\x34" * 3 * 8
    header = struct.pack(">IIBBBBB", 8, 8, 16, 2, 0, 0, 0)
    pixels = chunk(b"IDAT", zlib.compress(row * 8))
    image = Image.open(io.BytesIO(png(chunk(b"IHDR", header), pixels, chunk(b"IEND"))))
    image.tile = [tile._replace(args="RGB;16L") for tile in image.tile]  # type: ignore[attr-defined]

    assert image.getpixel((1, 1)) == (0x34,) * 3


def test_a_first_frame_that_is_not_the_still_picture_is_not_shown_first() -> None:
    other = [Image.new("RGB", (60, 40), color) for color in ("blue", "lime")]
    red = Image.new("RGB", (60, 40), "red")
    data = encoded(red, "PNG", save_all=True, default_image=True, append_images=other)

    assert _open(data).convert("RGB").getpixel((5, 5)) == (255, 0, 0)


def test_a_profile_behind_the_frames_header_is_not_found() -> None:
    data = encoded(hostile.picture(), "JPEG")
    profile = b"ICC_PROFILE\0\1\1" + hostile.display_p3()
    segment = b"\xff\xe2" + struct.pack(">H", len(profile) + 2) + profile
    at = data.index(b"\xff\xda")

    assert _open(data[:at] + segment + data[at:]).info.get("icc_profile") is None


def test_a_jpeg_cut_and_ended_is_whole_for_it() -> None:
    data = encoded(hostile.picture(600, 400), "JPEG")

    assert _open(data[: len(data) // 2] + b"\xff\xd9").size == (600, 400)
    with pytest.raises(OSError, match="truncated"):
        _open(data[:-2])


def test_a_busy_picture_cannot_be_saved_with_better_tables() -> None:
    """An error without a number, as a full disk would not have; the room is a byte a pixel."""
    image = Image.merge("RGB", [Image.effect_noise((400, 300), 200) for _ in range(3)])
    for options in ({"optimize": True}, {"progressive": True}):
        with pytest.raises(OSError, match="broken data stream") as caught:
            encoded(image, "JPEG", quality=82, subsampling=0, **options)
        assert caught.value.errno is None
    assert len(encoded(image, "JPEG", quality=82, subsampling=0)) > 400 * 300


def test_a_webp_of_a_wrong_length_is_refused() -> None:
    data = encoded(hostile.picture(), "WEBP")
    (length,) = struct.unpack_from("<I", data, 4)
    for wrong in (length - 2, length + 2):
        with pytest.raises((UnidentifiedImageError, OSError, RuntimeError)):
            _open(data[:4] + struct.pack("<I", wrong) + data[8:])


def test_around_a_small_first_frame_is_a_colour_of_the_palette() -> None:
    path = kinds.CASES / "12_gif_first_frame_smaller_than_screen.gif"

    assert _open(path.read_bytes()).convert("RGB").getpixel((1, 1)) != (255, 255, 255)


def test_a_profile_of_another_space_is_an_error_or_nothing() -> None:
    grey = ImageCms.ImageCmsProfile(io.BytesIO(hostile.display_p3()))
    target = ImageCms.createProfile("sRGB")
    with pytest.raises(ImageCms.PyCMSError):
        ImageCms.profileToProfile(Image.new("L", (4, 4)), grey, target, outputMode="RGB")


def test_a_table_of_colours_is_exact_at_its_nodes_alone() -> None:
    table = ImageFilter.Color3DLUT.generate(5, lambda r, g, b: (r * r, g * g, b * b))
    image = Image.new("RGB", (2, 1))
    image.putdata([(0, 0, 0), (32, 32, 32)])
    found = image.filter(table)

    assert found.getpixel((0, 0)) == (0, 0, 0)
    assert found.getpixel((1, 0)) != (4, 4, 4)
