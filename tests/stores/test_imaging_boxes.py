"""The boxes of a HEIC or AVIF file say what it is, and how large, without decoding it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image

from pigeon.stores import imaging
from pigeon.stores.imaging import Refused, inspect
from pigeon.stores.imaging_render import render
from tests.stores import heif, hostile
from tests.stores.renditions import refusal
from tests.stores.test_imaging_headers import CODES

Write = Callable[[bytes], Path]
UPRIGHT = heif.coded("quadrants.heic")
CORNERS = ((12, 8), (84, 8), (12, 56), (84, 56))
"""Of a picture of 96 × 64, inside its quadrants."""


def _largest(rendered: imaging.Rendered) -> Image.Image:
    files = [file for file in rendered.files if file.kind.startswith("w")]
    with Image.open(files[-1].path) as image:
        return image.convert("RGB")


def _near(seen: object, wanted: tuple[int, ...], tolerance: int = 25) -> bool:
    assert isinstance(seen, tuple)
    return all(abs(a - b) <= tolerance for a, b in zip(seen, wanted, strict=True))


def _is_upright(image: Image.Image) -> bool:
    return image.size == (96, 64) and all(
        _near(image.getpixel(corner), color)
        for corner, color in zip(CORNERS, hostile.QUADRANTS, strict=True)
    )


def _one(*properties: heif.Property, source: heif.Coded = UPRIGHT, **options: object) -> bytes:
    return heif.file([heif.picture(source, *properties)], **options)  # type: ignore[arg-type]


@pytest.mark.parametrize("brand", [b"heic", b"heix", b"heim", b"heis", b"hevc", b"mif1", b"msf1"])
def test_the_type_comes_from_the_content(upload: Write, out: Path, brand: bytes) -> None:
    path = upload(_one(brands=(brand, b"mif1")))

    seen = inspect(path)

    assert (seen.format, seen.width, seen.height, seen.frames) == ("HEIC", 96, 64, 1)
    assert _is_upright(_largest(render(path, out)))


def test_a_container_of_other_pictures_is_not_ours(upload: Write) -> None:
    still = heif.picture(UPRIGHT)
    still.kind = b"jpeg"

    assert refusal(lambda: inspect(upload(heif.file([still], brands=(b"mif1", b"mif1"))))) == (
        "bad_format"
    )


def test_avif_stays_avif_whatever_its_first_brand(upload: Write, out: Path) -> None:
    data = hostile.encoded(hostile.picture(), "AVIF", quality=95)
    assert data[8:12] == b"avif"
    path = upload(data[:8] + b"mif1" + data[12:])

    assert inspect(path).format == "AVIF"
    assert _near(_largest(render(path, out)).getpixel((10, 8)), hostile.QUADRANTS[0])


def test_of_a_burst_the_chosen_picture_counts(upload: Write, out: Path) -> None:
    """Not the first; and not the small picture beside it, which may be another's."""
    decoy = heif.picture(heif.coded("even.heic"))
    thumbnail = heif.picture(heif.coded("even.heic"))
    thumbnail.refers = [(b"thmb", [2])]
    path = upload(heif.file([decoy, heif.picture(UPRIGHT), decoy, thumbnail], primary=2))

    assert inspect(path).width == 96
    assert _is_upright(_largest(render(path, out)))


@pytest.mark.parametrize("part", [0.1, 0.4, 0.6, 0.99])
def test_a_cut_file_is_seen_without_decoding(upload: Write, part: float) -> None:
    data = heif.file([heif.picture(heif.coded("grain.heic"))])

    assert refusal(lambda: inspect(upload(hostile.truncated(data, part)))) == "unreadable"


def test_what_stands_behind_the_pixels_is_no_reason(upload: Write) -> None:
    """Phones append notes of their own that are no boxes."""
    assert inspect(upload(_one(behind=b"\0\0\0\x20sefdSEFT"))).width == 96
    avif = hostile.encoded(hostile.picture(), "AVIF") + b"\xff\x00trailing"
    assert inspect(upload(avif)).width == 60


def test_limits_are_those_of_other_types(upload: Write) -> None:
    for data, code, limit in (
        (_one().ljust(15_728_641, b"\0"), "too_large", 15_728_640),
        (_large(10, 16_000, 2_000), "too_many_pixels", 25_000_000),
    ):
        with pytest.raises(Refused) as caught:
            inspect(upload(data))
        assert (caught.value.code, caught.value.limit) == (code, limit)


def _large(tiles: int, width: int, height: int) -> bytes:
    items = heif.grid(UPRIGHT, tiles, 1)
    items[-1].properties[0] = heif.size(width, height)
    return heif.file(items, primary=len(items))


def test_no_garbled_header_gets_anything_but_an_answer(upload: Write) -> None:
    data = heif.file([heif.picture(UPRIGHT, heif.turn(1), heif.clean_aperture(60, 60))])
    for at in range(len(data)):
        garbled = bytearray(data)
        garbled[at] ^= 0xFF
        try:
            inspect(upload(bytes(garbled)))
        except Refused as refusal:
            assert refusal.code in CODES
