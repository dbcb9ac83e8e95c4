"""Every kind of picture file comes out as the browser shows it; HEIC as its library reads it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PIL import Image

from tests.harness import judged
from tests.stores import hostile, kinds

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = pytest.mark.browser


def test_every_kind_comes_out_as_the_browser_shows_it(browser: Browser) -> None:
    page = browser.new_page()

    found = list(judged.verdicts(page, kinds.kinds(), kinds.with_ends()))

    assert len(found) > 180
    refused = {one.name: one.refusal for one in found if one.refusal}
    assert refused == kinds.REFUSED
    assert [one for one in found if not one.is_right() and one.name not in refused] == []
    assert {one.name for one in found if not one.is_drawn} == set(refused)


def test_a_heic_comes_out_as_its_library_reads_it() -> None:
    found = list(judged.verdicts_of_heic(kinds.HEIC))

    assert len(found) == 3
    assert [one for one in found if not one.is_right()] == []


def test_the_measure_tells_colours_apart() -> None:
    """Pairs of Sharma's published table cannot be said in sRGB; known ones of white to grey can."""
    white, grey = (Image.new("RGB", (2, 2), (n, n, n)) for n in (255, 254))
    red, green = (Image.new("RGB", (2, 2), color) for color in ("#ff0000", "#00ff00"))

    assert judged.mean_difference(white, white) == 0
    assert 0.1 < judged.mean_difference(white, grey) < 0.4
    assert 86 < judged.mean_difference(red, green) < 87
    assert judged.mean_difference(hostile.picture(), hostile.picture().rotate(180)) > 40
