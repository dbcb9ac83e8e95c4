"""A refused form: its first fault is seen and has the focus, and goes when it is mended."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from pigeon.domain.errors import FieldError
from pigeon.services.accounts import passwords
from tests.harness.browser import PHONE

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

    from tests.factories import Person
    from tests.harness.sites import Site

pytestmark = pytest.mark.browser
WRONG = "not the password"
BOTH = pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without"])
BARS = 56
GUESSED = [
    *sorted(passwords.COMMON),
    *(word.upper() for word in sorted(passwords.COMMON)),
    "aaaaaaaaaaaaaaaa",
    "민민민민민민민민",
    "minji.kim",
    "Minji.Kim2024!!",
    "민지의 방",
    "...민지의 방1",
    "minji-mail-99",
    "ＭＩＮＪＩ-mail",
    "pigeonstargram",
    "!PigeonStargram123",
    "12345678",
    "🕊🕊🕊🕊",
    "seven doves over the bay",
    "nine herons 8",
    "straße straße",
    "abcdefghijklmnop",
    "correct horse",
]


def is_in_view(field: Locator) -> bool:
    """Between the bars, with the words that say what is wrong."""
    script = """(input, bars) => {
      const box = input.closest(".field").getBoundingClientRect();
      return box.top >= bars && box.bottom <= innerHeight - bars;
    }"""
    return bool(field.evaluate(script, BARS))


@BOTH
@pytest.mark.parametrize("size", [PHONE, {"width": 1440, "height": 700}], ids=["phone", "desktop"])
def test_a_wrong_password_below_the_fold_is_shown(
    as_person: Callable[..., Page], ann: Person, size: dict[str, int], *, scripts: bool
) -> None:
    page = as_person(ann, java_script_enabled=scripts, viewport=size)
    page.goto("/settings/account")
    page.get_by_text("Delete my account…").click()
    section = page.locator(".settings-section", has_text="Delete account")
    field = section.get_by_label("Your password")
    field.fill(WRONG)
    section.get_by_role("button", name="Delete account for good").click()
    expect(section.locator(".field-error")).to_be_visible()
    expect(field).to_be_focused()
    assert is_in_view(field)


def test_a_fault_in_a_swapped_page_is_shown(as_person: Callable[..., Page], ann: Person) -> None:
    page = as_person(ann, viewport=PHONE)
    page.goto("/settings/account")
    section = page.locator(".settings-section", has=page.get_by_role("heading", name="Password"))
    field = section.get_by_label("Your password")
    field.fill(WRONG)
    section.get_by_label("New password").fill("seven doves over the bay")
    page.evaluate("window.isSame = true")
    section.get_by_role("button", name="Change password").click()
    expect(section.locator(".field-error:visible")).to_have_text("This is not right.")
    assert page.evaluate("window.isSame")
    expect(field).to_be_focused()
    assert is_in_view(field)


def test_an_error_goes_when_its_field_is_typed_in(as_person: Callable[..., Page]) -> None:
    page = as_person()
    page.goto("/signup")
    page.get_by_label("E-mail").fill("minji@example.org")
    page.get_by_label("Name", exact=True).fill("Minji")
    page.get_by_label("Username").fill("admin")
    page.get_by_label("Password", exact=True).fill("password1234")
    page.get_by_role("button", name="Sign up", exact=True).click()
    username = page.get_by_label("Username")
    expect(username).to_be_focused()
    password = page.get_by_label("Password", exact=True)
    expect(password).to_have_attribute("aria-invalid", "true")
    page.get_by_text("This is easy to guess. Choose several words").wait_for()
    password.press_sequentially("seven doves over the bay")
    expect(page.get_by_text("This is easy to guess.")).to_be_hidden()
    expect(page.get_by_text("Strong")).to_be_visible()
    assert password.get_attribute("aria-invalid") is None
    username.fill("minji.unheard.of")
    expect(page.get_by_text("This name is reserved.")).to_be_hidden()


def test_what_is_refused_is_never_called_good(as_person: Callable[..., Page], site: Site) -> None:
    page = as_person()
    page.goto("/signup")
    names = ["PigeonStargram", "minji.kim", "민지의 방", "minji-mail"]
    script = """async ([passwords, names]) => {
      const meter = await import("/static/js/accounts/password-field.js");
      return passwords.map((one) => meter.strength(one, 8, names));
    }"""
    levels = page.evaluate(script, [GUESSED, names])
    with site.app.app_context():
        problems = [passwords.find_problem(one, names) for one in GUESSED]
    said = list(zip(GUESSED, levels, problems, strict=True))
    assert not [one for one, level, problem in said if problem and level > 1]
    assert {"seven doves over the bay", "nine herons 8"} <= {one for one, at, _ in said if at > 1}
    assert FieldError("bad_format") in problems
