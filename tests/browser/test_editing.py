"""Own posts: edited, deleted after a question, mended when a picture failed."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import expect

from tests.harness import pictures
from tests.harness.children import wait_until
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
    expect(card.locator(".photo-image").nth(1)).to_have_attribute("alt", "after")
    card.get_by_role("link", name="#harbour").click()
    page.get_by_role("heading", name="#harbour").wait_for()
    expect(page.locator("#posts > li")).to_have_count(1)


def test_a_refused_edit_keeps_the_words(
    as_person: Callable[..., Page], cast: Cast, ann: Person
) -> None:
    post = cast.post(ann, caption="first words")
    page = as_person(ann)
    page.goto(f"/p/{post.id}/edit")
    page.get_by_label("Caption").fill("x" * 2_201)
    page.get_by_role("button", name="Save").click()
    page.locator("#caption-error").wait_for()
    expect(page.get_by_label("Caption")).to_have_value("x" * 2_201)


def test_deleting_asks_first(as_person: Callable[..., Page], cast: Cast, ann: Person) -> None:
    post = cast.post(ann, caption="to be deleted", images=1)
    cast.post(ann, caption="to be kept")
    page = as_person(ann)
    page.evaluate("window.isSamePage = true")
    card = card_of(page, "to be deleted")
    choose(card, "Delete")
    dialog = page.get_by_role("dialog", name="Delete this post?")
    dialog.wait_for()
    expect(dialog.get_by_role("link", name="Keep post", exact=True)).to_be_focused()
    page.keyboard.press("Enter")
    dialog.wait_for(state="detached")
    expect(card).to_be_visible()
    choose(card, "Delete")
    dialog.get_by_role("button", name="Delete post").click()
    card.wait_for(state="detached")
    page.get_by_text("The post is deleted.").wait_for()
    expect(card_of(page, "to be kept")).to_be_visible()
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
    as_person: Callable[..., Page],
    cast: Cast,
    ann: Person,
    bob: Person,
    send: Callable[..., str],
    held_workers: Callable[[], Any],
) -> None:
    cast.follow(bob, ann)
    page, follower = as_person(ann), as_person(bob)
    card = failed_post(page, send, "half damaged")
    card.get_by_text("One picture could not be prepared.").wait_for()
    card.get_by_text("Photo 2: the file is damaged or not a picture").wait_for()
    assert follower.request.get(str(card.get_attribute("data-href"))).status == 404
    with held_workers():  # or it may have failed again before the page is there
        card.get_by_role("button", name="Retry").click()
        card.get_by_role("alert").wait_for(state="detached")
    card.get_by_role("alert").wait_for()
    card.get_by_role("button", name="Remove this picture").click()
    page.locator("#feed > article:not(.is-pending)", has_text="half damaged").wait_for()
    seen = follower.locator("#feed > article", has_text="half damaged")
    wait_until(lambda: follower.goto("/") and seen.count(), what="the post at a follower's")


def test_a_failed_post_is_discarded(
    as_person: Callable[..., Page], ann: Person, send: Callable[..., str]
) -> None:
    page = as_person(ann)
    card = failed_post(page, send, "not worth it")
    card.get_by_role("link", name="Discard").click()
    page.get_by_role("dialog").get_by_role("button", name="Delete post").click()
    card.wait_for(state="detached")
    page.reload()
    expect(page.get_by_text("not worth it")).to_have_count(0)
