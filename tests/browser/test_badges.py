"""Badges of the navigation: every number on one line, whole, at every width."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.factories import Person

pytestmark = pytest.mark.browser
MEASURE = """async (count) => {
  const { showUnseen } = await import("/static/js/ui/badges.js");
  showUnseen(count); // measured at once, before the site says how many there are in truth
  const badge = document.querySelector("[data-badge]");
  const words = document.createRange();
  words.selectNodeContents(badge);
  const lines = new Set([...words.getClientRects()].map((box) => box.top));
  const inner = words.getBoundingClientRect();
  const box = badge.getBoundingClientRect();
  return {
    text: badge.textContent,
    lines: lines.size,
    isInside: inner.left >= box.left && inner.right <= box.right && inner.bottom <= box.bottom + 1,
    isSeen: box.left >= 0 && box.right <= innerWidth && box.top >= 0 && box.bottom <= innerHeight,
  };
}"""


@pytest.mark.parametrize("width", [320, 390, 820, 1440])
def test_a_badge_shows_its_whole_number(
    as_person: Callable[..., Page], ann: Person, width: int
) -> None:
    page = as_person(ann, viewport={"width": width, "height": 844})
    for count, text in ((9, "9"), (12, "12"), (50, "50"), (99, "99"), (120, "99+")):
        found = page.evaluate(MEASURE, count)
        assert found == {"text": text, "lines": 1, "isInside": True, "isSeen": True}
