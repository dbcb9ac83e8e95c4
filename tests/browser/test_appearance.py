"""Theme and language: chosen once, there before the first paint, for members and for visitors."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.factories import Person

pytestmark = pytest.mark.browser
DARK, LIGHT = "rgb(18, 20, 23)", "rgb(255, 255, 255)"


def see_ground(page: Page, colour: str) -> None:
    expect(page.locator("body")).to_have_css("background-color", colour)


def test_dark_from_the_menu_at_once_and_for_good(
    as_person: Callable[..., Page], ann: Person
) -> None:
    page = as_person(ann)
    see_ground(page, LIGHT)
    page.locator(".nav-menu > summary").click()
    with page.expect_response("**/settings/appearance"):
        page.get_by_role("button", name="Dark", exact=True).click()
    see_ground(page, DARK)
    assert 'data-theme="dark"' in page.request.get("/").text()
    page.reload()
    see_ground(page, DARK)
    expect(page.locator('meta[name="color-scheme"]')).to_have_attribute("content", "dark")


def test_without_motion_everything_changes_in_the_same_moment(
    as_person: Callable[..., Page], ann: Person
) -> None:
    """A transition of everything, however short, arrives a frame later at each level."""
    page = as_person(ann, reduced_motion="reduce")
    page.goto("/settings/profile")
    page.locator("footer, .form").first.wait_for()
    late = page.evaluate("""() => {
      const seen = [...document.querySelectorAll("main *, nav *")];
      seen.forEach((one) => getComputedStyle(one).color);
      document.documentElement.dataset.theme = "dark";
      const colours = seen.map((one) => getComputedStyle(one).color);
      return new Promise((resolve) => setTimeout(() => resolve(
        seen.filter((one, i) => getComputedStyle(one).color !== colours[i]).length), 500));
    }""")
    assert late == 0


def test_the_theme_follows_the_device_until_it_is_chosen(as_person: Callable[..., Page]) -> None:
    page = as_person(color_scheme="dark")
    page.goto("/")
    see_ground(page, DARK)
    with page.expect_response("**/appearance"):  # with it comes the cookie
        page.get_by_role("button", name="Light", exact=True).click()
        see_ground(page, LIGHT)
    page.goto("/signup")
    see_ground(page, LIGHT)


def test_the_language_of_a_visitor(as_person: Callable[..., Page]) -> None:
    page = as_person()
    page.goto("/login")
    page.get_by_role("heading", name="Welcome back").wait_for()
    page.get_by_role("button", name="한국어").click()
    page.get_by_role("heading", name="다시 만나 반가워요").wait_for()
    expect(page).to_have_url(re.compile(r"/login$"))
    expect(page.locator("html")).to_have_attribute("lang", "ko")


def test_a_browser_that_speaks_korean_is_answered_in_korean(as_person: Callable[..., Page]) -> None:
    page = as_person(locale="ko-KR")
    page.goto("/")
    page.get_by_role("button", name="로그인").wait_for()


def test_the_language_of_a_member(as_person: Callable[..., Page], ann: Person) -> None:
    page = as_person(ann)
    page.goto("/settings/appearance")
    page.get_by_label("한국어").check()
    page.get_by_role("radio", name="Dark").check()
    page.get_by_role("button", name="Save").click()
    page.get_by_role("heading", name="화면").wait_for()
    expect(page.locator("html")).to_have_attribute("lang", "ko")
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    page.goto("/")
    page.get_by_role("link", name="만들기").wait_for()
