"""A discussion is read: on its page, in the dialog, by its addresses, and without scripts."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import expect

from tests.browser.comments.discussion import LATEST, PHONE, choose, field, row, see_texts, top_of
from tests.factories.comments import Commented
from tests.harness.browser import assert_accessible

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.factories import Person, Posted

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("options", [{}, {"viewport": PHONE}], ids=["desktop", "phone"])
def test_earlier_comments_do_not_move_what_is_read(
    options: dict[str, Any], read: Callable[..., Page], bob: Person, many: list[Commented]
) -> None:
    page = read(bob, **options)
    first = row(page, "number 4")
    first.wait_for()
    assert not row(page, "number 3").count()
    earlier = page.get_by_role("link", name="Earlier comments")
    earlier.scroll_into_view_if_needed()
    before = top_of(first)
    earlier.click()
    row(page, "number 3").wait_for(state="attached")
    page.locator('.thread[aria-hidden="true"]').first.wait_for(state="detached")
    assert abs(top_of(first) - before) <= 1
    see_texts(page, *(one.text for one in many))
    expect(earlier).to_be_hidden()


def test_the_address_of_a_comment_leads_to_it(
    read: Callable[..., Page], bob: Person, many: list[Commented]
) -> None:
    page = read(bob, f"#comment-{many[1].id}")
    page.locator(f"#comment-{many[1].id}.is-target").wait_for()
    target = page.locator(f"#comment-{many[1].id}")  # it is lit for two seconds
    expect(target).to_be_visible()
    assert 0 < top_of(target) < 900
    page.locator(f"#comment-{many[1].id}:not(.is-target)").wait_for()
    page.get_by_role("link", name="Newest comments").click()
    row(page, LATEST).wait_for()


def test_the_address_of_a_reply_opens_its_thread(
    read: Callable[..., Page],
    comment: Callable[..., Commented],
    bob: Person,
    many: list[Commented],
) -> None:
    replies = [comment(bob, f"reply {number}", answers=many[0]) for number in range(3)]
    page = read(bob, f"#comment-{replies[1].id}")
    page.locator(f"#comment-{replies[1].id}.is-target").wait_for()
    page.get_by_role("link", name="Hide replies").wait_for()


def test_a_comment_that_is_gone_is_said_to_be(read: Callable[..., Page], bob: Person) -> None:
    page = read(bob, "#comment-999999")
    page.get_by_text("This comment is no longer available.").wait_for()


def test_in_the_dialog(
    as_person: Callable[..., Page], ann: Person, post: Posted, many: list[Commented]
) -> None:
    page = as_person(ann)
    page.locator(f"#post-{post.id} .post-time").click()
    dialog = page.locator("#post-dialog[open]")
    dialog.get_by_text("what do you say?").wait_for()
    composer = dialog.get_by_role("textbox", name="Add a comment …")
    expect(composer).to_be_in_viewport(ratio=1)
    composer.fill("said over the page")
    composer.press("Enter")
    dialog.locator(".comment[id]", has_text="said over the page").wait_for()
    dialog.locator(".comment[id]", has_text=LATEST).get_by_role("link", name="Reply").click()
    reply = dialog.get_by_role("textbox", name="Write a reply …")
    expect(reply).to_be_focused()
    page.keyboard.press("Escape")
    expect(reply).to_have_count(0)
    page.wait_for_timeout(200)  # a step back in history comes a moment later
    expect(dialog, "the field closes, the dialog stays").to_be_visible()
    page.keyboard.press("Escape")
    page.wait_for_url("/")


def test_messages_are_in_reach_over_a_dialog_and_after_it(
    as_person: Callable[..., Page], comment: Callable[..., Commented], ann: Person, post: Posted
) -> None:
    comment(ann, "twice deleted")
    page = as_person(ann)
    page.locator(f"#post-{post.id} .post-time").click()
    dialog = page.locator("#post-dialog[open]")
    dialog.get_by_text("twice deleted").wait_for()
    choose(page, "twice deleted", "Delete")
    page.get_by_role("button", name="Undo").click()
    row(page, "twice deleted").wait_for()
    choose(page, "twice deleted", "Delete")
    row(page, "twice deleted").wait_for(state="hidden")
    page.keyboard.press("Escape")
    page.wait_for_url("/")
    page.get_by_role("button", name="Undo").last.wait_for()
    page.wait_for_function("document.getElementById('toasts').parentElement === document.body")


def test_without_scripts(
    read: Callable[..., Page],
    comment: Callable[..., Commented],
    bob: Person,
    many: list[Commented],
) -> None:
    comment(bob, "answered before", answers=many[-1])
    page = read(bob, java_script_enabled=False)
    field(page).fill("x" * 2201)
    page.get_by_role("button", name="Send").click()
    expect(page.locator(".comment-field .field-error").first).to_be_visible()
    expect(field(page)).to_have_value("x" * 2201)
    field(page).fill("plain words")
    page.get_by_role("button", name="Send").click()
    page.wait_for_url(re.compile(r"#comment-\d+$"))
    row(page, "plain words").wait_for()

    row(page, LATEST).get_by_role("link", name="Reply").click()
    row(page, "answered before").wait_for()
    page.get_by_role("textbox", name="Write a reply …").fill("plain answer")
    page.locator("#reply").get_by_role("button", name="Send").click()
    row(page, "plain answer").wait_for()

    choose(page, "plain words", "Edit")
    page.get_by_role("textbox", name="Edit comment").fill("plainer words")
    page.get_by_role("button", name="Save").click()
    choose(page, "plainer words", "Delete")
    page.get_by_role("button", name="Delete comment").click()
    page.get_by_text("The comment was deleted.").wait_for()
    page.wait_for_load_state()
    expect(row(page, "plainer words")).to_have_count(0)
    page.get_by_role("link", name="Earlier comments").click()
    row(page, "number 0").wait_for()


@pytest.mark.parametrize("viewport", [PHONE, {"width": 1280, "height": 900}], ids=["phone", "wide"])
def test_nothing_is_in_the_way_of_anybody(
    viewport: dict[str, int],
    read: Callable[..., Page],
    comment: Callable[..., Commented],
    bob: Person,
    many: list[Commented],
) -> None:
    comment(bob, "a reply", answers=many[-1])
    page = read(bob, viewport=viewport, reduced_motion="reduce")
    for theme in ("light", "dark"):
        page.evaluate("theme => { document.documentElement.dataset.theme = theme }", theme)
        assert_accessible(page)
    page.get_by_role("link", name="View 1 reply").click()
    row(page, "a reply").get_by_role("link", name="Reply").click()
    row(page, "a reply").locator("summary").click()
    assert_accessible(page)
    page.locator(".comment-form.is-reply .comment-emoji > summary").click()
    assert_accessible(page)
    page.wait_for_function("() => document.documentElement.scrollWidth <= innerWidth")
