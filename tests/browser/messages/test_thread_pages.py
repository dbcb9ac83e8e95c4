"""What surrounds a conversation: its head, requests, no scripts, and what axe finds."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import expect

from pigeon.services.messages import conversations, sending
from pigeon.services.relations import blocks
from pigeon.services.users import users
from tests.browser.messages.thread import PHONE, choose, field, row, status, texts, write
from tests.factories.uploads import make_upload
from tests.harness.browser import ALL_RULES, assert_accessible

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.browser.conftest import Cast
    from tests.factories import Person
    from tests.harness.sites import Site

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]
Friends = tuple["Person", "Person"]
FITS = "() => document.documentElement.scrollWidth <= innerWidth"
SET_THEME = """async (theme) => {
  document.documentElement.dataset.theme = theme;
  await new Promise(requestAnimationFrame);
}"""


@pytest.fixture
def full(
    site: Site, cast: Cast, friends: Friends, say: Callable[..., Any], photographs: list[Path]
) -> Friends:
    """A conversation with everything in it that a message can be."""
    ann, bob = friends
    post = cast.post(bob, caption="evening by the river #sky", images=1)
    say(bob, ann, "see https://example.org and @nobody #sky")
    with site.app.app_context():
        upload = make_upload(photographs[0].read_bytes(), alt="a place we know")
    say(bob, ann, upload=upload)
    say(bob, ann, post_id=post.id)
    say(ann, bob, "🎉🎉")
    gone = say(ann, bob, "oops")
    with site.app.app_context():
        sending.unsend(int(gone.id), by=ann.id)
    say(ann, bob, "and the end of it")
    return friends


@pytest.mark.parametrize("language", ["en", "ko"])
def test_axe_finds_nothing_grave(
    open_thread: Callable[..., Page],
    full: Friends,
    site: Site,
    cast: Cast,
    language: str,
    say: Callable[..., Any],
    cut_off: Callable[[Page, bool], None],
) -> None:
    ann, bob = full
    eve = cast.person("eve")
    say(eve, ann, "do you know me?")
    with site.app.app_context():
        users.update_profile(ann.id, {"language": language})
    page = open_thread(ann, bob, reduced_motion="reduce")
    page.locator("a.message-photo").wait_for()
    for path in (bob.username, eve.username):
        page.goto(f"/messages/{path}")
        for width in (320, 390, 1280):
            page.set_viewport_size({"width": width, "height": 800})
            page.wait_for_function(FITS)
        for theme, rules in (("light", ALL_RULES), ("dark", ["color-contrast"])):
            page.evaluate(SET_THEME, theme)
            assert_accessible(page, rules)
    page.goto(f"/messages/{bob.username}")
    page.locator(".message-menu > summary").last.click()
    assert_accessible(page, ALL_RULES)
    page.keyboard.press("Escape")
    cut_off(page, True)
    write(page, "unsent")
    row(page, "unsent").locator("[data-part=retry]:visible").wait_for()
    for theme in ("light", "dark"):
        page.evaluate(SET_THEME, theme)
        assert_accessible(page, ALL_RULES)


def test_a_phone_shows_the_conversation_alone_and_leads_back(
    open_thread: Callable[..., Page], full: Friends
) -> None:
    page = open_thread(*full, viewport=PHONE, has_touch=True, is_mobile=True)
    expect(page.locator(".nav")).to_be_hidden()
    expect(page.locator(".messages-inbox")).to_be_hidden()
    box = page.locator(".thread-send").bounding_box()
    assert box and box["y"] + box["height"] <= PHONE["height"]
    assert min(box["width"], box["height"]) >= 44
    page.set_viewport_size({"width": 390, "height": 480})  # a keyboard resizes the content
    expect(page.locator("#message-text")).to_be_in_viewport(ratio=1)
    expect(row(page, "and the end of it")).to_be_in_viewport()
    page.get_by_role("link", name="Back to messages").click()
    page.wait_for_url("**/messages")
    expect(page.locator(".messages-inbox")).to_be_visible()


def test_the_field_stands_above_a_keyboard_that_lies_over_the_page(
    open_thread: Callable[..., Page], full: Friends
) -> None:
    page = open_thread(*full, viewport=PHONE, has_touch=True, is_mobile=True)
    cover = """height => {
      Object.defineProperty(visualViewport, "height", { configurable: true, get: () => height });
      visualViewport.dispatchEvent(new Event("resize"));
    }"""
    page.evaluate(cover, 420)
    box = page.locator("#message-text").bounding_box()
    assert box and box["y"] + box["height"] <= 420
    expect(row(page, "and the end of it")).to_be_in_viewport()
    page.evaluate(cover, PHONE["height"])
    box = page.locator("#message-text").bounding_box()
    assert box and box["y"] > 700


def test_a_finger_that_rests_opens_the_list(
    open_thread: Callable[..., Page], full: Friends
) -> None:
    page = open_thread(*full, viewport=PHONE, has_touch=True, is_mobile=True)
    bubble = row(page, "and the end of it").locator("[data-part=bubble]")
    press = {"pointerType": "touch", "bubbles": True, "clientX": 200, "clientY": 600}
    bubble.dispatch_event("pointerdown", press)
    unsend = row(page, "and the end of it").get_by_role("link", name="Unsend")
    expect(unsend).to_be_visible()
    bubble.dispatch_event("pointerup", press)
    expect(unsend).to_be_in_viewport(ratio=1)


def test_words_are_copied(open_thread: Callable[..., Page], full: Friends) -> None:
    page = open_thread(*full)
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    choose(page, "and the end of it", "Copy text")
    page.get_by_text("The text is copied.").wait_for()
    assert page.evaluate("navigator.clipboard.readText()") == "and the end of it"


def test_messages_are_muted_and_the_conversation_is_deleted(
    open_thread: Callable[..., Page], full: Friends, site: Site
) -> None:
    ann, bob = full
    page = open_thread(ann, bob)

    def is_muted() -> bool:
        with site.app.app_context():
            return conversations.get(ann.id, bob.username).is_muted

    menu = page.locator(".thread-menu")
    menu.locator("> summary").click()
    menu.get_by_role("button", name="Mute messages", exact=True).click()
    expect(page.locator(".thread-muted")).to_be_visible()
    assert is_muted()
    menu.locator("> summary").click()
    menu.get_by_role("button", name="Unmute messages").click()
    expect(page.locator(".thread-muted")).to_be_hidden()
    assert not is_muted()
    menu.locator("> summary").click()
    menu.get_by_role("link", name="Delete conversation").click()
    page.get_by_role("dialog").get_by_role("button", name="Delete conversation").click()
    page.wait_for_url("**/messages")
    page.goto(f"/messages/{bob.username}")
    assert texts(page) == []


def test_who_is_shut_out_while_they_write_is_told(
    open_thread: Callable[..., Page], friends: Friends, site: Site
) -> None:
    ann, bob = friends
    page = open_thread(ann, bob)
    with site.app.app_context():
        blocks.block(ann.id, by=bob.id)
    if field(page).is_visible():
        write(page, "are you there?")
    page.get_by_text("You can no longer write to each other here.").wait_for()
    expect(field(page)).to_have_count(0)


def test_without_scripts_it_is_read_written_and_taken_back(
    as_person: Callable[..., Page],
    friends: Friends,
    say: Callable[..., Any],
    photographs: list[Path],
) -> None:
    ann, bob = friends
    for number in range(12):
        say(bob, ann, f"number {number}")
    page = as_person(ann, java_script_enabled=False)
    page.goto(f"/messages/{bob.username}")
    expect(row(page, "number 11")).to_be_in_viewport()
    page.get_by_role("link", name="Earlier messages").click()
    assert texts(page) == ["number 0", "number 1"]
    page.get_by_role("link", name="Newest messages").click()
    page.get_by_role("button", name="Mark as read").click()
    expect(page.get_by_role("button", name="Mark as read")).to_have_count(0)
    field(page).fill("by hand")
    page.get_by_role("button", name="Send").click()
    expect(row(page, "by hand")).to_be_in_viewport()
    assert "Sent" in status(page).inner_text()
    page.locator("[data-part=file]").set_input_files(str(photographs[0]))
    page.get_by_label("Description of the photo").fill("a place")
    page.get_by_role("button", name="Send").click()
    page.locator(".message-photo").wait_for()
    message = row(page, "by hand")
    message.hover()
    message.locator(".message-menu > summary").click()
    message.get_by_role("link", name="Unsend").click()
    page.get_by_role("button", name="Unsend").click()
    page.locator(".message-stub").wait_for()
    field(page).fill("x" * 2001)
    page.get_by_role("button", name="Send").click()
    page.get_by_text("At most 2,000 characters fit here.").wait_for()
    assert field(page).input_value() == "x" * 2001


def test_back_shows_the_conversation_as_it_goes_on(
    open_thread: Callable[..., Page], friends: Friends, say: Callable[..., Any]
) -> None:
    ann, bob = friends
    page = open_thread(ann, bob)
    write(page, "before I leave")
    expect(status(page)).to_contain_text("Sent")
    page.locator(".thread-person").click()
    page.wait_for_url("**/u/**")
    say(bob, ann, "while you were away")
    page.go_back()
    row(page, "while you were away").wait_for()
    write(page, "and on")
    expect(status(page)).to_contain_text("Sent")
    assert texts(page) == ["before I leave", "while you were away", "and on"]


def test_drawn_over_itself_it_keeps_what_is_unsent(
    open_thread: Callable[..., Page], friends: Friends, cut_off: Callable[[Page, bool], None]
) -> None:
    ann, bob = friends
    page = open_thread(ann, bob)
    write(page, "sent")
    expect(status(page)).to_contain_text("Sent")
    page.route("**/api/v1/chats/**", lambda route: route.abort())
    cut_off(page, True)
    write(page, "unsent")
    expect(row(page, "unsent")).to_contain_text("Not sent yet")
    cut_off(page, False)
    page.unroute("**/api/v1/chats/**")
    page.locator(".messages-inbox .conversation a").first.click()
    expect(row(page, "unsent")).to_contain_text("Sent")  # what the server draws is there before
    assert texts(page) == ["sent", "unsent"]
    write(page, "and on")
    row(page, "and on").wait_for()
    expect(status(page)).to_contain_text("Sent")


def test_two_conversations_keep_their_drafts_apart(
    open_thread: Callable[..., Page], friends: Friends, cast: Cast, say: Callable[..., Any]
) -> None:
    ann, bob = friends
    eve = cast.person("eve")
    cast.follow(ann, eve)
    for partner in (bob, eve):
        say(partner, ann, f"from {partner.username}")
    page = open_thread(ann, bob)
    field(page).fill("for bob")
    inbox = page.locator(".messages-inbox")
    inbox.locator(f'a[href="/messages/{eve.username}"]').first.click()
    row(page, f"from {eve.username}").wait_for()
    assert field(page).input_value() == ""
    expect(inbox).to_contain_text("for bob")
    write(page, "for eve")
    expect(status(page)).to_contain_text("Sent")
    inbox.locator(f'a[href="/messages/{bob.username}"]').first.click()
    row(page, f"from {bob.username}").wait_for()
    expect(field(page)).to_have_value("for bob")
    assert texts(page) == [f"from {bob.username}"]


def test_a_first_message_is_a_request_and_the_next_one_is_not_disturbed(
    open_thread: Callable[..., Page], cast: Cast
) -> None:
    ann, bob = cast.person("ann"), cast.person("bob")
    page = open_thread(ann, bob)
    expect(field(page)).to_be_focused()
    page.keyboard.type("may I ask?")
    page.keyboard.press("Enter")
    page.keyboard.type("and fu")
    page.get_by_text("Bob sees this as a request until they accept it.").wait_for()
    expect(field(page)).to_be_focused()
    page.keyboard.type("rther")
    assert field(page).input_value() == "and further"
    his = open_thread(bob, ann)
    his.get_by_role("button", name="Accept").click()
    write(his, "of course")
    row(page, "of course").wait_for()
    expect(page.locator(".thread-hint")).to_have_count(0)
    assert field(page).input_value() == "and further"


# -- long messages, and many ---------------------------------------------------------------------


def test_a_long_message_is_cut_until_somebody_asks_for_the_rest(
    open_thread: Callable[..., Page], friends: Friends, say: Callable[..., Any]
) -> None:
    ann, bob = friends
    say(bob, ann, "\n".join(f"line {number}" for number in range(40)))
    say(bob, ann, "short")
    page = open_thread(ann, bob)
    words = row(page, "line 0").locator("[data-part=text]")
    more = row(page, "line 0").locator(".message-more")
    cut = words.bounding_box()
    assert cut and cut["height"] < 400
    assert row(page, "short").locator(".message-more").count() == 0
    assert_accessible(page, ALL_RULES)
    more.click()
    expect(more).to_have_text("less")
    whole = words.bounding_box()
    assert whole and whole["height"] > 2 * cut["height"]
    expect(more).to_have_attribute("aria-expanded", "true")
    more.click()
    expect(more).to_have_text("more")


def test_a_long_message_is_whole_without_scripts(
    as_person: Callable[..., Page], friends: Friends, say: Callable[..., Any]
) -> None:
    ann, bob = friends
    say(bob, ann, "word " * 300)
    page = as_person(ann, java_script_enabled=False)
    page.goto(f"/messages/{bob.username}")
    assert page.locator(".message-more:visible").count() == 0
    box = page.locator(".message-text").bounding_box()
    assert box and box["height"] > 500


def test_the_lists_of_messages_are_one_stop_of_the_tab_key(
    open_thread: Callable[..., Page], friends: Friends, say: Callable[..., Any]
) -> None:
    ann, bob = friends
    for number in range(5):
        say(ann, bob, f"number {number}")
    page = open_thread(ann, bob)
    page.get_by_role("link", name="View profile").focus()
    page.keyboard.press("Tab")
    openers = page.locator(".thread-log .message-menu > summary")
    expect(openers.nth(4)).to_be_focused()
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowUp")
    expect(openers.nth(2)).to_be_focused()
    page.keyboard.press("Enter")
    page.keyboard.press("ArrowDown")
    expect(row(page, "number 2").get_by_role("button", name="Copy text")).to_be_focused()
    page.keyboard.press("Escape")
    expect(openers.nth(2)).to_be_focused()
    page.keyboard.press("Tab")
    assert not page.evaluate("() => document.activeElement.matches('.thread-log *')")
    page.keyboard.press("Shift+Tab")
    expect(openers.nth(2)).to_be_focused()
    page.keyboard.press("End")
    expect(openers.nth(4)).to_be_focused()


def test_what_can_be_done_about_a_failed_message_stays_together_on_a_phone(
    open_thread: Callable[..., Page],
    friends: Friends,
    site: Site,
    cut_off: Callable[[Page, bool], None],
) -> None:
    with site.app.app_context():
        users.update_profile(friends[0].id, {"language": "ko"})
    page = open_thread(*friends, viewport=PHONE)
    cut_off(page, True)
    write(page, "unsent")
    retry, discard = (
        row(page, "unsent").locator(f"[data-part={name}]") for name in ("retry", "discard")
    )
    expect(retry).to_be_visible()
    tops = [one.evaluate("one => one.getBoundingClientRect().top") for one in (retry, discard)]
    assert tops[0] == tops[1]
