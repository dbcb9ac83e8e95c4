"""A post over the page it was opened from, under its own address."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.harness.children import wait_until

if TYPE_CHECKING:
    from playwright.sync_api import Page, Route

    from tests.browser.conftest import Cast
    from tests.factories import Person, Posted

pytestmark = pytest.mark.browser
POSTS = 6


@pytest.fixture
def posts(cast: Cast, ann: Person) -> list[Posted]:
    """Newest first, as the feed shows them."""
    made = [cast.post(ann, caption=f"number {n}", images=1) for n in range(POSTS)]
    return made[::-1]


def open_third(page: Page, post: Posted) -> int:
    """Scrolls to a post and opens it; how far the page was scrolled."""
    card = page.locator(f"#feed > #post-{post.id}")
    card.scroll_into_view_if_needed()
    scrolled = int(page.evaluate("Math.round(scrollY)"))
    assert scrolled > 0
    card.locator(".post-time").click()
    page.locator("#post-dialog[open] .post-view").wait_for()
    page.wait_for_url(f"**/p/{post.id}")
    return scrolled


@pytest.mark.parametrize("way", ["Escape", "Back", "Close"])
def test_closing_gives_back_the_place_and_the_focus(
    way: str, as_person: Callable[..., Page], ann: Person, posts: list[Posted]
) -> None:
    page = as_person(ann)
    title = page.title()
    scrolled = open_third(page, posts[2])
    expect(page).not_to_have_title(title)
    if way == "Escape":
        page.keyboard.press("Escape")
    elif way == "Back":
        page.go_back()
    else:
        page.locator("#post-dialog").get_by_role("button", name="Close").click()
    page.locator("#post-dialog:not([open])").wait_for(state="attached")
    page.wait_for_url("/")
    page.wait_for_function("scrolled => Math.abs(scrollY - scrolled) <= 1", arg=scrolled)
    expect(page).to_have_title(title)
    expect(page.locator(f"#post-{posts[2].id} .post-time")).to_be_focused()


def test_up_and_down_lead_to_the_neighbours(
    as_person: Callable[..., Page], ann: Person, posts: list[Posted]
) -> None:
    page = as_person(ann)
    open_third(page, posts[2])
    page.keyboard.press("ArrowDown")
    page.wait_for_url(f"**/p/{posts[3].id}")
    dialog = page.locator("#post-dialog")
    dialog.get_by_text("number 2").wait_for()
    dialog.get_by_role("button", name="Previous post").click()
    page.wait_for_url(f"**/p/{posts[2].id}")
    page.reload()
    page.locator(".post-page .post-view").wait_for()


def test_the_focus_stays_in_the_dialog(
    as_person: Callable[..., Page], ann: Person, posts: list[Posted]
) -> None:
    page = as_person(ann)
    open_third(page, posts[2])
    for _ in range(12):
        page.keyboard.press("Tab")
        assert page.evaluate(
            "document.activeElement === document.body"  # the browser's own controls
            " || document.activeElement.closest('#post-dialog') !== null"
        )


def test_from_a_profile_and_on_a_phone(
    as_person: Callable[..., Page], ann: Person, posts: list[Posted]
) -> None:
    page = as_person()
    page.goto(f"/u/{ann.username}")
    page.locator(f"#post-{posts[1].id}").click()
    page.locator("#post-dialog[open]").wait_for()
    page.keyboard.press("Escape")
    page.wait_for_url(f"**/u/{ann.username}")
    phone = as_person(viewport={"width": 390, "height": 844})
    phone.goto(f"/u/{ann.username}")
    phone.locator(f"#post-{posts[1].id}").click()
    phone.wait_for_url(f"**/p/{posts[1].id}")
    phone.locator(".post-page .post-view").wait_for()


def test_two_taps_while_it_comes_open_it_once(
    as_person: Callable[..., Page], ann: Person, posts: list[Posted]
) -> None:
    page = as_person(ann)
    waiting: list[Route] = []
    page.route(f"**/p/{posts[0].id}?fragment=1", lambda route: waiting.append(route))
    link = page.locator(f"#post-{posts[0].id} .post-time")
    before = page.evaluate("history.length")
    link.click()
    link.click()
    wait_until(lambda: page.evaluate("1") and waiting)
    for route in waiting:
        route.continue_()
    page.locator("#post-dialog[open] .post-view").wait_for()
    assert len(waiting) == 1
    assert page.evaluate("history.length") == before + 1


def test_a_menu_in_it_closes_by_itself(
    as_person: Callable[..., Page], ann: Person, posts: list[Posted]
) -> None:
    page = as_person(ann)
    open_third(page, posts[2])
    menu = page.locator("#post-dialog .post-menu")
    menu.locator("summary").click()
    page.locator("#post-dialog .post-menu[open]").wait_for()
    page.keyboard.press("Escape")
    page.locator("#post-dialog .post-menu:not([open])").wait_for()
    expect(menu.locator("summary")).to_be_focused()
    expect(page.locator("#post-dialog[open]")).to_be_visible()
    page.keyboard.press("Escape")
    page.locator("#post-dialog:not([open])").wait_for(state="attached")


def test_who_went_elsewhere_meanwhile_is_left_there(
    as_person: Callable[..., Page], ann: Person, posts: list[Posted]
) -> None:
    page = as_person(ann)
    waiting: list[Route] = []
    page.route(f"**/p/{posts[0].id}?fragment=1", lambda route: waiting.append(route))
    page.locator(f"#post-{posts[0].id} .post-time").click()
    wait_until(lambda: page.evaluate("1") and waiting)
    page.locator('.nav-item[href="/search"]').click()
    page.wait_for_url("**/search")
    with page.expect_response("**?fragment=1"):
        waiting[0].continue_()
    page.evaluate("() => new Promise((done) => setTimeout(done, 100))")
    expect(page).to_have_url(re.compile("/search$"))
    expect(page.locator("html.has-dialog")).to_have_count(0)
