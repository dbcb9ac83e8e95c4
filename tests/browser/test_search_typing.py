"""Typing into the search: the list is about what is typed now, or it cannot be chosen from."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.harness.browser import DESKTOP, PHONE

if TYPE_CHECKING:
    from playwright.sync_api import Page, Route

    from tests.browser.conftest import Cast
    from tests.factories import Person
    from tests.harness.browser import Visits

pytestmark = pytest.mark.browser
ASKED = "**/search?fragment=suggestions&q={}"


def test_a_mark_does_not_outlive_the_word_it_was_made_for(
    as_person: Callable[..., Page], cast: Cast, ann: Person
) -> None:
    for name in ("Kimberly", "Kimono"):
        cast.named(name)
    page = as_person(ann)
    page.goto("/search")
    field, found = page.locator("#q"), page.locator("#q-found")
    field.press_sequentially("kim")
    expect(found.locator("[data-username]").nth(1)).to_be_visible()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    field.press_sequentially("my park")
    assert field.get_attribute("aria-activedescendant") is None
    page.keyboard.press("Enter")
    page.wait_for_url("**/search?q=kimmy+park")


def test_old_suggestions_are_not_chosen_while_the_answer_is_slow(
    as_person: Callable[..., Page], cast: Cast, ann: Person
) -> None:
    cast.named("Kimberly")
    page = as_person(ann)
    page.goto("/search")
    field, found = page.locator("#q"), page.locator("#q-found")
    hung: list[Route] = []
    page.route(ASKED.format("zzz"), lambda route: hung.append(route))
    field.fill("kimb")
    expect(found.locator("[data-username]").first).to_be_visible()
    with page.expect_request(ASKED.format("zzz")):
        field.fill("zzz")
        expect(found.locator("#q-all")).to_contain_text("zzz")
    page.keyboard.press("ArrowDown")
    expect(found.locator('[aria-selected="true"]')).to_have_id("q-all")
    page.keyboard.press("Enter")
    page.wait_for_url("**/search?q=zzz")


def test_a_failed_answer_says_so_and_is_asked_again(
    as_person: Callable[..., Page], visits: Visits, cast: Cast, ann: Person
) -> None:
    person = cast.named("Kimberly")
    page = as_person(ann)
    page.goto("/search")
    field, found = page.locator("#q"), page.locator("#q-found")
    page.route(ASKED.format("kimb"), lambda route: route.abort(), times=1)
    field.fill("kimb")
    expect(found.locator("#q-retry")).to_be_visible()
    expect(found.locator("#q-all")).to_contain_text("kimb")
    visits.faults[:] = [one for one in visits.faults if "ERR_FAILED" not in one]
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(found.locator(f'[data-username="{person.username}"]')).to_be_visible()


def test_the_combobox_says_closed_and_opens_again(
    as_person: Callable[..., Page], ann: Person
) -> None:
    page = as_person(ann)
    page.goto("/search")
    field, found = page.locator("#q"), page.locator("#q-found")
    said = page.locator('[data-part="said"]')
    expect(field).to_have_attribute("role", "combobox")
    expect(field).to_have_attribute("aria-expanded", "false")
    field.fill(ann.username)
    expect(found.locator("[data-username]")).to_be_visible()
    expect(said).not_to_be_empty()
    page.keyboard.press("Escape")
    expect(found).to_be_hidden()
    expect(field).to_have_attribute("aria-expanded", "false")
    expect(said).to_be_empty()
    page.keyboard.press("ArrowDown")
    expect(found.locator("[data-username]")).to_be_visible()
    field.blur()
    expect(found).to_be_hidden()
    field.focus()
    expect(found.locator("[data-username]")).to_be_visible()


def test_the_field_has_the_focus_however_one_comes(
    as_person: Callable[..., Page], ann: Person
) -> None:
    page = as_person(ann)
    field = page.locator("main #q")
    page.goto("/search")
    expect(field).to_be_focused()
    page.goto("/notifications")
    page.locator(".nav-search a").click()
    expect(field).to_be_focused()
    page.goto("/settings")
    page.keyboard.type("/mnc", delay=1)
    expect(field).to_be_focused()
    expect(field).to_have_value("mnc")
    assert page.url.endswith("/search")


@pytest.mark.parametrize("screen", [PHONE, DESKTOP], ids=["phone", "desktop"])
def test_recent_searches_are_under_the_empty_field_of_explore(
    as_person: Callable[..., Page], ann: Person, screen: dict[str, int]
) -> None:
    page = as_person(ann, viewport=screen)
    page.goto("/search")
    page.locator("#q").fill("lighthouse")
    page.keyboard.press("Enter")
    page.wait_for_url("**/search?q=lighthouse")
    page.goto("/explore")
    field, found = page.locator("#q"), page.locator("#q-found")
    field.focus()
    expect(found.locator('[data-q="lighthouse"]')).to_be_visible()
    page.keyboard.press("Escape")
    page.keyboard.press("Enter")
    page.wait_for_url("**/search")
    expect(page.locator("#q-error")).to_be_hidden()
    expect(page.locator("#recent")).to_contain_text("lighthouse")
    page.goto("/search?q=lighthouse")
    field.fill("")
    expect(found.locator('[data-q="lighthouse"]')).to_be_visible()


def test_what_is_cleared_on_one_tab_is_gone_on_the_other(
    as_person: Callable[..., Page], ann: Person
) -> None:
    page = as_person(ann)
    page.goto("/search")
    page.locator("#q").fill("lighthouse")
    page.keyboard.press("Enter")
    page.wait_for_url("**/search?q=lighthouse")
    page.goto("/search")
    other = page.context.new_page()
    other.goto(page.url)
    expect(other.locator("#recent")).to_be_visible()
    page.get_by_role("link", name="Clear all").click()
    page.get_by_role("button", name="Clear all").click()
    expect(page.locator("#recent")).to_have_count(0)
    expect(other.locator("#recent")).to_have_count(0)


def test_what_does_not_fit_is_told_and_the_cross_empties_the_field(
    as_person: Callable[..., Page], ann: Person
) -> None:
    page = as_person(ann)
    page.goto("/search")
    field = page.locator("#q")
    field.evaluate(
        """(field) => {
          const clipboardData = new DataTransfer();
          clipboardData.setData("text", "x".repeat(60));
          field.dispatchEvent(new ClipboardEvent("paste", { clipboardData, bubbles: true }));
        }"""
    )
    expect(page.locator("#q-error")).to_have_text("Only the first 50 characters fit here.")
    field.fill("sea")
    expect(page.locator("#q-error")).to_be_hidden()
    page.get_by_role("button", name="Clear the search").press("Enter")
    expect(field).to_have_value("")
    expect(field).to_be_focused()
