"""Everything works without JavaScript: links, forms, files."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.harness.children import wait_until

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.browser.conftest import Cast
    from tests.factories import Person

pytestmark = pytest.mark.browser
PASSWORD = "seven doves over the bay"


@pytest.fixture
def plain(as_person: Callable[..., Page]) -> Callable[..., Page]:
    def open_page(person: Person | None = None) -> Page:
        return as_person(person, java_script_enabled=False)

    return open_page


def wait_published(page: Page, path: str) -> None:
    wait_until(lambda: not page.reload() or not page.locator(".is-pending").count(), timeout_s=40)
    page.goto(path)


def test_sign_up_follow_and_post_with_pictures(
    plain: Callable[..., Page],
    letters: Callable[[str], list[str]],
    cast: Cast,
    photographs: list[Path],
) -> None:
    friend = cast.person("friend")
    cast.post(friend, caption="hello from a friend")
    page = plain()
    page.goto("/signup")
    page.get_by_label("E-mail").fill("plain@example.org")
    page.get_by_label("Name", exact=True).fill("Plain")
    page.get_by_label("Username").fill("plain.person")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign up").click()
    page.get_by_role("heading", name="Check your mail").wait_for()
    (link,) = letters("plain@example.org")
    page.goto(link)
    page.get_by_role("button", name="Confirm and continue").click()
    page.get_by_role("heading", name="Welcome, Plain").wait_for()

    page.goto("/people")
    page.get_by_label("Handle or name").fill(friend.username)
    page.get_by_role("button", name="Search").click()
    page.get_by_role("button", name=f"Follow {friend.username}").click()
    page.get_by_role("button", name=f"Following {friend.username}").wait_for()
    page.goto("/")
    page.get_by_text("hello from a friend").wait_for()

    page.get_by_role("link", name="Create").click()
    for row, photograph in enumerate(photographs[:2], start=1):
        page.get_by_label(f"Photo {row}", exact=True).set_input_files(photograph)
    page.get_by_role("textbox", name="Description of photo 1", exact=True).fill("A rocket")
    page.get_by_label("Caption").fill("Two without scripts")
    page.get_by_role("button", name="Share", exact=True).click()
    page.wait_for_url("/")
    page.locator("article", has_text="Two without scripts").wait_for()
    wait_published(page, "/")
    card = page.locator("article", has_text="Two without scripts")
    first = card.locator(".carousel-slide img.photo-image").first
    expect(first).to_have_attribute("alt", "A rocket")


def test_a_refused_form_names_the_picture_and_keeps_the_words(
    plain: Callable[..., Page], ann: Person, photographs: list[Path]
) -> None:
    page = plain(ann)
    page.goto("/create")
    page.get_by_label("Photo 1", exact=True).set_input_files(photographs[0])
    wrong = {"name": "notes.jpg", "mimeType": "image/jpeg", "buffer": b"only words"}
    page.get_by_label("Photo 3", exact=True).set_input_files(wrong)
    page.get_by_role("textbox", name="Description of photo 3", exact=True).fill("my notes")
    page.get_by_label("Caption").fill("kept words")
    page.get_by_role("button", name="Share", exact=True).click()
    rows = page.locator(".plain-row")
    expect(rows.nth(2).locator(".field-error").first).to_be_visible()
    expect(rows.nth(0).locator(".field-error").first).to_be_hidden()
    expect(page.get_by_label("Caption")).to_have_value("kept words")
    description = page.get_by_role("textbox", name="Description of photo 3", exact=True)
    expect(description).to_have_value("my notes")


def test_unfollow_edit_and_delete(
    plain: Callable[..., Page], cast: Cast, ann: Person, bob: Person
) -> None:
    cast.follow(ann, bob)
    post = cast.post(ann, caption="first words")
    page = plain(ann)
    page.goto(f"/u/{bob.username}")
    page.get_by_role("button", name=f"Following {bob.username}").click()
    page.get_by_role("button", name=f"Follow {bob.username}").wait_for()

    page.goto(f"/p/{post.id}")
    page.locator(".post-menu > summary").click()
    page.get_by_role("link", name="Edit").click()
    page.get_by_label("Caption").fill("second words")
    page.get_by_role("button", name="Save").click()
    page.get_by_text("second words").wait_for()
    page.get_by_text("edited").wait_for()

    page.locator(".post-menu > summary").click()
    page.get_by_role("link", name="Delete").click()
    page.get_by_role("button", name="Delete post").click()
    page.get_by_text("Your post was deleted.").wait_for()
    assert page.request.get(f"/p/{post.id}").status == 404


def test_the_theme_is_a_form(plain: Callable[..., Page], ann: Person) -> None:
    page = plain(ann)
    page.locator(".nav-menu > summary").click()
    page.get_by_role("button", name="Dark", exact=True).click()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")


def test_older_posts_are_a_link(plain: Callable[..., Page], cast: Cast, ann: Person) -> None:
    for number in range(25):
        cast.post(ann, caption=f"number {number:02}")
    page = plain(ann)
    page.get_by_text("number 24").wait_for()
    assert not page.get_by_text("number 00").count()
    older = page.get_by_role("link", name="Older posts")
    while older.count():
        with page.expect_navigation():  # loaded to its end
            older.click()
    page.get_by_text("number 00").wait_for()
