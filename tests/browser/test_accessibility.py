"""axe-core finds nothing serious on any page, at two widths and in both themes."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import expect

from tests.harness import pictures
from tests.harness.browser import ALL_RULES, assert_accessible
from tests.stores import hostile

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.browser.conftest import Cast
    from tests.factories import Person

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]  # axe takes its time
SIZES = ({"width": 390, "height": 844}, {"width": 1280, "height": 900})
SMALLEST = {"width": 320, "height": 640}
THEMES = {"light": ALL_RULES, "dark": ["color-contrast"]}
SET_THEME = """async (theme) => {
  document.documentElement.dataset.theme = theme;
  await new Promise(requestAnimationFrame);
  await Promise.allSettled(document.getAnimations().map((animation) => animation.finished));
}"""
FITS = "() => document.documentElement.scrollWidth <= innerWidth"
PASSWORD = "seven doves over the bay"


def look(page: Page) -> None:
    """The page as it is, at both widths and in both themes, which differ in colours alone."""
    for size in SIZES:
        page.set_viewport_size(size)
        for theme, rules in THEMES.items():
            page.evaluate(SET_THEME, theme)
            try:
                assert_accessible(page, rules)
            except AssertionError as error:
                raise AssertionError(f"{theme}, {size['width']} px: {error}") from None
    page.set_viewport_size(SMALLEST)
    page.wait_for_function(FITS)
    page.set_viewport_size(SIZES[-1])


@pytest.fixture
def open_still(as_person: Callable[..., Page]) -> Callable[..., Page]:
    """Colours do not change while they are measured."""

    def open_page(person: Person | None = None) -> Page:
        return as_person(person, reduced_motion="reduce")

    return open_page


def test_pages_of_visitors(open_still: Callable[..., Page], cast: Cast, ann: Person) -> None:
    post = cast.post(ann, caption="for all to see #axe", images=2, alt="a window")
    page = open_still()
    paths = ("/", "/login", "/signup", "/check-mail", "/password/forgot", "/nothing-here")
    for path in (*paths, f"/u/{ann.username}", f"/p/{post.id}", "/tags/axe", "/confirm/none"):
        page.goto(path)
        look(page)


def test_the_way_in(
    open_still: Callable[..., Page], letters: Callable[[str], list[str]], ann: Person
) -> None:
    page = open_still()
    page.goto("/signup")
    page.get_by_role("button", name="Sign up").click(no_wait_after=True)
    page.get_by_label("E-mail").fill("axe.newcomer@example.org")
    page.get_by_label("Name", exact=True).fill("Axe")
    page.get_by_label("Username").fill(ann.username)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign up").click()
    expect(page.get_by_label("Password", exact=True)).to_have_value("")  # it has been answered
    page.locator(".field.is-wrong").wait_for()
    look(page)
    page.get_by_label("Username").fill("axe.newcomer")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign up").click()
    page.get_by_role("heading", name="Check your mail").wait_for()
    look(page)
    (link,) = letters("axe.newcomer@example.org")
    elsewhere = open_still()
    elsewhere.goto(link)
    elsewhere.get_by_label("Password", exact=True).fill("guessed wrong")
    elsewhere.get_by_role("button", name="Confirm and continue").click()
    elsewhere.locator(".field.is-wrong").wait_for()
    look(elsewhere)
    page.goto(link)
    page.get_by_role("button", name="Confirm and continue").wait_for()
    look(page)
    page.get_by_role("button", name="Confirm and continue").click()
    page.locator(".checklist").wait_for()
    look(page)
    page.goto("/u/axe.newcomer")
    look(page)

    other = open_still()
    other.goto("/password/forgot")
    other.get_by_label("E-mail").fill(ann.email)
    other.get_by_role("button", name="Send the link").click()
    other.get_by_role("heading", name="Check your mail").wait_for()
    look(other)
    (reset,) = letters(ann.email)
    other.goto(reset)
    look(other)


def test_pages_of_members(
    open_still: Callable[..., Page], cast: Cast, ann: Person, bob: Person
) -> None:
    cast.follow(bob, ann)
    for images in (3, 1, 0):
        cast.post(ann, caption="words @nobody #axes", images=images, alt="a window")
    page = open_still(bob)
    look(page)
    own, other = f"/u/{bob.username}", f"/u/{ann.username}"
    lists = (f"{other}/followers", f"{other}/following", f"{own}/following")
    people = ("/people", "/people?q=ann", "/people?q=nobody.like.this", "/tags/none", "/nothing")
    kinds = ("/search?q=ann", "/search?q=axes&of=tags", "/search?q=words&of=posts")
    found = ("/explore", "/explore?of=recent", "/search", *kinds)
    for path in (own, other, *lists, *people, *found, "/api/v1/docs"):
        page.goto(path)
        look(page)


def test_settings(open_still: Callable[..., Page], ann: Person) -> None:
    page = open_still(ann)
    for section in ("profile", "account", "notifications", "appearance", "privacy"):
        page.goto(f"/settings/{section}")
        for closed in page.locator("main details:not([open]) > summary").all():
            closed.click()
        look(page)


def test_a_post_its_dialog_and_its_menus(
    open_still: Callable[..., Page], cast: Cast, ann: Person
) -> None:
    post = cast.post(ann, caption="mine to change", images=2, alt="a window")
    page = open_still(ann)
    card = page.locator(f"#feed > #post-{post.id}")
    card.locator(".post-menu > summary").click()
    look(page)
    card.get_by_role("link", name="Delete").click()
    page.get_by_role("dialog").wait_for()
    look(page)
    page.keyboard.press("Escape")
    card.locator(".post-time").click()
    page.locator("#post-dialog[open]").wait_for()
    look(page)
    page.keyboard.press("Escape")
    page.locator("#post-dialog:not([open])").wait_for(state="attached")
    page.keyboard.press("?")
    page.get_by_role("dialog", name="Keyboard shortcuts").wait_for()
    look(page)
    for path in (f"/p/{post.id}", f"/p/{post.id}/edit", f"/p/{post.id}/delete"):
        page.goto(path)
        look(page)


def test_composing_and_waiting(
    open_still: Callable[..., Page],
    compose: Callable[..., Any],
    held_workers: Callable[[], Any],
    send: Callable[..., str],
    photographs: list[Path],
    ann: Person,
    bob: Person,
) -> None:
    page = open_still(ann)
    page.goto("/create")
    look(page)
    compose(page, photographs[:2], f"@{bob.username[:-1]}")
    page.get_by_label("Caption").press("End")
    page.get_by_label("Caption").press_sequentially(bob.username[-1])
    page.get_by_role("option").first.wait_for()
    look(page)
    page.get_by_label("Caption").fill("in a moment")
    with held_workers():
        page.get_by_role("button", name="Share", exact=True).click()
        page.locator("#feed .is-pending").wait_for()
        look(page)
    page.locator("#feed > article:not(.is-pending)").first.wait_for()
    send(page, [pictures.jpeg(), hostile.damaged_png()], "half damaged")
    page.goto("/")
    page.locator("#feed .pending-fault").wait_for()
    look(page)
