"""The discussion on a page, as people find it."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from playwright.sync_api import expect

from tests.harness.children import wait_until

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page


PHONE = {"width": 390, "height": 844}
MANY = 24
LATEST = f"number {MANY - 1}"


def field(page: Page) -> Locator:
    return page.get_by_role("textbox", name="Add a comment …")


def row(page: Page, words: str) -> Locator:
    return page.locator(".comment[id]", has_text=words)


def choose(page: Page, words: str, action: str) -> None:
    """An entry of a comment's menu."""
    comment = row(page, words)
    comment.hover()
    comment.locator(".comment-menu > summary").click()
    comment.get_by_role("link", name=action).click()


def comments_of(page: Page) -> Locator:
    return page.locator(".comment-list > .thread > .comment [data-part=text]")


def texts(page: Page) -> list[str]:
    return comments_of(page).all_inner_texts()


def see_texts(page: Page, *words: str) -> None:
    """These comments, each once: what is being sent is there twice for a moment."""
    expect(page.locator("[data-key]")).to_have_count(0)
    with suppress(AssertionError):
        wait_until(lambda: texts(page) == list(words))
    assert texts(page) == list(words)


def top_of(item: Locator) -> float:
    return float(item.evaluate("element => element.getBoundingClientRect().top"))
