"""From nothing to the first post, and a friend who sees it arrive."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import expect

from pigeon.services.suggestions import ranking

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.browser.conftest import Cast
    from tests.factories import Person
    from tests.harness.sites import Site

pytestmark = pytest.mark.browser
PASSWORD = "seven doves over the bay"
PHONE = {"width": 390, "height": 844}


def sign_up(page: Page, username: str) -> None:
    page.goto("/")
    page.locator(".landing").get_by_role("link", name="Sign up").click()
    page.get_by_role("heading", name="Join PigeonStargram").wait_for()
    page.get_by_label("E-mail").fill(f"{username}@example.org")
    page.get_by_label("Name", exact=True).fill("Nora")
    page.get_by_label("Username").fill(username)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign up").click()
    page.get_by_role("heading", name="Check your mail").wait_for()


def test_sign_up_by_the_letter_leads_to_the_first_post(
    as_person: Callable[..., Page],
    letters: Callable[[str], list[str]],
    compose: Callable[..., Any],
    photographs: list[Path],
) -> None:
    page = as_person(viewport=PHONE, is_mobile=True, has_touch=True)
    sign_up(page, "nora.first")
    (link,) = letters("nora.first@example.org")
    page.goto(link)
    page.get_by_role("button", name="Confirm and continue").click()
    page.get_by_role("heading", name="Welcome, Nora").wait_for()
    page.locator(".checklist").get_by_role("link", name="Share your first photo").click()
    page.get_by_role("heading", name="New post").wait_for()
    compose(page, photographs, "My first four")
    page.get_by_role("button", name="Share", exact=True).click()
    page.wait_for_url("/")
    card = page.locator("article", has_text="My first four")
    card.wait_for()
    ready = page.locator("article:not(.is-pending)", has_text="My first four")
    ready.wait_for()
    expect(card.locator(".carousel-slide")).to_have_count(len(photographs))
    expect(page.locator(".checklist-step.is-done")).to_contain_text("Share your first photo")


def test_first_steps_are_marked_without_a_reload(
    site: Site,
    as_person: Callable[..., Page],
    compose: Callable[..., Any],
    photographs: list[Path],
    cast: Cast,
) -> None:
    for number in range(6):
        star = cast.person("star", follower_count=1_000 + number)
        cast.post(star, images=1, caption="a star's own")
    nora = cast.person("nora")
    with site.app.app_context():
        ranking.popular.evict("")
    page = as_person(nora, viewport=PHONE)
    page.evaluate("window.isSamePage = true")
    card, people = page.locator(".checklist"), page.locator(".checklist-person")
    expect(card.locator(".checklist-progress")).to_have_text("0 of 3 done")
    assert people.locator(".checklist-thumb img").count() >= 6
    shown = people.count()
    for number in range(1, 5):
        card.get_by_role("button", name=re.compile("^Follow star")).first.click()
        expect(card.locator(".checklist-part")).to_have_text(f"{number} of 5")
    page.locator("#feed article", has_text="a star's own").first.wait_for()
    card.get_by_role("button", name=re.compile("^Follow star")).first.click()
    expect(card.locator(".checklist-step.is-done")).to_contain_text("Follow 5 people")
    expect(people).to_have_count(shown)
    other = as_person(nora)
    other.goto("/settings/profile")
    other.get_by_label("New picture").set_input_files(photographs[0])
    other.get_by_role("button", name="Use this picture").click()
    expect(card.locator(".checklist-step.is-done")).to_have_count(2)
    compose(other, photographs, "My first")
    other.get_by_role("button", name="Share", exact=True).click()
    expect(card.locator(".checklist-heading")).to_have_text("That is all. Welcome!")
    assert page.evaluate("window.isSamePage")
    page.reload()
    page.locator("#feed article", has_text="My first").wait_for()
    expect(card).to_have_count(0)


def test_in_another_browser_the_link_asks_for_the_password(
    as_person: Callable[..., Page], letters: Callable[[str], list[str]]
) -> None:
    sign_up(as_person(), "nora.letter")
    (link,) = letters("nora.letter@example.org")
    page = as_person(viewport=PHONE, java_script_enabled=False)
    page.goto(link)
    expect(page.get_by_text("@nora.letter")).to_be_visible()
    password = page.get_by_label("Password", exact=True)
    expect(password).to_be_focused()
    password.fill("guessed wrong")
    page.get_by_role("button", name="Confirm and continue").click()
    expect(password).to_be_focused()
    expect(password).to_have_attribute("aria-invalid", "true")
    expect(page.locator(".field-error").first).to_be_visible()
    password.fill(PASSWORD)
    page.get_by_role("button", name="Confirm and continue").click()
    page.get_by_role("heading", name="Welcome, Nora").wait_for()
    page.goto("/u/nora.letter")
    page.get_by_text("Share your first photo").wait_for()


def test_a_post_is_its_authors_at_once_and_a_followers_when_it_is_ready(
    as_person: Callable[..., Page],
    compose: Callable[..., Any],
    held_workers: Callable[[], Any],
    photographs: list[Path],
    cast: Cast,
    ann: Person,
    bob: Person,
) -> None:
    cast.post(ann, caption="an older one")
    cast.follow(bob, ann)
    author, follower = as_person(ann), as_person(bob)
    follower.get_by_text("an older one").first.wait_for()
    loads: list[str] = []
    follower.on("load", lambda: loads.append(follower.url))
    with held_workers():
        compose(author, photographs, "Four at once")
        author.get_by_role("button", name="Share", exact=True).click()
        pending = author.locator("article.is-pending", has_text="Four at once")
        pending.wait_for()
        first_id = str(pending.get_attribute("id"))
        expect(author.locator("#feed > article").first).to_have_id(first_id)
        expect(pending.locator("img[data-preview]")).to_be_visible()
        expect(pending.locator(".pending-count")).to_have_text("0/4")
        address = str(pending.get_attribute("data-href"))
        assert follower.request.get(address).status == 404
        expect(follower.locator(".new-posts-pill")).to_be_hidden()
    author.locator("article:not(.is-pending)", has_text="Four at once").wait_for()
    pill = follower.get_by_role("button", name="1 new post")
    pill.wait_for()
    assert not follower.get_by_text("Four at once").count(), "nothing moves what is being read"
    pill.click()
    card = follower.locator("#feed > article").first
    card.get_by_text("Four at once").wait_for()
    expect(card.locator(".carousel-slide")).to_have_count(4)
    first = card.locator(".photo-image").first
    first.evaluate("picture => picture.decode()")
    expect(first).to_have_attribute("src", re.compile(r"^/media/"))
    expect(pill).to_be_hidden()
    assert not loads
