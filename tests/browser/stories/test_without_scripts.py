"""Stories without JavaScript: a plain page, and forms."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.browser.stories.viewer import tell

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.browser.conftest import Cast
    from tests.factories import Person
    from tests.harness.sites import Site

pytestmark = pytest.mark.browser


def test_stories_are_seen_and_answered_by_forms(
    site: Site, as_person: Callable[..., Page], cast: Cast, ann: Person, bob: Person
) -> None:
    cast.follow(bob, ann)
    tell(site, ann, "one", "two", picture=True)
    page = as_person(bob, java_script_enabled=False)
    page.locator(f'.tray [data-tray="{ann.username}"] a').first.click()
    stories = page.locator("main article.story")
    expect(stories.locator(".story-stage-text")).to_have_text(["one", "two"])
    for picture in stories.locator(".story-stage-picture").all():
        picture.scroll_into_view_if_needed()
        expect(picture).to_be_visible()
    expect(page.locator("main .needs-js:visible")).to_have_count(0)

    reply = stories.nth(1).get_by_label(f"Reply to the story of {ann.username}")
    reply.fill("how lovely")
    stories.nth(1).get_by_role("button", name="Send").click()
    page.goto(f"/stories/{ann.username}")
    stories.first.get_by_role("button", name="React with 🔥").click()
    page.goto(f"/messages/{ann.username}")
    for words in ("how lovely", "🔥"):
        expect(page.locator(".message", has_text=words)).to_have_count(1)
