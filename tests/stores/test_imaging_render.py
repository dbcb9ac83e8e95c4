"""Renditions: pixels only, never enlarged; avatars are squares."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image, ImageDraw

from pigeon.stores import imaging_render
from pigeon.stores.imaging_render import render, render_avatar
from tests.harness import pace
from tests.stores import hostile, kinds
from tests.stores.renditions import is_near, opened

Write = Callable[[bytes], Path]


def test_renditions_of_a_large_photograph(upload: Write, out: Path) -> None:
    rendered = render(upload(hostile.photograph()), out)

    assert (rendered.width, rendered.height) == (3000, 2000)
    assert [(f.kind, f.width, f.height) for f in rendered.files] == [
        ("w320", 320, 213),
        ("w640", 640, 427),
        ("w720", 720, 480),
        ("w1080", 1080, 720),
        ("w2048", 2048, 1365),
        ("jpeg", 1080, 720),
        ("thumb", 320, 320),
    ]
    for file in rendered.files:
        with Image.open(file.path) as image:
            assert image.size == (file.width, file.height)
            assert image.mode == "RGB"
            assert file.content_type == f"image/{(image.format or '').lower()}"
            assert file.size == file.path.stat().st_size


@pytest.mark.parametrize(
    ("size", "widths"),
    [
        ((1, 1), [1]),
        ((320, 200), [320]),
        ((700, 10), [320, 640, 700]),
        ((2048, 99), [320, 640, 720, 1080, 2048]),
        ((9000, 30), [320, 640, 720, 1080, 2048]),
    ],
)
def test_nothing_is_enlarged(
    upload: Write, out: Path, size: tuple[int, int], widths: list[int]
) -> None:
    rendered = render(upload(hostile.encoded(hostile.picture(*size), "PNG")), out)

    webp = [file for file in rendered.files if file.kind.startswith("w")]
    assert [file.width for file in webp] == widths
    assert all(file.width <= size[0] and file.height <= size[1] for file in rendered.files)


def test_a_very_tall_picture_stays_within_what_webp_can_hold(upload: Write, out: Path) -> None:
    rendered = render(upload(hostile.encoded(Image.new("RGB", (900, 19_000)), "PNG")), out)

    assert max(file.height for file in rendered.files) <= imaging_render.WEBP_SIDE
    assert [file.kind for file in rendered.files] == [
        *("w320", "w640", "w720", "w776"),
        *("jpeg", "thumb"),
    ]


@pytest.mark.parametrize("kind", ["jpeg", "png", "webp", "gif", "avif"])
def test_only_pixels_travel(upload: Write, out: Path, kind: str) -> None:
    source = getattr(hostile, f"telltale_{kind}")()
    assert hostile.CANARY.encode() in source

    rendered = render(upload(source), out)

    for file in rendered.files:
        content = file.path.read_bytes()
        assert hostile.CANARY.encode() not in content
        assert hostile.CANARY.encode("utf-16-le") not in content
        assert hostile.CANARY.encode("utf-16-be") not in content
        for mark in (b"Exif", b"EXIF", b"ICCP", b"ICC_PROFILE", b"XMP ", b"http"):
            assert mark not in content
        with Image.open(file.path) as image:
            assert not image.getexif()
            assert not {"exif", "xmp", "icc_profile", "comment"} & set(image.info)


def test_a_photograph_costs_about_half_a_second_of_one_core(upload: Write, out: Path) -> None:
    """Where a million steps take 30 ms; at best a third of the limit."""
    path = upload(hostile.photograph())
    assert pace.cost(lambda: render(path, out)) < 30


def test_an_avatar_is_the_middle_unless_cropped(upload: Write, out: Path) -> None:
    path = upload(hostile.encoded(hostile.picture(1500, 1000), "JPEG"))

    middle = render_avatar(path, out)
    assert [(f.kind, f.width, f.height) for f in middle.files] == [
        ("s64", 64, 64),
        ("s128", 128, 128),
        ("s256", 256, 256),
        ("s512", 512, 512),
    ]
    assert is_near(opened(middle, "s512").getpixel((500, 500)), hostile.QUADRANTS[3], 25)

    corner = render_avatar(path, out, (0.0, 0.0, 0.5))
    assert [file.width for file in corner.files] == [64, 128, 256, 500]
    assert is_near(opened(corner, "s512").getpixel((490, 490)), hostile.QUADRANTS[0], 25)


@pytest.mark.parametrize("crop", [(0.9, 0.9, 1.0), (-3.0, 2.0, 9.0), (0.5, 0.5, 0.0)])
def test_a_crop_outside_is_moved_in(
    upload: Write, out: Path, crop: tuple[float, float, float]
) -> None:
    rendered = render_avatar(upload(hostile.encoded(hostile.picture(90, 70), "PNG")), out, crop)

    assert all(file.width == file.height <= 70 for file in rendered.files)


def _lettering(width: int, height: int) -> Image.Image:
    """Red on blue: colours that blur where they are halved."""
    image = Image.new("RGB", (width, height), (0, 0, 200))
    draw = ImageDraw.Draw(image)
    for n in range(400):
        draw.text((n % 20 * 50, n // 20 * 30), f"{n} words", fill=(220, 0, 0))
    return image


@pytest.mark.parametrize("format", ["PNG", "GIF"])
def test_lettering_loses_nothing_where_that_is_smaller(
    upload: Write, out: Path, format: str
) -> None:
    image = _lettering(1_000, 640)
    data = hostile.encoded(image, format)

    rendered = render(upload(data), out)

    assert opened(rendered, "w1000").tobytes() == image.tobytes()
    (size,) = (file.size for file in rendered.files if file.kind == "w1000")
    assert size <= len(data)


def test_dithering_does_not_grow(upload: Write, out: Path) -> None:
    path = upload((kinds.CASES / "10_one_bit_dithered_grows.png").read_bytes())

    (size,) = (file.size for file in render(path, out).files if file.kind == "w600")

    assert size <= path.stat().st_size


def test_a_photograph_saved_as_png_is_no_larger_than_one_saved_as_jpeg(
    upload: Write, out: Path
) -> None:
    with Image.open(io.BytesIO(hostile.photograph(1_200, 800))) as image:
        pixels = image.convert("RGB")
    as_png = render(upload(hostile.encoded(pixels, "PNG")), out)
    found = {file.kind: file.size for file in as_png.files if file.kind != "jpeg"}
    as_jpeg = render(upload(hostile.encoded(pixels, "JPEG", quality=98)), out)

    for file in as_jpeg.files:
        if file.kind != "jpeg":
            assert found[file.kind] < 1.1 * file.size


def test_a_drawing_costs_no_more_than_twice_a_photograph(upload: Write, out: Path) -> None:
    with Image.open(io.BytesIO(hostile.photograph(2_000, 1_400))) as image:
        photograph = upload(hostile.encoded(image, "PNG"))
    drawing = out / "drawing"
    drawing.write_bytes(hostile.encoded(_lettering(2_000, 1_400), "PNG"))

    assert pace.ratio(lambda: render(drawing, out), lambda: render(photograph, out)) < 2
