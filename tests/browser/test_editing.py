"""Own posts: edited, deleted after a question, mended when a picture failed."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from tests.harness import pictures
from tests.stores import hostile

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

    from tests.browser.conftest import Cast
    from tests.factories import Person

pytestmark = pytest.mark.browser


def card_of(page: Page, words: str) -> Locator:
    return page.locator("#feed > article", has_text=words)


def choose(card: Locator, name: str) -> None:
    card.locator(".post-menu > summary").click()
    card.get_by_role("link", name=name).click()


def test_edit_caption_and_description(
    as_person: Callable[..., Page], cast: Cast, ann: Person
) -> None:
    post = cast.post(ann, caption="first words", images=2, alt="before")
    page = as_person(ann)
    choose(card_of(page, "first words"), "Edit")
    page.get_by_label("Caption").fill("second words #harbour")
    page.get_by_role("textbox", name="Description of photo 2").fill("after")
    page.get_by_role("button", name="Save").click()
    page.wait_for_url(f"**/p/{post.id}")
    page.get_by_text("second words").wait_for()
    page.get_by_text("edited").wait_for()
    page.goto("/")
    card = card_of(page, "second words")
    assert card.locator(".photo-image").nth(1).get_attribute("alt") == "after"
    card.get_by_role("link", name="#harbour").click()
    page.get_by_role("heading", name="#harbour").wait_for()
    assert page.locator("#posts > li").count() == 1


def test_a_refused_edit_keeps_the_words(
    as_person: Callable[..., Page], cast: Cast, ann: Person
) -> None:
    post = cast.post(ann, caption="first words")
    page = as_person(ann)
    page.goto(f"/p/{post.id}/edit")
    page.get_by_label("Caption").fill("x" * 2_201)
    page.get_by_role("button", name="Save").click()
    page.locator("#caption-error").wait_for()
    assert len(page.get_by_label("Caption").input_value()) == 2_201


def test_deleting_asks_first(as_person: Callable[..., Page], cast: Cast, ann: Person) -> None:
    post = cast.post(ann, caption="to be deleted", images=1)
    cast.post(ann, caption="to be kept")
    page = as_person(ann)
    page.evaluate("window.isSamePage = true")
    card = card_of(page, "to be deleted")
    choose(card, "Delete")
    dialog = page.get_by_role("dialog", name="Delete this post?")
    dialog.wait_for()
    assert page.evaluate("document.activeElement.textContent") == "Keep post"
    page.keyboard.press("Enter")
    dialog.wait_for(state="detached")
    assert card.is_visible()
    choose(card, "Delete")
    dialog.get_by_role("button", name="Delete post").click()
    card.wait_for(state="detached")
    page.get_by_text("The post is deleted.").wait_for()
    assert card_of(page, "to be kept").is_visible()
    assert page.evaluate("window.isSamePage")
    assert page.request.get(f"/p/{post.id}").status == 404


def failed_post(page: Page, send: Callable[..., str], caption: str) -> Locator:
    """One picture is sound, the other turns out damaged once it is decoded."""
    post_id = send(page, [pictures.jpeg(), hostile.damaged_png()], caption)
    page.goto("/")
    card = page.locator(f"#post-{post_id}")
    card.get_by_role("alert").wait_for()
    return card


def test_a_failed_picture_is_removed_and_the_post_appears(
    as_person: Callable[..., Page], cast: Cast, ann: Person, bob: Person, send: Callable[..., str]
) -> None:
    cast.follow(bob, ann)
    page, follower = as_person(ann), as_person(bob)
    card = failed_post(page, send, "half damaged")
    card.get_by_text("One picture could not be prepared.").wait_for()
    card.get_by_text("Photo 2: the file is damaged or not a picture").wait_for()
    assert follower.request.get(str(card.get_attribute("data-href"))).status == 404
    fault = card.get_by_role("alert").element_handle()
    card.get_by_role("button", name="Retry").click()
    page.wait_for_function("fault => !fault.isConnected", arg=fault)
    card.get_by_role("alert").wait_for()
    card.get_by_role("button", name="Remove this picture").click()
    page.locator("#feed > article:not(.is-pending)", has_text="half damaged").wait_for()
    follower.goto("/")
    follower.locator("#feed > article", has_text="half damaged").wait_for()


def test_a_failed_post_is_discarded(
    as_person: Callable[..., Page], ann: Person, send: Callable[..., str]
) -> None:
    page = as_person(ann)
    card = failed_post(page, send, "not worth it")
    card.get_by_role("link", name="Discard").click()
    page.get_by_role("dialog").get_by_role("button", name="Delete post").click()
    card.wait_for(state="detached")
    page.reload()
    assert not page.get_by_text("not worth it").count()
