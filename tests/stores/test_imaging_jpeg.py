"""JPEG: stray bytes between its segments, profiles and turns wherever they stand, missing ends."""

from __future__ import annotations

import struct
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest
from PIL import Image

from pigeon.domain import limits
from pigeon.stores import imaging, imaging_headers
from pigeon.stores.imaging import Refused, inspect
from pigeon.stores.imaging_render import render
from tests.harness import pace
from tests.stores import hostile, kinds
from tests.stores.hostile import encoded
from tests.stores.renditions import is_near, opened, refusal

Write = Callable[[bytes], Path]


def _segments(data: bytes) -> list[bytes]:
    """What stands before the scan, and the rest."""
    found, at = [data[:2]], 2
    while True:
        (length,) = struct.unpack_from(">H", data, at + 2)
        if data[at + 1] == 0xDA:
            return [*found, data[at:]]
        found.append(data[at : at + 2 + length])
        at += 2 + length


def _with_stray(data: bytes, stray: bytes) -> bytes:
    """Between all of its segments, the first two aside: by them it is known as a JPEG."""
    first, *others = _segments(data)
    return first + stray.join(others)


@pytest.mark.parametrize("stray", [b"\0", b"stray", b"\xff\0", b"\xff\xff\xff", b"\xff\xd0"])
@pytest.mark.parametrize("mode", ["RGB", "L", "CMYK"])
def test_stray_bytes_are_passed_over(upload: Write, out: Path, mode: str, stray: bytes) -> None:
    data = encoded(hostile.picture(mode=mode), "JPEG", quality=95)
    wanted = opened(render(upload(data), out), "w60")

    image = opened(render(upload(_with_stray(data, stray)), out), "w60")

    assert image.tobytes() == wanted.tobytes()


def test_stray_bytes_are_bounded_and_cost_little(upload: Write) -> None:
    data = encoded(hostile.picture(), "JPEG")
    some = upload(_with_stray(data, b"\xff\0" * 30_000))
    assert inspect(some).width == 60
    assert pace.cost(partial(inspect, some)) < 1.7
    for stray in (b"\xff\0", b"\0", b"\xff\xd0", b"\xff"):
        many = upload(_with_stray(data, stray * (limits.JPEG_BYTES // 24)))
        assert refusal(partial(inspect, many)) == "unreadable"
        assert pace.cost(partial(refusal, partial(inspect, many))) < 1.7


@pytest.mark.parametrize("after", [b"\0\0", b"\0\xff", b"\0\x01"])
def test_a_turn_counts_behind_any_byte(upload: Write, after: bytes) -> None:
    data = hostile.oriented("JPEG", 6).replace(b"Exif\0\0", b"Exif" + after)

    assert inspect(upload(data)).orientation == 6


def test_a_profile_behind_the_frames_header_counts(upload: Write, out: Path) -> None:
    """And one that is cut into pieces that stand in another order."""
    image = Image.new("RGB", (60, 40), (200, 100, 100))
    first, *others = _segments(encoded(image, "JPEG", quality=95))
    profile = hostile.display_p3()
    parts = [profile[:200], profile[200:300], profile[300:]]
    pieces = [b"ICC_PROFILE\0" + bytes((n, 3)) + part for n, part in enumerate(parts, 1)]
    segments = [b"\xff\xe2" + struct.pack(">H", len(one) + 2) + one for one in pieces]
    data = first + b"".join([*others[:-1], *reversed(segments), others[-1]])

    assert is_near(opened(render(upload(data), out), "w60").getpixel((9, 9)), (215, 94, 96), 4)

    some = first + b"".join([*others[:-1], *segments[:2], others[-1]])
    assert is_near(opened(render(upload(some), out), "w60").getpixel((9, 9)), (200, 100, 100), 4)


ENDLESS = {
    "baseline": {},
    "progressive": {"progressive": True},
    "whole colours": {"subsampling": 0, "progressive": True},
    "counted off": {"restart_marker_rows": 1},
    "counted off by blocks": {"restart_marker_blocks": 3},
}


@pytest.mark.parametrize("options", ENDLESS.values(), ids=ENDLESS)
def test_without_an_end_mark_all_of_it_is_taken_and_less_is_not(
    upload: Write, out: Path, options: dict[str, int]
) -> None:
    """What the last bits of a refinement change is less than a step of 255."""
    image = Image.effect_noise((320, 240), 80).convert("RGB")
    data = encoded(image, "JPEG", quality=80, **options)
    wanted = opened(render(upload(data), out), "w320")
    whole = upload(data[:-2])

    assert inspect(whole).width == 320
    assert opened(render(whole, out), "w320").tobytes() == wanted.tobytes()
    marks = [at for at in range(len(data) - 3) if data[at] == 0xFF and 0xD0 <= data[at + 1] < 0xD8]
    for end in (*(len(data) - n for n in (20, 21, 60)), len(data) // 2, *marks[-2:], *marks[:2]):
        cut = upload(data[:end])
        assert refusal(partial(inspect, cut)) == "unreadable", end
        assert refusal(partial(render, cut, out)) == "unreadable", end


def test_a_cut_file_is_told_at_the_cost_of_a_child(upload: Write) -> None:
    """Headers alone do not tell: nothing of it is decoded here."""
    path = upload(encoded(hostile.picture(600, 400), "JPEG")[:-2])

    assert not imaging_headers.inspect(path).is_ended
    assert pace.cost(partial(imaging_headers.inspect, path)) < 0.1


def test_the_largest_without_an_end_fits_the_child(upload: Write, out: Path) -> None:
    image = hostile.picture(9_236, 6_928)
    data = encoded(image, "JPEG", progressive=True, subsampling=0, quality=70)

    assert imaging.render_limited(upload(data[:-2]), out).width == 9_236
    assert refusal(lambda: inspect(upload(data[:-200]))) == "unreadable"


def test_twelve_bits_and_lossless_ones_are_not_supported(upload: Write) -> None:
    for data in (
        hostile.twelve_bits(),
        (kinds.CASES / "13_jpeg_12bit_says_damaged.jpg").read_bytes(),
        encoded(hostile.picture(), "JPEG").replace(b"\xff\xc0", b"\xff\xc3", 1),
    ):
        with pytest.raises(Refused) as caught:
            inspect(upload(data))
        assert (caught.value.code, caught.value.limit) == ("unsupported", 8)


@pytest.mark.parametrize(("width", "height"), [(1, 20_000), (2, 20_000), (20_000, 1)])
def test_the_narrowest_pictures_are_taken(
    upload: Write, out: Path, width: int, height: int
) -> None:
    rendered = render(upload(encoded(hostile.picture(width, height), "JPEG")), out)

    assert (rendered.width, rendered.height) == (width, height)
    assert all(file.height <= 16_383 for file in rendered.files)


def test_a_busy_drawing_larger_than_a_byte_a_pixel_is_saved(upload: Write, out: Path) -> None:
    """Pillow's room for better tables is too small then; the file is written without them."""
    image = Image.merge("RGB", [Image.effect_noise((400, 300), 200) for _ in range(3)])

    rendered = render(upload(encoded(image, "PNG")), out)

    (size,) = (file.size for file in rendered.files if file.kind == "jpeg")
    assert size > 400 * 300
