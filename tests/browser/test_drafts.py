"""What was written and not sent: asked about when leaving, kept on the device, offered again."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.harness.browser import assert_accessible

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

    from tests.factories import Person

pytestmark = pytest.mark.browser
OFFER = "Continue your draft?"


def leave(page: Page, choice: str) -> None:
    page.get_by_role("link", name="Home").click(no_wait_after=True)
    page.get_by_role("dialog").get_by_role("button", name=choice).click()


def assert_no_offer(page: Page) -> None:
    """What is typed is only kept when nothing is, or will be, offered."""
    page.get_by_label("Caption").press_sequentially("something new")
    page.get_by_text("Draft saved on this device.").wait_for()
    expect(page.get_by_text(OFFER)).to_be_hidden()


def test_a_saved_draft_comes_back_with_words_pictures_and_descriptions(
    as_person: Callable[..., Page],
    compose: Callable[..., Locator],
    photographs: list[Path],
    ann: Person,
) -> None:
    page = as_person(ann, reduced_motion="reduce")
    compose(page, photographs[:2], "half a thought")
    page.locator(".thumb textarea").nth(1).fill("the second one")
    leave(page, "Save draft")
    page.wait_for_url("/")
    page.goto("/create")
    page.get_by_text(OFFER).wait_for()
    expect(page.get_by_label("Caption")).to_have_value("")
    assert_accessible(page)
    page.get_by_role("button", name="Restore").click()
    expect(page.locator(".thumbs > .thumb")).to_have_count(2)
    expect(page.get_by_label("Caption")).to_have_value("half a thought")
    expect(page.locator(".thumb textarea").nth(1)).to_have_value("the second one")


def test_words_are_kept_without_being_asked_for(
    as_person: Callable[..., Page], ann: Person
) -> None:
    page = as_person(ann)
    page.goto("/create")
    page.get_by_label("Caption").press_sequentially("by itself")
    page.get_by_text("Draft saved on this device.").wait_for()
    page.on("dialog", lambda dialog: dialog.accept())
    page.reload()
    page.get_by_text(OFFER).wait_for()
    page.get_by_text("by itself").wait_for()


def test_a_discarded_draft_is_gone(as_person: Callable[..., Page], ann: Person) -> None:
    page = as_person(ann)
    page.goto("/create")
    page.get_by_label("Caption").press_sequentially("never mind")
    page.get_by_text("Draft saved on this device.").wait_for()
    leave(page, "Discard")
    page.wait_for_url("/")
    page.goto("/create")
    page.get_by_label("Caption").wait_for()
    assert page.evaluate("localStorage.length") == 0
    assert_no_offer(page)


def test_what_was_shared_is_no_draft(as_person: Callable[..., Page], ann: Person) -> None:
    page = as_person(ann)
    page.goto("/create")
    page.get_by_label("Caption").press_sequentially("out it goes")
    page.get_by_text("Draft saved on this device.").wait_for()
    page.get_by_role("button", name="Share").click()
    page.wait_for_url("/")
    assert page.evaluate("Object.keys(localStorage).filter(key => key.startsWith('draft:'))") == []


def test_one_persons_draft_is_not_offered_to_another(
    as_person: Callable[..., Page], ann: Person
) -> None:
    page = as_person(ann)
    page.evaluate(
        "localStorage.setItem('draft:somebody', JSON.stringify({caption: 'x', alts: []}))"
    )
    page.goto("/create")
    assert_no_offer(page)


def test_going_back_asks_too(as_person: Callable[..., Page], ann: Person) -> None:
    page = as_person(ann)
    page.get_by_role("link", name="Create").click()
    page.wait_for_url("**/create")
    page.get_by_label("Caption").press_sequentially("on my way")
    page.evaluate("history.back()")
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("button", name="Keep editing").click()
    expect(dialog).to_be_hidden()
    page.evaluate("() => new Promise((done) => setTimeout(done))")
    expect(page.get_by_label("Caption")).to_have_value("on my way")
    expect(page).to_have_url(re.compile(r"/create$"))
    page.evaluate("history.back()")
    dialog.get_by_role("button", name="Save draft").click()
    page.wait_for_url("/")


def draft_waits(page: Page) -> None:
    page.goto("/create")
    page.get_by_label("Caption").press_sequentially("the first post")
    page.get_by_text("Draft saved on this device.").wait_for()
    leave(page, "Save draft")
    page.wait_for_url("/")
    page.goto("/create")
    page.get_by_text(OFFER).wait_for()
    page.get_by_label("Caption").press_sequentially("something else")


@pytest.mark.parametrize("way", ["Share", "Discard"])
def test_what_is_still_offered_outlives_another_post(
    way: str, as_person: Callable[..., Page], ann: Person
) -> None:
    page = as_person(ann)
    draft_waits(page)
    if way == "Share":
        page.get_by_role("button", name="Share").click()
    else:
        leave(page, "Discard")
    page.wait_for_url("/")
    page.goto("/create")
    page.get_by_role("button", name="Restore").click()
    expect(page.get_by_label("Caption")).to_have_value("the first post")


def test_what_is_saved_beside_an_offer_waits_beside_it(
    as_person: Callable[..., Page], photographs: list[Path], ann: Person
) -> None:
    page = as_person(ann)
    draft_waits(page)
    page.locator('[data-part="picker"]').set_input_files(photographs[:1])
    page.locator(".thumb textarea").fill("a new picture")
    leave(page, "Save draft")
    page.wait_for_url("/")
    page.goto("/create")
    page.get_by_text("1 picture", exact=False).wait_for()
    page.get_by_role("button", name="Restore").click()
    expect(page.get_by_label("Caption")).to_have_value("something else")
    expect(page.locator(".thumb textarea")).to_have_value("a new picture")
    page.locator(".draft-words", has_text="the first post").wait_for()


def test_what_stands_in_the_form_changes_places_with_the_draft(
    as_person: Callable[..., Page], photographs: list[Path], ann: Person
) -> None:
    page = as_person(ann)
    draft_waits(page)
    page.locator('[data-part="picker"]').set_input_files(photographs[:2])
    page.locator(".thumb textarea").nth(1).fill("of something else")
    page.get_by_role("button", name="Restore").click()
    expect(page.get_by_label("Caption")).to_have_value("the first post")
    expect(page.locator(".thumbs > .thumb")).to_have_count(0)
    page.locator(".draft-words", has_text="something else · 2 pictures").wait_for()
    page.get_by_role("button", name="Restore").click()
    expect(page.get_by_label("Caption")).to_have_value("something else")
    expect(page.locator(".thumb textarea").nth(1)).to_have_value("of something else")


@pytest.mark.no_second_look
def test_words_stay_at_their_pictures_whenever_the_page_goes(
    as_person: Callable[..., Page],
    compose: Callable[..., Locator],
    photographs: list[Path],
    ann: Person,
) -> None:
    page = as_person(ann)
    page.on("dialog", lambda dialog: dialog.accept())
    compose(page, photographs[:3], "moved at the last moment")
    for place, words in enumerate(["first", "second", "third"]):
        page.locator(".thumb textarea").nth(place).fill(words)
    page.get_by_text("Draft saved on this device.").wait_for()
    page.get_by_role("button", name="Move photo 1 one place later").focus()
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Remove photo 3").click()
    page.reload()
    page.get_by_role("button", name="Restore").click()
    fields = page.locator(".thumb textarea")
    expect(fields).to_have_count(2)
    expect(fields.nth(0)).to_have_value("second")
    expect(fields.nth(1)).to_have_value("first")
