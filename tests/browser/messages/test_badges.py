"""The number of unread messages is the same on every tab and device, whatever was missed."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.factories.relations import make_block
from tests.harness.browser import PHONE

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.browser.conftest import Cast
    from tests.factories import Person
    from tests.harness.sites import Site

pytestmark = pytest.mark.browser
BADGE = '[data-badge="messages"]'
Tabs = list["Page"]


@pytest.fixture
def tabs(as_person: Callable[..., Page], go_live: Callable[[Page, str], None], ann: Person) -> Tabs:
    """Ann's: two in one browser, at different places, and one on her phone."""
    first, phone = as_person(ann), as_person(ann, viewport=PHONE)
    second = first.context.new_page()
    for page, path in ((first, "/messages"), (second, "/people"), (phone, "/")):
        go_live(page, path)
    return [first, second, phone]


def see(tabs: Tabs, count: int) -> None:
    """Badge, title and icon of each tab say it."""
    for page in tabs:
        badge = page.locator(BADGE)
        if count:
            expect(badge).to_have_text(str(count))
            expect(page).to_have_title(re.compile(rf"^\({count}\) "))
        else:
            expect(badge).to_have_count(0)
            expect(page).not_to_have_title(re.compile(r"^\("))
        icon = page.locator('link[type="image/svg+xml"]')
        expect(icon).to_have_attribute("href", re.compile("unread" if count else r"favicon\."))


def test_every_tab_shows_the_same_number(tabs: Tabs, cast: Cast, ann: Person, bob: Person) -> None:
    cast.follow(ann, bob)
    see(tabs, 0)
    cast.say(bob, ann, "one")
    see(tabs, 1)
    cast.say(bob, ann, "two")
    see(tabs, 2)
    expect(tabs[2].locator(".topbar .badge-echo")).to_have_text("2")
    tabs[0].bring_to_front()
    tabs[0].locator(".conversation-link").click()
    see(tabs, 0)
    expect(tabs[2].locator(".topbar .badge-echo")).to_have_count(0)


def test_a_block_takes_what_is_unread_along(
    site: Site, tabs: Tabs, cast: Cast, ann: Person, bob: Person
) -> None:
    """Also of a request that nobody opened."""
    cast.say(bob, ann, "one")
    see(tabs, 1)
    with site.app.app_context():
        make_block(ann, bob)
    see(tabs, 0)


def test_what_was_missed_is_asked_for(tabs: Tabs, cast: Cast, ann: Person, bob: Person) -> None:
    cast.follow(ann, bob)
    for page in tabs:
        page.context.set_offline(True)
    cast.say(bob, ann, "one")
    for page in tabs:
        page.context.set_offline(False)
        page.evaluate("document.dispatchEvent(new CustomEvent('live:refetch'))")
    see(tabs, 1)


def test_the_title_counts_notifications_too(
    as_person: Callable[..., Page], cast: Cast, ann: Person, bob: Person
) -> None:
    page = as_person(ann)
    cast.follow(bob, ann)
    expect(page.locator('[data-badge="notifications"]')).to_have_text("1")
    cast.say(bob, ann, "hello")
    expect(page.locator(BADGE)).to_have_text("1")
    expect(page).to_have_title(re.compile(r"^\(2\) "))
    page.reload()
    expect(page).to_have_title(re.compile(r"^\(2\) "))
    page.goto("/notifications")
    expect(page).to_have_title(re.compile(r"^\(1\) "))
    expect(page.locator(BADGE)).to_have_text("1")
