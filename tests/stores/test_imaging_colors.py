"""Colours by number, by gamma and by profile; what cannot be meant is passed over."""

from __future__ import annotations

import struct

import pytest
from PIL import Image

from pigeon.stores.imaging_colors import Cicp, Coding, shown, to_srgb
from pigeon.stores.imaging_curves import PRIMARIES, SRGB, between, inverse, times, to_d50, to_xyz
from tests.stores import hostile
from tests.stores.renditions import is_near


def _of(color: tuple[int, ...], coding: Coding, mode: str = "RGB") -> tuple[int, ...]:
    found = to_srgb(Image.new(mode, (4, 4), color), coding).getpixel((1, 1))
    assert isinstance(found, tuple)
    return found


@pytest.mark.parametrize("color", [(200, 100, 100), (90, 160, 120), (255, 255, 255), (0, 0, 0)])
def test_display_p3_by_number_is_as_by_profile(color: tuple[int, ...]) -> None:
    by_profile = _of(color, Coding(icc=hostile.display_p3()))

    assert is_near(_of(color, Coding(cicp=Cicp(12, SRGB))), by_profile, 1)


@pytest.mark.parametrize("number", PRIMARIES)
def test_white_stays_white(number: int) -> None:
    white = _of((255, 255, 255), Coding(cicp=Cicp(number, SRGB)))

    assert is_near(white, (255, 255, 255), 1)


def test_srgb_by_any_name_is_left_alone() -> None:
    color = (13, 130, 201)
    for coding in (Coding(), Coding(cicp=Cicp(1, SRGB)), Coding(exponent=2.2)):
        assert _of(color, coding) == color


def test_gamma_is_a_power() -> None:
    assert is_near(_of((128, 64, 32), Coding(exponent=1.0)), (188, 137, 99), 1)
    assert _of((255, 0, 0), Coding(exponent=1.0)) == (255, 0, 0)


@pytest.mark.parametrize("exponent", [1e-5, 0.05, 20.0, 100_000.0])
def test_an_absurd_gamma_is_an_image_all_the_same(exponent: float) -> None:
    assert len(_of((128, 64, 32), Coding(exponent=exponent))) == 3


@pytest.mark.parametrize(
    "chroma", [(0.0,) * 8, (0.3,) * 8, (0.3127, 0.329, *[0.1] * 6), (9e4,) * 8]
)
def test_primaries_that_enclose_nothing_are_passed_over(chroma: tuple[float, ...]) -> None:
    coding = Coding(exponent=1.0, chroma=chroma)

    assert _of((128, 64, 32), coding) == (128, 64, 32)


def test_a_profile_may_carry_the_numbers_of_a_brighter_picture() -> None:
    profile = with_numbers(hostile.display_p3(), 9, 16)

    assert _of((128, 64, 32), Coding(icc=profile)) == _of((128, 64, 32), Coding(cicp=Cicp(9, 16)))


@pytest.mark.parametrize("cut", range(0, 480, 17))
def test_half_a_profile_is_passed_over(cut: int) -> None:
    assert len(_of((128, 64, 32), Coding(icc=hostile.display_p3()[:cut]))) == 3


def with_numbers(profile: bytes, primaries: int, transfer: int) -> bytes:
    """The profile with a tag of ITU-T H.273 behind its others."""
    (count,) = struct.unpack_from(">I", profile, 128)
    table, content = profile[132 : 132 + 12 * count], profile[132 + 12 * count :]
    moved = b"".join(
        table[at : at + 4] + struct.pack(">II", start + 12, length)
        for at in range(0, len(table), 12)
        for start, length in [struct.unpack_from(">II", table, at + 4)]
    )
    entry = b"cicp" + struct.pack(">II", 132 + len(moved) + 12 + len(content), 12)
    tag = b"cicp" + bytes(4) + bytes((primaries, transfer, 0, 1))
    head = profile[:128] + struct.pack(">I", count + 1)
    found = head + moved + entry + content + tag
    return struct.pack(">I", len(found)) + found[4:]


def test_what_films_call_their_curves_is_that_of_screens() -> None:
    assert shown(1, 1) == shown(2, 2) == shown(0, 6) == Cicp(1, SRGB)
    assert shown(12, 14) == Cicp(12, SRGB)
    assert shown(9, 16) == Cicp(9, 16)
    assert shown(77, 200) == Cicp(1, SRGB)


def test_four_inks_have_neither_numbers_nor_gamma() -> None:
    assert _of((0, 0, 0, 0), Coding(exponent=1.0), "CMYK") == (255, 255, 255)


def test_the_matrices_are_those_of_the_books() -> None:
    """sRGB to XYZ, and its red in the profile connection space (ICC)."""
    red = to_xyz(PRIMARIES[1])[0]
    assert [round(part, 4) for part in red] == [0.4124, 0.2126, 0.0193]
    assert [round(part, 3) for part in to_d50(PRIMARIES[1])[0]] == [0.436, 0.222, 0.014]
    there = between(PRIMARIES[12], PRIMARIES[9])
    back = inverse(there)
    assert [round(part, 6) for part in times(back, times(there, (0.2, 0.5, 0.9)))] == [
        0.2,
        0.5,
        0.9,
    ]
