"""From any picture to upright, opaque sRGB; of large ones a fraction, in little memory."""

from __future__ import annotations

import struct
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest
from PIL import Image, ImageDraw

from pigeon.stores import imaging, imaging_decode, imaging_worker
from pigeon.stores.imaging import inspect
from pigeon.stores.imaging_render import render, render_avatar
from tests.stores import hostile
from tests.stores.renditions import is_near, opened, refusal

Write = Callable[[bytes], Path]
LARGEST = (9_236, 6_928)


@cache
def _photograph(mode: str, subsampling: int) -> bytes:
    image = hostile.picture(*LARGEST, mode)
    return hostile.encoded(image, "JPEG", progressive=True, subsampling=subsampling, quality=70)


def _near(seen: object, wanted: tuple[int, ...], tolerance: int = 25) -> bool:
    assert isinstance(seen, tuple)
    return all(abs(a - b) <= tolerance for a, b in zip(seen, wanted, strict=True))


@pytest.mark.parametrize(
    ("mode", "subsampling"), [("RGB", 2), ("RGB", 0), ("CMYK", 0)], ids=["420", "444", "cmyk"]
)
def test_64_megapixels_in_a_child_of_600_mb(
    upload: Write, out: Path, peak_of: Callable[..., int], mode: str, subsampling: int
) -> None:
    """Progressive: all coefficients are in memory at once, at whatever fraction it is decoded."""
    path = upload(_photograph(mode, subsampling))

    assert peak_of(imaging.render_limited, path, out) < 600_000_000


def test_the_limit_itself_keeps_a_child_under_600_mb() -> None:
    assert imaging_worker.MEMORY_BYTES < 550_000_000


@pytest.mark.parametrize("crop", [None, (0.1, 0.1, 0.25), (0.5, 0.5, 0.05)])
def test_an_avatar_from_64_megapixels(
    upload: Write, out: Path, peak_of: Callable[..., int], crop: tuple[float, float, float] | None
) -> None:
    path = upload(_photograph("RGB", 0))

    assert peak_of(imaging.render_avatar_limited, path, out, crop) < 600_000_000


def test_a_baseline_photograph_costs_what_its_fraction_costs(
    upload: Write, out: Path, peak_of: Callable[..., int]
) -> None:
    data = hostile.encoded(hostile.picture(8_064, 6_048), "JPEG", quality=70)
    path = upload(data)

    assert peak_of(imaging.render_limited, path, out) < 200_000_000


def test_an_image_of_a_phone_is_rendered_as_any_other(upload: Write, out: Path) -> None:
    path = upload(hostile.encoded(hostile.picture(8_064, 6_048), "JPEG", quality=70))

    rendered = render(path, out)

    assert (rendered.width, rendered.height) == (8_064, 6_048)
    assert [file.kind for file in rendered.files if file.kind[0] == "w"] == [
        *("w320", "w640", "w720", "w1080", "w2048"),
    ]
    image = opened(rendered, "w2048")
    places = ((30, 30), (2_000, 30), (30, 1_500), (2_000, 1_500))
    for place, color in zip(places, hostile.QUADRANTS, strict=True):
        assert _near(image.getpixel(place), color)


def _marked(orientation: int, mark: tuple[int, int, int, int]) -> bytes:
    """Upright a grey picture of 1,201 × 801 with one red rectangle."""
    image = Image.new("RGB", (1_201, 801), (90, 90, 90))
    image.paste((220, 30, 30), mark)
    if orientation in hostile.TO_STORED:
        image = image.transpose(hostile.TO_STORED[orientation])
    exif = Image.Exif()
    exif[hostile.ORIENTATION] = orientation
    return hostile.encoded(image, "JPEG", exif=exif.tobytes(), quality=95, subsampling=0)


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("part", [0.25, 0.9])
def test_a_crop_is_exact_at_every_fraction_and_turn(
    upload: Write, out: Path, orientation: int, part: float
) -> None:
    """The crop is drawn around the red rectangle: nothing of the ground beside it is seen."""
    side = round(part * 801)
    left, top = 240, 60
    path = upload(_marked(orientation, (left, top, left + side, top + side)))

    rendered = render_avatar(path, out, (left / 1_201, top / 801, part))
    image = opened(rendered, "s256")

    last = image.width - 3
    for place in ((2, 2), (last, 2), (2, last), (last, last)):
        assert _near(image.getpixel(place), (220, 30, 30), 40)


def test_more_than_can_be_held_whole_is_halved(upload: Write) -> None:
    """A deep crop has fewer pixels then; it is still where it was."""
    path = upload(hostile.encoded(hostile.picture(*LARGEST), "JPEG", quality=70))
    assert LARGEST[0] * LARGEST[1] > imaging_decode.WHOLE_PIXELS
    box = (0, 0, 200, 200)

    image = imaging_decode.decode(path, imaging.inspect(path), (200, 200), box)

    assert image.size == (200, 200)
    assert _near(image.getpixel((100, 100)), hostile.QUADRANTS[0])


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("format", ["JPEG", "PNG", "AVIF"])
def test_orientation_is_baked_in(upload: Write, out: Path, format: str, orientation: int) -> None:
    rendered = render(upload(hostile.oriented(format, orientation)), out)
    image = opened(rendered, "w60")

    corners = [(10, 8), (50, 8), (10, 32), (50, 32)]
    for corner, color in zip(corners, hostile.QUADRANTS, strict=True):
        assert is_near(image.getpixel(corner), color, 25)


def test_wide_gamut_becomes_srgb(upload: Write, out: Path) -> None:
    image = Image.new("RGB", (300, 200), (200, 100, 100))
    data = hostile.encoded(image, "PNG", icc_profile=hostile.display_p3())

    pixel = opened(render(upload(data), out), "w300").getpixel((150, 100))

    assert is_near(pixel, (215, 94, 96), 4)


def test_a_broken_profile_is_ignored(upload: Write, out: Path) -> None:
    image = Image.new("RGB", (300, 200), (200, 100, 100))
    data = hostile.encoded(image, "PNG", icc_profile=b"no profile" * 20)

    assert is_near(opened(render(upload(data), out), "w300").getpixel((9, 9)), (200, 100, 100), 4)


def test_a_profile_of_another_colour_space_is_ignored(upload: Write, out: Path) -> None:
    image = Image.new("CMYK", (300, 200), (0, 255, 255, 0))
    data = hostile.encoded(image, "JPEG", icc_profile=hostile.display_p3(), quality=95)

    assert is_near(opened(render(upload(data), out), "w300").getpixel((9, 9)), (255, 0, 0), 9)


def _sixteen_bits() -> Image.Image:
    return Image.frombytes("I;16", (40, 30), struct.pack("<H", 0x80FF) * 1200)


@pytest.mark.parametrize(
    ("image", "format", "wanted"),
    [
        (Image.new("CMYK", (40, 30), (255, 0, 0, 0)), "JPEG", (0, 255, 255)),
        (Image.new("L", (40, 30), 90), "JPEG", (90, 90, 90)),
        (_sixteen_bits(), "PNG", (128, 128, 128)),
        (Image.new("1", (40, 30), 1), "PNG", (255, 255, 255)),
        (Image.new("RGBA", (40, 30), (255, 0, 0, 0)), "PNG", (255, 255, 255)),
        (Image.new("RGBA", (40, 30), (255, 0, 0, 128)), "WEBP", (255, 127, 127)),
        (Image.new("RGBA", (40, 30), (255, 0, 0, 128)), "AVIF", (255, 127, 127)),
        (Image.new("LA", (40, 30), (0, 128)), "PNG", (127, 127, 127)),
    ],
    ids=["cmyk", "grey", "16 bit", "1 bit", "clear", "webp alpha", "avif alpha", "grey alpha"],
)
def test_every_mode_becomes_opaque_srgb(
    upload: Write, out: Path, image: Image.Image, format: str, wanted: tuple[int, int, int]
) -> None:
    rendered = render(upload(hostile.encoded(image, format, quality=95)), out)

    assert is_near(opened(rendered, "w40").getpixel((20, 15)), wanted)
    assert is_near(opened(rendered, "jpeg").getpixel((20, 15)), wanted)
    assert is_near(tuple(bytes.fromhex(rendered.color[1:])), wanted)


@pytest.mark.parametrize("format", ["PNG", "GIF"])
def test_a_transparent_palette_entry_becomes_white(upload: Write, out: Path, format: str) -> None:
    image = Image.new("P", (60, 40), 0)
    image.putpalette([255, 0, 0, 0, 0, 255])
    ImageDraw.Draw(image).rectangle((30, 0, 60, 40), fill=1)

    rendered = render(upload(hostile.encoded(image, format, transparency=0)), out)

    picture = opened(rendered, "w60")
    assert is_near(picture.getpixel((10, 20)), (255, 255, 255))
    assert is_near(picture.getpixel((50, 20)), (0, 0, 255), 20)


def test_only_the_first_of_300_frames_is_decoded(upload: Write, out: Path) -> None:
    rendered = render(upload(hostile.many_frames(300)), out)

    assert is_near(opened(rendered, "w80").getpixel((40, 30)), (0, 0, 0))


@pytest.mark.parametrize("data", [hostile.damaged_png(), hostile.lying_jpeg()])
def test_what_only_decoding_finds(upload: Write, out: Path, data: bytes) -> None:
    path = upload(data)
    inspect(path)

    assert refusal(lambda: render(path, out)) == "unreadable"
