"""All of it by keyboard: skip link, posts, the list of keys, dialogs, and a focus one can see."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.browser.conftest import Cast
    from tests.factories import Person

pytestmark = pytest.mark.browser
FOCUSED = "document.activeElement"
HAS_RING = """() => {
  const style = (element) => getComputedStyle(element);
  const ring = (element) =>
    style(element).outlineStyle !== "none" || style(element).boxShadow !== "none";
  const focused = document.activeElement;
  const around = [focused, focused.parentElement, ...focused.querySelectorAll("*")];
  return focused === document.body || focused.matches("input") || around.some(ring);
}"""


@pytest.fixture
def home(as_person: Callable[..., Page], cast: Cast, ann: Person) -> Page:
    for number in range(3):
        cast.post(ann, caption=f"number {number}")
    return as_person(ann)


def focused_words(page: Page) -> str:
    return str(page.evaluate(f"{FOCUSED}.innerText"))


def test_the_first_stop_skips_to_the_content(home: Page) -> None:
    home.goto("/")
    home.keyboard.press("Tab")
    assert focused_words(home) == "Skip to content"
    expect(home.locator(".skip")).to_be_in_viewport()
    home.keyboard.press("Enter")
    expect(home.locator("#main")).to_be_focused()


def test_every_stop_shows_where_it_is(home: Page) -> None:
    home.goto("/")
    seen = set()
    for _ in range(25):
        home.keyboard.press("Tab")
        assert home.evaluate(HAS_RING), home.evaluate(f"{FOCUSED}.outerHTML")[:200]
        seen.add(home.evaluate(f"{FOCUSED}.outerHTML"))
    assert len(seen) > 12, "no trap"


def test_posts_by_j_and_k_and_enter(home: Page) -> None:
    for key, words in (("j", "number 2"), ("j", "number 1"), ("k", "number 2"), ("j", "number 1")):
        home.keyboard.press(key)
        assert words in focused_words(home)
    home.keyboard.press("Enter")
    home.locator("#post-dialog[open]").get_by_text("number 1").wait_for()


def test_single_keys_lead_to_places(home: Page, ann: Person) -> None:
    home.keyboard.press("g")
    home.keyboard.press("p")
    home.wait_for_url(f"**/u/{ann.username}")
    home.get_by_role("heading", name=ann.username).wait_for()
    home.keyboard.press("n")
    home.wait_for_url("**/create")
    home.get_by_label("Caption").press_sequentially("j? g")
    expect(home.get_by_label("Caption"), "never while typing").to_have_value("j? g")


def test_the_list_of_keys_traps_the_focus_and_gives_it_back(home: Page) -> None:
    home.keyboard.press("j")
    before = focused_words(home)
    home.keyboard.press("?")
    dialog = home.get_by_role("dialog", name="Keyboard shortcuts")
    dialog.wait_for()
    expect(dialog.get_by_text("Next person")).to_have_count(1)
    for _ in range(5):
        home.keyboard.press("Tab")
        assert home.evaluate(f"{FOCUSED} === document.body || {FOCUSED}.closest('dialog') !== null")
    home.keyboard.press("Escape")
    dialog.wait_for(state="detached")
    assert focused_words(home) == before


def test_menus_open_move_and_close(home: Page) -> None:
    menu = home.locator(".post-menu").first
    menu.locator("summary").focus()
    home.keyboard.press("Enter")
    menu.locator(".menu-item").first.wait_for()
    home.keyboard.press("ArrowDown")
    assert focused_words(home).strip() == "Edit"
    home.keyboard.press("Escape")
    expect(menu.locator(".menu-item").first).to_be_hidden()
    expect(menu.locator("summary")).to_be_focused()


def test_page_down_moves_between_posts(home: Page) -> None:
    home.locator("#feed > article").first.focus()
    home.keyboard.press("PageDown")
    assert "number 1" in focused_words(home)
    articles = home.locator("#feed > article")
    expect(articles.first).to_have_attribute("aria-posinset", "1")
    expect(articles.first).to_have_attribute("aria-setsize", "3")
