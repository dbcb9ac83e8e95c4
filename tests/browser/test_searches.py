"""Searching in a browser: what one account typed is not on the pages of the next."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import _session_cookie

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.factories import Person
    from tests.harness.sites import Site

pytestmark = pytest.mark.browser
CANARY = "canary words"
BACK = 6


def search(page: Page, q: str) -> None:
    page.goto("/search")
    page.locator("#q").fill(q)
    page.locator("#q").press("Enter")
    page.wait_for_url("**/search?q=**")


def test_who_logs_in_next_meets_no_word_of_the_one_before(
    site: Site, as_person: Callable[..., Page], ann: Person, bob: Person
) -> None:
    """Neither in the list, nor by "back" to pages that the first account has left."""
    page = as_person(ann)
    search(page, CANARY)
    search(page, bob.username)
    page.locator(f'#people a[href="/u/{bob.username}"].row-person').click()
    page.wait_for_url(f"**/u/{bob.username}")
    page.goto("/search")
    recent = page.locator("#recent")
    expect(recent.locator(".row-handle")).to_have_text([bob.username, bob.username, CANARY])
    page.locator('.nav-item[href="/explore"]').first.click()
    page.wait_for_url("**/explore")
    page.locator(".nav-menu summary").click()
    page.locator('form[action="/logout"] button').click()
    page.wait_for_url(lambda url: "/explore" not in url)
    page.context.add_cookies([_session_cookie(site, bob)])
    page.goto("/search")
    expect(page.locator(".empty-sentence")).to_be_visible()
    for _ in range(BACK):
        page.go_back()
        page.wait_for_load_state("load")
        expect(page.locator("main")).to_be_visible()
        assert CANARY not in page.locator("body").inner_text()
        assert page.locator("#recent").count() == 0
        assert CANARY not in (
            page.locator("#q").input_value()
            if "/search?" not in page.url and page.locator("#q").count()
            else ""
        )
    kept = page.evaluate("JSON.stringify([{...localStorage}, {...sessionStorage}, history.state])")
    assert CANARY not in kept


def test_recent_searches_are_deleted_one_by_one_and_all(
    as_person: Callable[..., Page], ann: Person
) -> None:
    page = as_person(ann)
    for word in ("sea", "sky", "stone"):
        search(page, word)
    page.goto("/search")
    page.get_by_role("button", name="Delete “sky” from recent searches").click()
    expect(page.locator("#recent .row-handle")).to_have_text(["stone", "sea"])
    page.get_by_role("link", name="Clear all").click()
    page.get_by_role("button", name="Clear all").click()
    expect(page.locator("#recent")).to_have_count(0)
    page.go_back()
    expect(page.locator("#recent")).to_have_count(0)
