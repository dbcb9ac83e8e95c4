"""Choosing whom to write to: in a dialog over the inbox, with the keyboard, in any alphabet."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.harness.browser import assert_accessible

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

    from tests.browser.conftest import Cast
    from tests.factories import Person

pytestmark = pytest.mark.browser


@pytest.fixture
def dialog(as_person: Callable[..., Page], cast: Cast, ann: Person, bob: Person) -> Locator:
    """Ann and bob follow each other; she follows cat, and dora follows her."""
    cast.follow(ann, bob)
    cast.follow(bob, ann)
    cast.follow(ann, cast.person("cat"))
    cast.follow(cast.person("dora"), ann)
    page = as_person(ann, reduced_motion="reduce")
    page.goto("/messages")
    page.locator('[data-part="new"]').click()
    found = page.get_by_role("dialog", name="New message")
    found.wait_for()
    return found


def names(dialog: Locator) -> list[str]:
    items = dialog.locator(".picker-item")
    return [
        str(name).rstrip("0123456789")
        for name in items.evaluate_all("all => all.map(one => one.dataset.username)")
    ]


def test_mutuals_stand_first_and_a_click_leads_to_the_conversation(
    dialog: Locator, bob: Person
) -> None:
    assert names(dialog) == ["bob", "cat", "dora"]
    expect(dialog.get_by_role("searchbox")).to_be_focused()
    assert_accessible(dialog.page)
    dialog.get_by_role("link", name=bob.username).click()
    dialog.page.wait_for_url(f"**/messages/{bob.username}")
    expect(dialog.page.get_by_role("dialog")).to_have_count(0)


def test_typing_finds_and_the_keyboard_chooses(dialog: Locator) -> None:
    field = dialog.get_by_role("searchbox")
    field.press_sequentially("do")
    expect(dialog.locator(".picker-item")).to_have_count(1)
    assert names(dialog) == ["dora"]
    expect(dialog.locator('[data-part="said"]')).to_have_text("1 person found")
    field.fill("")
    expect(dialog.locator(".picker-item")).to_have_count(3)
    page = dialog.page
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    expect(dialog.locator("a.picker-person").nth(1)).to_be_focused()
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowUp")
    expect(field).to_be_focused()
    field.fill("cat")
    field.press("Enter")
    expect(dialog.locator(".picker-item")).to_have_count(1)
    expect(dialog.locator("a.picker-person")).to_be_focused()
    page.keyboard.press("Enter")
    page.wait_for_url("**/messages/cat*")


def test_nobody_and_nothing_are_said(dialog: Locator) -> None:
    field = dialog.get_by_role("searchbox")
    field.fill("nobody at all")
    expect(dialog.locator(".empty-sentence")).to_contain_text("nobody at all")
    dialog.page.route("**/messages/new?*", lambda route: route.abort())
    field.fill("bo")
    expect(dialog.locator('[data-part="said"]')).to_contain_text("did not work")
    dialog.page.unroute("**/messages/new?*")
    field.press("Enter")
    expect(dialog.locator(".picker-item")).to_have_count(1)


def test_escape_leads_back_to_the_button(dialog: Locator) -> None:
    page = dialog.page
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(page.locator('[data-part="new"]')).to_be_focused()


def test_the_search_of_the_inbox_leads_there(
    as_person: Callable[..., Page], cast: Cast, ann: Person, bob: Person
) -> None:
    cast.follow(ann, bob)
    page = as_person(ann)
    page.goto("/messages")
    page.get_by_role("searchbox").fill(bob.username)
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/messages/new?q={bob.username}")
    page.get_by_role("link", name=bob.username).click()
    page.wait_for_url(f"**/messages/{bob.username}")
