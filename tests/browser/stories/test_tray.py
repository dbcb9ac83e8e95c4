"""The tray and rings in a browser: they change while somebody looks."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import expect

from pigeon.domain.clock import utc_now
from pigeon.extensions import db
from pigeon.models import StoryViewModel
from pigeon.services.stories import changes
from pigeon.services.stories.views import VIEWS
from pigeon.unit_of_work import unit_of_work
from tests.factories import age_story, make_story
from tests.harness.browser import assert_accessible

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.browser.conftest import Cast
    from tests.factories import Person
    from tests.harness.sites import Site

pytestmark = pytest.mark.browser
PHONE = {"width": 390, "height": 844}


def publish(site: Site, author: Person, **options: Any) -> int:
    with site.app.app_context():
        return make_story(author, **options)


def see(site: Site, page: Page, story_id: int, person: Person, author: Person) -> None:
    """As the viewer tells the page after a second."""
    with site.app.app_context():
        with unit_of_work():
            row = StoryViewModel(story_id=story_id, user_id=person.id, created_at=utc_now())
            db.session.add(row)
        VIEWS.flags.evict(person.id)
    page.evaluate(
        "detail => document.dispatchEvent(new CustomEvent('stories:seen', { detail }))",
        {"username": author.username, "unseen": 0},
    )


def names_in(page: Page) -> list[str]:
    return [
        str(item.get_attribute("data-tray")) for item in page.locator(".tray [data-tray]").all()
    ]


def test_a_ring_comes_moves_and_goes_while_one_looks(
    site: Site, as_person: Callable[..., Page], cast: Cast, ann: Person, bob: Person
) -> None:
    cat = cast.person("cat")
    for person in (ann, cat):
        cast.follow(bob, person)
    cast.post(ann)
    publish(site, cat, hours_ago=2)
    page = as_person(bob, viewport=PHONE)
    expect(page.get_by_role("link", name=f"Story by {cat.username}, 1 new")).to_be_visible()
    assert names_in(page) == [bob.username, cat.username]
    picture = page.locator(f'.post-avatar[data-ring-user="{ann.username}"]')
    expect(picture).not_to_have_class(re.compile("is-"))
    place = page.get_by_role("link", name=f"Story by {cat.username}, 1 new")
    place.focus()

    first = publish(site, ann)
    theirs = page.locator(f'.tray [data-tray="{ann.username}"] > a')
    expect(theirs).to_contain_text(f"Story by {ann.username}, 1 new")
    assert names_in(page) == [bob.username, ann.username, cat.username]
    expect(place).to_be_focused()
    expect(picture).to_have_class(re.compile("is-unseen"))
    expect(picture).to_have_attribute("href", f"/stories/{ann.username}")

    see(site, page, first, bob, ann)
    expect(theirs).to_contain_text(f"Story by {ann.username}, seen")
    assert names_in(page) == [bob.username, cat.username, ann.username]
    expect(place).to_be_focused()
    expect(picture).to_have_class(re.compile("is-seen"))
    expect(picture).to_have_attribute("href", f"/u/{ann.username}")

    with site.app.app_context():
        changes.remove(first, by=ann.id)
    expect(theirs).to_have_count(0)
    expect(picture).not_to_have_class(re.compile("is-"))
    assert names_in(page) == [bob.username, cat.username]


def test_a_ring_goes_at_its_last_second_without_being_told(
    site: Site,
    as_person: Callable[..., Page],
    cast: Cast,
    ann: Person,
    bob: Person,
    cut_off: Callable[[Page, bool], None],
) -> None:
    cast.follow(bob, ann)
    cast.post(ann)
    story_id = publish(site, ann)
    with site.app.app_context():
        age_story(story_id, seconds=86_400 - 15)  # time enough to open a page on a slow machine
    page = as_person(bob, viewport=PHONE)
    theirs = page.locator(f'.tray [data-tray="{ann.username}"]')
    expect(theirs).to_have_count(1)
    cut_off(page, True)
    expect(theirs).to_have_count(0)
    expect(page.locator(".post-avatar")).not_to_have_class(re.compile("is-"))
    cut_off(page, False)


def test_a_ring_on_another_page_comes_and_goes(
    site: Site, as_person: Callable[..., Page], cast: Cast, ann: Person, bob: Person, go_live: Any
) -> None:
    cast.follow(bob, ann)
    page = as_person(bob, viewport=PHONE)
    go_live(page, f"/u/{ann.username}")
    ring = page.locator(f'.profile-avatar [data-ring-user="{ann.username}"]')
    expect(ring).not_to_have_class(re.compile("is-"))
    story_id = publish(site, ann)
    expect(ring).to_have_class(re.compile("is-unseen"))
    expect(ring).to_have_attribute("href", f"/stories/{ann.username}")
    page.wait_for_timeout(5_500)  # hints to one person are five seconds apart
    with site.app.app_context():
        changes.remove(story_id, by=ann.id)
    expect(ring).not_to_have_class(re.compile("is-"))


def test_the_rest_comes_by_scrolling_and_arrows_are_for_a_mouse(
    site: Site, as_person: Callable[..., Page], cast: Cast, bob: Person
) -> None:
    people = [cast.person("pip") for _ in range(53)]
    for person in people:
        cast.follow(bob, person)
        publish(site, person)
    page = as_person(bob, viewport={"width": 1440, "height": 900})
    expect(page.locator(".tray [data-tray]")).to_have_count(51)
    on = page.locator(".tray-arrow-on")
    expect(on).to_be_visible()
    second = page.locator(".tray [data-tray]").nth(1)
    expect(second).to_be_in_viewport()
    on.click()
    expect(second).not_to_be_in_viewport()
    expect(page.locator(".tray-arrow-back")).to_be_visible()
    page.evaluate("document.querySelector('.tray-list').scrollLeft = 1e6")
    expect(page.locator(".tray [data-tray]")).to_have_count(54)
    expect(page.locator(".tray-more")).to_have_count(0)
    link = page.locator(f'.tray [data-tray="{people[0].username}"] > a')
    link.focus()
    expect(link).to_be_in_viewport()


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("language", ["en", "ko"])
def test_axe_finds_nothing(
    site: Site, as_person: Callable[..., Page], cast: Cast, theme: str, language: str
) -> None:
    reader = cast.person("ben", language=language, theme=theme)
    ann, cat = cast.person("ann"), cast.person("cat")
    for person in (ann, cat):
        cast.follow(reader, person)
    cast.post(ann)
    page = as_person(reader, viewport=PHONE)
    assert_accessible(page)
    publish(site, ann)
    see(site, page, publish(site, cat), reader, cat)
    publish(site, reader)
    for path in ("/", "/stories", f"/u/{ann.username}"):
        page.goto(path)
        assert_accessible(page)
        if shots := os.environ.get("SHOTS"):
            name = f"{shots}/{theme}-{language}{path.replace('/', '-')}"
            page.screenshot(path=f"{name}-390.png")
            page.set_viewport_size({"width": 1440, "height": 900})
            page.screenshot(path=f"{name}-1440.png")
            page.set_viewport_size(PHONE)
