"""In and out: log-in by e-mail and username, log-out, a forgotten password, withdrawal."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.harness.browser import sign_in

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.browser.conftest import Cast
    from tests.factories import Person

pytestmark = pytest.mark.browser
NEW_PASSWORD = "nine herons on the pier"


@pytest.mark.parametrize("name", ["username", "email"])
def test_log_in_by(name: str, as_person: Callable[..., Page], ann: Person) -> None:
    page = as_person()
    sign_in(page, getattr(ann, name), ann.password)
    page.get_by_role("heading", name=f"Welcome, {ann.display_name}").wait_for()


def test_log_in_leads_to_where_one_was_going(as_person: Callable[..., Page], ann: Person) -> None:
    page = as_person()
    page.goto("/settings/account")
    assert "/login?next=" in page.url
    page.get_by_label("E-mail or username").fill(ann.username)
    page.get_by_label("Password", exact=True).fill(ann.password)
    page.get_by_role("button", name="Log in").click()
    page.wait_for_url("**/settings/account")


def test_a_wrong_password_says_no_more_than_that(
    as_person: Callable[..., Page], ann: Person
) -> None:
    page = as_person()
    said = []
    for username in (ann.username, "nobody.at.all"):
        page.goto("/login")
        page.get_by_label("E-mail or username").fill(username)
        page.get_by_label("Password", exact=True).fill("not the password")
        page.get_by_role("button", name="Log in").click()
        alert = page.get_by_role("alert").first
        expect(alert).to_have_text(re.compile(r"\S"))
        said.append(alert.inner_text())
        expect(page.get_by_label("E-mail or username")).to_have_value(username)
    assert said[0] == said[1] != ""


def test_the_password_can_be_shown(as_person: Callable[..., Page]) -> None:
    page = as_person()
    page.goto("/login")
    field = page.get_by_label("Password", exact=True)
    field.fill("visible words")
    show = page.get_by_role("button", name="Show password")
    show.click()
    expect(field).to_have_attribute("type", "text")
    expect(show).to_have_attribute("aria-pressed", "true")
    show.click()
    expect(field).to_have_attribute("type", "password")


def test_the_username_is_checked_while_typing(as_person: Callable[..., Page], ann: Person) -> None:
    page = as_person()
    page.goto("/signup")
    field = page.get_by_label("Username")
    field.press_sequentially(ann.username)
    page.get_by_text("This username is taken.").wait_for()
    field.fill("")
    field.press_sequentially("quite.free")
    page.get_by_text("This username is free.").wait_for()


def test_log_out_closes_other_windows_of_the_browser(
    as_person: Callable[..., Page], go_live: Callable[[Page, str], None], ann: Person
) -> None:
    page = as_person(ann)
    other = page.context.new_page()
    go_live(other, "/")
    page.locator(".nav-menu > summary").click()
    page.get_by_role("button", name="Log out").click()
    page.locator(".landing").wait_for()
    other.wait_for_url("**/login?next=*")
    page.goto("/settings/profile")
    assert "/login" in page.url


def test_a_forgotten_password_by_the_mailed_link(
    as_person: Callable[..., Page], letters: Callable[[str], list[str]], ann: Person
) -> None:
    page, elsewhere = as_person(), as_person(ann)
    page.goto("/login")
    page.get_by_role("link", name="Forgot your password?").click()
    page.get_by_role("heading", name="Forgotten password").wait_for()
    page.get_by_label("E-mail").fill(ann.email)
    page.get_by_role("button", name="Send the link").click()
    page.get_by_role("heading", name="Check your mail").wait_for()
    (link,) = letters(ann.email)
    page.goto(link)
    page.get_by_label("New password").fill(NEW_PASSWORD)
    page.get_by_role("button", name="Save the password").click()
    page.get_by_role("heading", name="Welcome back").wait_for()
    elsewhere.wait_for_url("**/login?next=*")
    sign_in(page, ann.username, NEW_PASSWORD)
    page.get_by_role("heading", name=f"Welcome, {ann.display_name}").wait_for()


def test_an_unknown_address_gets_the_same_page(as_person: Callable[..., Page]) -> None:
    page = as_person()
    page.goto("/password/forgot")
    page.get_by_label("E-mail").fill("nobody@example.org")
    page.get_by_role("button", name="Send the link").click()
    page.get_by_text("If an account belongs to this address").wait_for()


def test_withdraw_needs_the_password_and_takes_everything(
    as_person: Callable[..., Page], cast: Cast, ann: Person
) -> None:
    post = cast.post(ann, caption="going away")
    page = as_person(ann)
    page.goto("/settings/account")
    page.get_by_text("Delete my account…").click()
    section = page.locator(".settings-section", has_text="Delete account")
    section.get_by_label("Your password").fill("not the password")
    section.get_by_role("button", name="Delete account for good").click()
    section.locator(".field-error:visible").wait_for()
    section.get_by_label("Your password").fill(ann.password)
    section.get_by_role("button", name="Delete account for good").click()
    page.locator(".landing, .auth").first.wait_for()
    assert page.request.get(f"/u/{ann.username}").status == 404
    assert page.request.get(f"/p/{post.id}").status == 404


def test_profile_words_and_picture(
    as_person: Callable[..., Page], ann: Person, photographs: list[object]
) -> None:
    page = as_person(ann)
    page.goto("/settings/profile")
    page.get_by_label("Name", exact=True).fill("Ann of the Bay")
    page.get_by_role("textbox", name="About you optional").fill("Doves, mostly.")
    page.get_by_role("textbox", name="Link").fill("https://ann.example")
    page.get_by_role("button", name="Save").click()
    page.get_by_role("status").get_by_text("saved", exact=False).first.wait_for()
    page.get_by_label("New picture").set_input_files(str(photographs[2]))
    page.locator(".cropper-canvas").wait_for()
    page.get_by_role("button", name="Use this picture").click()
    page.get_by_text("Your new picture is in place.").wait_for()
    page.goto(f"/u/{ann.username}")
    page.get_by_text("Ann of the Bay").first.wait_for()
    page.get_by_role("link", name="ann.example").wait_for()


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without"])
def test_the_password_is_changed_in_the_settings(
    as_person: Callable[..., Page], ann: Person, *, scripts: bool
) -> None:
    page = as_person(ann, java_script_enabled=scripts)
    page.goto("/settings/account")
    section = page.locator(".settings-section", has=page.get_by_role("heading", name="Password"))
    section.get_by_label("Your password").fill("not the password")
    section.get_by_label("New password").fill(NEW_PASSWORD)
    section.get_by_role("button", name="Change password").click()
    expect(section.locator(".field-error:visible")).to_have_text("This is not right.")
    section.get_by_label("Your password").fill(ann.password)
    section.get_by_label("New password").fill(NEW_PASSWORD)
    section.get_by_role("button", name="Change password").click()
    page.get_by_text("Your new password is set.").first.wait_for()
    elsewhere = as_person(java_script_enabled=scripts)
    sign_in(elsewhere, ann.username, NEW_PASSWORD)
    elsewhere.get_by_role("heading", name=f"Welcome, {ann.display_name}").wait_for()
