"""An open conversation, as people find it on its page."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

PHONE = {"width": 390, "height": 844}


def field(page: Page) -> Locator:
    return page.locator("#message-text")


def write(page: Page, words: str) -> None:
    field(page).fill(words)
    field(page).press("Enter")


def row(page: Page, words: str) -> Locator:
    return page.locator(".message", has=page.locator("[data-part=text]", has_text=words))


def texts(page: Page) -> list[str]:
    return page.locator(".message [data-part=text]").all_inner_texts()


def status(page: Page) -> Locator:
    """What stands below the last message of one's own."""
    return page.locator(".message-status:visible").last


def top_of(item: Locator) -> float:
    return float(item.evaluate("element => element.getBoundingClientRect().top"))


def choose(page: Page, words: str, action: str) -> None:
    """An entry of a message's menu."""
    message = row(page, words)
    message.hover()
    message.locator(".message-menu > summary").click()
    message.locator(".menu-item", has_text=action).click()
