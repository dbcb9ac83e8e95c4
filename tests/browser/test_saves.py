"""Bookmarks: at once, kept, taken back when it fails; with `s`; and the list that is one's own."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.harness.browser import PHONE, assert_accessible

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.browser.conftest import Cast
    from tests.factories import Person

pytestmark = pytest.mark.browser
SAVE = "**/api/v1/posts/*/save"
PRESSED = "aria-pressed"


def test_a_bookmark_is_kept_taken_back_when_it_fails_and_listed(
    as_person: Callable[..., Page], cast: Cast, ann: Person, bob: Person
) -> None:
    cast.follow(bob, ann)
    post = cast.post(ann, caption="a bird", images=1, alt="a bird")
    page = as_person(bob, viewport=PHONE)
    bookmark = page.locator(f"#post-{post.id}").get_by_role("button", name="Bookmark")
    expect(bookmark).to_have_attribute(PRESSED, "false")
    page.route(SAVE, lambda route: route.abort())
    bookmark.click()
    retry = page.get_by_role("button", name="Try again")
    retry.wait_for()
    expect(bookmark).to_have_attribute(PRESSED, "false")
    page.unroute(SAVE)
    with page.expect_response(SAVE) as answered:
        retry.click()
    assert answered.value.json()["viewer"] == {"saved": True}
    page.reload()
    expect(bookmark).to_have_attribute(PRESSED, "true")
    page.keyboard.press("j")
    with page.expect_response(SAVE) as answered:
        page.keyboard.press("s")
    assert answered.value.json()["viewer"] == {"saved": False}
    with page.expect_response(SAVE):
        page.keyboard.press("s")
    page.goto(f"/u/{bob.username}/saved")
    page.get_by_role("link", name="a bird").wait_for()
    assert_accessible(page)
