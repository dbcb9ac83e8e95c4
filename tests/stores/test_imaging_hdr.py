"""Pictures brighter than white: the rule of decision 0190."""

from __future__ import annotations

import pytest
from PIL import Image

from pigeon.stores import imaging_hdr
from pigeon.stores.imaging_curves import HLG, PQ, PRIMARIES
from pigeon.stores.imaging_hdr import BRIGHTEST, bent, table
from tests.harness import pace


def _shown(value: int, transfer: int) -> int:
    image = Image.new("RGB", (4, 4), (value, value, value))
    red, green, blue = image.filter(table(PRIMARIES[9], transfer)).getpixel((1, 1))  # type: ignore[misc]
    assert max(red, green, blue) - min(red, green, blue) <= 1
    return int(red)


def test_the_bend_goes_on_where_the_straight_part_ends() -> None:
    assert bent(0.5) == 0.25
    assert bent(1) == pytest.approx(0.5)
    assert bent(1.001) - bent(1) == pytest.approx(0.0005, rel=0.05)
    assert bent(BRIGHTEST) == 1 == bent(50)
    steps = [bent(n / 100) for n in range(600)]
    assert steps == sorted(steps)


@pytest.mark.parametrize(
    ("value", "seen"), [(0, 0), (51, 18), (102, 80), (136, 153), (153, 200), (187, 250), (255, 255)]
)
def test_greys_of_pq_are_as_chromium_156_shows_them(value: int, seen: int) -> None:
    assert abs(_shown(value, PQ) - seen) <= 2


@pytest.mark.parametrize(
    ("value", "seen"), [(0, 0), (51, 31), (102, 76), (153, 126), (204, 207), (238, 241), (255, 255)]
)
def test_greys_of_hlg_are_as_chromium_156_shows_them(value: int, seen: int) -> None:
    assert abs(_shown(value, HLG) - seen) <= 2


def test_a_table_is_made_once_and_costs_little() -> None:
    assert table(PRIMARIES[12], PQ) is table(PRIMARIES[12], PQ)
    assert pace.cost(lambda: imaging_hdr.table.__wrapped__(PRIMARIES[9], HLG)) < 80
