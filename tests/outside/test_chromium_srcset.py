"""Chromium 156: of a `srcset` it takes no file that is narrower than the place by a single pixel.

Expected: the nearest file. "The user agent chooses" (HTML, 4.8.4.3.8), and older releases took the
geometric mean of two neighbours as their border. Seen: a place of 412 px at a density of 1.75
needs 721 pixels, and instead of a file of 720 the next larger one is fetched, 2.2 times as many
pixels; with 2.625, the next common density, 1,082 instead of 1,080, 3.6 times as many. `sizes` of
one pixel less takes the fitting file (`full_width` in templates/_ui/posts.html).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Route

pytestmark = pytest.mark.browser

HEAD = '<meta name="viewport" content="width=device-width">'
WIDTHS = (320, 640, 720, 1080, 2048)
SEEN = {
    (412, 1.75, "100vw"): 1080,
    (412, 1.75, "calc(100vw - 1px)"): 720,
    (412, 2.625, "100vw"): 2048,
    (412, 2.625, "calc(100vw - 1px)"): 1080,
}


@pytest.mark.parametrize(("case", "taken"), SEEN.items(), ids=map(str, SEEN))
def test_a_pixel_less_is_not_enough(
    browser: Browser, case: tuple[int, float, str], taken: int
) -> None:
    width, density, sizes = case
    srcset = ", ".join(f"/{wide} {wide}w" for wide in WIDTHS)
    page = browser.new_page(viewport={"width": width, "height": 900}, device_scale_factor=density)
    asked: list[str] = []

    def answer(route: Route) -> None:
        if route.request.resource_type == "image":
            asked.append(route.request.url.rpartition("/")[2])
            return route.abort()
        markup = f'<img srcset="{srcset}" sizes="{sizes}">'
        return route.fulfill(content_type="text/html", body=HEAD + markup)

    page.route("http://site.test/**", answer)
    page.goto("http://site.test/page")
    page.close()
    assert asked == [str(taken)]
