"""Comments and replies are written, by keys and by touch."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.browser.comments.discussion import field, row, see_texts, texts
from tests.factories.comments import Commented

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.browser.conftest import Cast
    from tests.factories import Person

pytestmark = pytest.mark.browser
MENTION = "for=mention"


def test_writing_and_reloading(read: Callable[..., Page], bob: Person) -> None:
    page = read(bob)
    page.get_by_text("No comments yet. Say something kind.").wait_for()
    send = page.get_by_role("button", name="Send")
    expect(send).to_be_disabled()
    field(page).fill("  ")
    expect(send).to_be_disabled()
    field(page).fill("hello\nthere")
    send.click()
    row(page, "hello").wait_for()
    expect(field(page)).to_have_value("")
    expect(page.get_by_text("No comments yet")).to_be_hidden()
    page.reload()
    see_texts(page, "hello\nthere")
    expect(field(page)).to_have_value("")


def test_enter_sends_one_line_and_breaks_several(read: Callable[..., Page], bob: Person) -> None:
    page = read(bob)
    field(page).press_sequentially("one line")
    field(page).press("Enter")
    row(page, "one line").wait_for()
    field(page).press_sequentially("first")
    field(page).press("Shift+Enter")
    field(page).press_sequentially("second")
    field(page).press("Enter")
    expect(field(page)).to_have_value("first\nsecond\n")
    field(page).press("Control+Enter")
    row(page, "second").wait_for()
    see_texts(page, "one line", "first\nsecond")


def test_enter_belongs_to_a_syllable_that_is_composed(
    read: Callable[..., Page], bob: Person
) -> None:
    page = read(bob)
    field(page).focus()
    session = page.context.new_cdp_session(page)
    session.send(
        "Input.imeSetComposition", {"text": "안녀", "selectionStart": 2, "selectionEnd": 2}
    )
    enter = {"key": "Enter", "code": "Enter", "windowsVirtualKeyCode": 229}
    session.send("Input.dispatchKeyEvent", {"type": "rawKeyDown", **enter})
    session.send("Input.dispatchKeyEvent", {"type": "keyUp", **enter})
    session.send("Input.insertText", {"text": "안녕"})
    expect(field(page)).to_have_value("안녕")
    assert not texts(page)
    field(page).press("Enter")
    row(page, "안녕").wait_for()
    see_texts(page, "안녕")


def test_the_person_who_is_marked_stays_marked_when_a_syllable_is_done(
    read: Callable[..., Page], cast: Cast, bob: Person
) -> None:
    """The end of a composition tells the same word once more, which is no reason to ask again."""
    people = [cast.named("솜이"), cast.named("솜솜")]
    page = read(bob)
    asked: list[str] = []
    page.on(
        "request", lambda request: asked.append(request.url) if MENTION in request.url else None
    )
    field(page).press_sequentially("@")
    session = page.context.new_cdp_session(page)
    session.send("Input.imeSetComposition", {"text": "솜", "selectionStart": 1, "selectionEnd": 1})
    options = page.locator(".comment-form [role=option]")
    expect(options).to_have_count(len(people))
    session.send("Input.insertText", {"text": "솜"})
    page.keyboard.press("ArrowDown")
    expect(options.nth(1)).to_have_attribute("aria-selected", "true")
    page.wait_for_timeout(400)  # longer than the pause before a word is asked for
    expect(options.nth(1)).to_have_attribute("aria-selected", "true")
    assert len(asked) == 1
    chosen = options.nth(1).get_attribute("data-username")
    page.keyboard.press("Enter")
    expect(field(page)).to_have_value(f"@{chosen} ")


def test_a_reply_stands_below_and_names_who_is_answered(
    read: Callable[..., Page], comment: Callable[..., Commented], ann: Person, bob: Person
) -> None:
    first = comment(ann, "a question")
    comment(ann, "another")
    page = read(bob)
    row(page, "a question").get_by_role("link", name=f"Reply to {ann.username}").click()
    reply = page.get_by_role("textbox", name="Write a reply …")
    expect(reply).to_have_value(f"@{ann.username} ")
    expect(reply).to_be_focused()
    reply.press_sequentially("an answer")
    reply.press("Enter")
    answer = page.locator(f"#replies-{first.id} .comment[id]", has_text="an answer")
    answer.wait_for()
    expect(reply).to_have_count(0)
    page.get_by_role("link", name="Hide replies").click()
    expect(answer).to_be_hidden()
    page.get_by_role("link", name="View 1 reply").click()
    answer.wait_for()

    answer.get_by_role("link", name=f"Reply to {bob.username}").click()
    expect(reply, "nobody addresses themselves").to_have_value("")
    reply.press_sequentially("and more")
    reply.press("Escape")
    expect(reply).to_have_count(0)
    answer.get_by_role("link", name=f"Reply to {bob.username}").click()
    expect(reply, "given up, not lost").to_have_value("and more")
    reply.press("Enter")
    page.locator(f"#replies-{first.id} .comment[id]", has_text="and more").wait_for()
    page.reload()
    page.get_by_role("link", name="View 2 replies").click()
    page.locator(f"#replies-{first.id} .comment[id]", has_text="and more").wait_for()


def test_by_keyboard_alone(
    read: Callable[..., Page], comment: Callable[..., Commented], bob: Person
) -> None:
    comment(bob, "to be changed")
    page = read(bob)
    menu = row(page, "to be changed").locator("summary")
    menu.focus()
    page.keyboard.press("Enter")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.get_by_role("textbox", name="Edit comment").wait_for()
    page.keyboard.type("!")
    page.keyboard.press("Control+Enter")
    row(page, "to be changed!").wait_for()
    page.wait_for_function("document.activeElement.matches('.comment')")
    row(page, "to be changed!").get_by_role("link", name="Reply").focus()
    page.keyboard.press("Enter")
    page.keyboard.type("done")
    page.keyboard.press("Enter")
    page.locator(".replies .comment[id]", has_text="done").wait_for()
    page.wait_for_function("document.activeElement.closest('.replies') !== null")


def test_a_little_picture_lands_where_one_writes(read: Callable[..., Page], bob: Person) -> None:
    page = read(bob)
    field(page).fill("ab")
    field(page).press("ArrowLeft")
    page.locator(".discussion-dock .comment-emoji > summary").click()
    page.get_by_role("button", name="👏").click()
    expect(field(page)).to_have_value("a👏b")
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="👏")).to_be_hidden()
