"""Mentions as they are typed: with either sign, and only of people of the word that is there."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.browser.comments.discussion import field

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.browser.conftest import Cast
    from tests.factories import Person

pytestmark = pytest.mark.browser


def test_the_full_width_sign_suggests_and_becomes_the_usual_one(
    read: Callable[..., Page], cast: Cast, bob: Person
) -> None:
    person = cast.named("민지")
    page = read(bob)
    found = page.locator(".mention-list:visible")
    field(page).focus()
    keys = page.context.new_cdp_session(page)
    page.keyboard.insert_text("hi ＠")
    keys.send("Input.imeSetComposition", {"text": "민", "selectionStart": 1, "selectionEnd": 1})
    expect(found.locator(f'[data-username="{person.username}"]')).to_be_visible()
    keys.send("Input.insertText", {"text": "민"})
    found.locator(f'[data-username="{person.username}"]').click()
    expect(field(page)).to_have_value(f"hi @{person.username} ")


def test_who_was_marked_is_not_inserted_for_another_word(
    read: Callable[..., Page], cast: Cast, bob: Person
) -> None:
    people = [cast.named("Quentina"), cast.named("Quentino")]
    page = read(bob)
    found = page.locator(".mention-list:visible")
    page.route("**/search/suggest?for=mention&q=quentx", lambda route: None)
    field(page).focus()
    page.keyboard.type("@quent")
    expect(found.locator("[role=option]")).to_have_count(len(people))
    page.keyboard.press("ArrowDown")
    page.keyboard.type("x")
    page.keyboard.press("Tab")
    expect(page.locator(".comment-input").first).to_have_value("@quentx")


def test_tags_are_suggested_with_their_counts(
    read: Callable[..., Page], cast: Cast, bob: Person
) -> None:
    cast.post(cast.person("tagger"), caption="#lighthouses")
    page = read(bob)
    found = page.locator(".mention-list:visible")
    field(page).focus()
    page.keyboard.type("at ＃lighth")
    option = found.locator('[role="option"]')
    expect(option).to_have_text("#lighthouses1 post")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.locator(".comment-input").first).to_have_value("at #lighthouses ")
