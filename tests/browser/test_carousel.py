"""Several photos in one post: by mouse, by keyboard, by finger."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

    from tests.browser.conftest import Cast
    from tests.factories import Person

pytestmark = pytest.mark.browser
PHONE = {"width": 390, "height": 844}
ON, OFF = re.compile(r"\bis-on\b"), re.compile(r"^(?!.*\bis-on\b)")


@pytest.fixture
def post(cast: Cast, ann: Person) -> str:
    return f"/p/{cast.post(ann, caption='three', images=3, alt='a window').id}"


def shows(carousel: Locator, number: int) -> None:
    """The n-th photo is there, and only it can be reached."""
    carousel.locator(".carousel-chip", has_text=f"{number}/3").wait_for()
    slides, dots = carousel.locator(".carousel-slide"), carousel.locator(".carousel-dot")
    for n in range(3):
        expect(slides.nth(n)).to_have_js_property("inert", n != number - 1)
    for n in range(3):
        expect(dots.nth(n)).to_have_class(ON if n == number - 1 else OFF)


def test_by_mouse_arrows_stand_where_there_is_a_neighbour(
    as_person: Callable[..., Page], post: str
) -> None:
    page = as_person()
    page.goto(post)
    carousel = page.locator(".carousel")
    expect(carousel).to_have_attribute("aria-label", "Photos, 3")
    second = carousel.locator(".carousel-slide").nth(1)
    expect(second).to_have_attribute("aria-label", "2 of 3: a window")
    carousel.hover()
    back, on = (carousel.get_by_role("button", name=f"{way} photo") for way in ("Previous", "Next"))
    shows(carousel, 1)
    expect(back).to_be_hidden()
    on.click()
    shows(carousel, 2)
    on.click()
    shows(carousel, 3)
    expect(on, "no loop").to_be_hidden()
    back.click()
    shows(carousel, 2)


def test_by_keyboard_from_the_post_that_has_the_focus(
    as_person: Callable[..., Page], cast: Cast, ann: Person, post: str
) -> None:
    page = as_person(ann)
    card = page.locator("#feed > article", has_text="three")
    card.focus()
    for key, number in (("ArrowRight", 2), ("ArrowRight", 3), ("ArrowRight", 3), ("ArrowLeft", 2)):
        page.keyboard.press(key)
        shows(card.locator(".carousel"), number)


def swipe(page: Page, x: float, y: float, *, by: int) -> None:
    """A finger that moves sideways, as the screen reports it."""
    session = page.context.new_cdp_session(page)

    def touch(kind: str, *at: float) -> None:
        points = [{"x": one, "y": y} for one in at]
        session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    touch("touchStart", x)
    for step in range(1, 14):
        touch("touchMove", x + by * step / 13)
    touch("touchEnd")


def test_by_finger_on_a_phone(as_person: Callable[..., Page], post: str) -> None:
    page = as_person(viewport=PHONE, is_mobile=True, has_touch=True)
    page.goto(post)
    carousel = page.locator(".carousel")
    shows(carousel, 1)
    box = carousel.locator(".carousel-track").bounding_box()
    assert box
    middle = box["y"] + box["height"] / 2
    swipe(page, 330, middle, by=-270)
    shows(carousel, 2)
    swipe(page, 60, middle, by=270)
    shows(carousel, 1)


def test_without_scripts_the_photos_scroll(as_person: Callable[..., Page], post: str) -> None:
    page = as_person(java_script_enabled=False)
    page.goto(post)
    slides = page.locator(".carousel-slide")
    slides.nth(2).scroll_into_view_if_needed()
    expect(slides.nth(2).locator(".photo-image")).to_be_visible()
    expect(page.get_by_role("button", name="Next photo")).to_be_hidden()
