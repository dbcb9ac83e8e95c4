"""Fingers on the screen of a test's browser."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.sync_api import Page


class Hand:
    """Fingers on a screen, as it reports them."""

    def __init__(self, page: Page) -> None:
        self._session = page.context.new_cdp_session(page)

    def touch(self, kind: str, *points: tuple[float, float]) -> None:
        touches = [{"x": x, "y": y, "id": number} for number, (x, y) in enumerate(points)]
        self._session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": touches})

    def pinch(self, x: float, y: float, *, apart: tuple[float, float]) -> None:
        """Two fingers around a point, from one distance to another."""
        first, last = apart
        spread = [first + (last - first) * step / 10 for step in range(11)]
        self.touch("touchStart", (x - first / 2, y), (x + first / 2, y))
        for wide in spread[1:]:
            self.touch("touchMove", (x - wide / 2, y), (x + wide / 2, y))
        self.touch("touchEnd")

    def drag(self, x: float, y: float, *, by: tuple[float, float]) -> None:
        self.touch("touchStart", (x, y))
        for step in range(1, 11):
            self.touch("touchMove", (x + by[0] * step / 10, y + by[1] * step / 10))
        self.touch("touchEnd")

    def hold(self, x: float, y: float) -> None:
        """Until `let_go`."""
        self.touch("touchStart", (x, y))

    def let_go(self) -> None:
        self.touch("touchEnd")

    def tap(self, x: float, y: float) -> None:
        self.touch("touchStart", (x, y))
        self.touch("touchEnd")
