"""What one wrote is edited, deleted and brought back."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.browser.comments.discussion import choose, row, see_texts, texts
from tests.factories.comments import Commented
from tests.harness.children import wait_until

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.factories import Person

pytestmark = pytest.mark.browser


def test_editing_in_place(
    read: Callable[..., Page], comment: Callable[..., Commented], bob: Person
) -> None:
    comment(bob, "frist words")
    page = read(bob)
    choose(page, "frist words", "Edit")
    edit = page.get_by_role("textbox", name="Edit comment")
    expect(edit).to_have_value("frist words")
    edit.fill("other words")
    edit.press("Escape")
    row(page, "frist words").wait_for()
    choose(page, "frist words", "Edit")
    edit.fill("first words")
    page.get_by_role("button", name="Save").click()
    row(page, "first words").get_by_text("edited").wait_for()
    page.reload()
    row(page, "first words").get_by_text("edited").wait_for()


def test_an_edit_that_was_not_saved_is_found_again(
    read: Callable[..., Page], comment: Callable[..., Commented], bob: Person
) -> None:
    comment(bob, "frist words")
    comment(bob, "another one")
    page = read(bob)
    choose(page, "frist words", "Edit")
    edit = page.get_by_role("textbox", name="Edit comment")
    edit.fill("first words")
    choose(page, "another one", "Edit")
    expect(edit).to_have_value("another one")
    page.reload()
    choose(page, "frist words", "Edit")
    expect(edit).to_have_value("first words")
    page.get_by_role("button", name="Save").click()
    row(page, "first words").get_by_text("edited").wait_for()
    choose(page, "first words", "Edit")
    edit.fill("given up")
    edit.press("Escape")
    choose(page, "first words", "Edit")
    expect(edit).to_have_value("first words")


def test_deleting_can_be_undone(
    read: Callable[..., Page], comment: Callable[..., Commented], bob: Person
) -> None:
    comment(bob, "stays")
    comment(bob, "goes")
    page = read(bob)
    choose(page, "stays", "Delete")
    row(page, "stays").wait_for(state="hidden")
    undo = page.get_by_role("button", name="Undo")
    undo.click()
    row(page, "stays").wait_for()
    undo.wait_for(state="detached")
    choose(page, "goes", "Delete")
    row(page, "goes").wait_for(state="hidden")
    with page.expect_response(lambda answer: answer.request.method == "DELETE") as answer:
        page.get_by_role("button", name="Close").click()
    assert answer.value.status == 204
    page.reload()
    see_texts(page, "stays")


def test_leaving_the_page_ends_undo(
    read: Callable[..., Page], comment: Callable[..., Commented], ann: Person, bob: Person
) -> None:
    comment(bob, "gone with the page")
    page = read(ann)
    choose(page, "gone with the page", "Delete")
    row(page, "gone with the page").wait_for(state="hidden")
    path = page.url
    page.goto("about:blank")
    reader = read(bob)

    def is_gone() -> bool:
        reader.goto(path)
        return not texts(reader)

    wait_until(is_gone)
