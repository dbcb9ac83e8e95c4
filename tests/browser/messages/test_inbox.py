"""The inbox: it follows what happens, keeps its place, and does without scripts what it can."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.browser.test_accessibility import look
from tests.harness.browser import PHONE

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

    from tests.browser.conftest import Cast
    from tests.factories import Person

pytestmark = pytest.mark.browser
DESK = {"width": 1280, "height": 720}
TURN_MS = 200  # of which each may have one question
TOP = "() => document.querySelector('[data-part=scroll]').scrollTop"


@pytest.fixture
def friend(cast: Cast, ann: Person) -> Callable[[str], Person]:
    """`friend("bob")` and ann follow each other."""

    def make(name: str) -> Person:
        made = cast.person(name)
        cast.follow(ann, made)
        cast.follow(made, ann)
        return made

    return make


def row(page: Page, partner: Person) -> Locator:
    return page.locator(f'.conversation[data-with="{partner.username}"]')


def order(page: Page) -> list[str]:
    rows = page.locator(".conversation")
    return list(rows.evaluate_all("rows => rows.map(row => row.dataset.with)"))


def count_of(page: Page, partner: Person) -> Locator:
    return row(page, partner).locator('.conversation-count [aria-hidden="true"]')


# -- live ------------------------------------------------------------------------------------------


def test_what_arrives_moves_its_conversation_up_and_takes_no_focus(
    as_person: Callable[..., Page],
    go_live: Callable[[Page, str], None],
    cast: Cast,
    ann: Person,
    friend: Callable[[str], Person],
) -> None:
    bob, cat = friend("bob"), friend("cat")
    cast.say(bob, ann, "first")
    cast.say(cat, ann, "second")
    page = as_person(ann, viewport=DESK)
    go_live(page, "/messages")
    assert order(page) == [cat.username, bob.username]
    link = row(page, bob).locator(".conversation-link")
    link.focus()
    page.evaluate("window.isSamePage = true")
    cast.say(bob, ann, "news")
    expect(count_of(page, bob)).to_have_text("2")
    assert order(page) == [bob.username, cat.username]
    expect(row(page, bob)).to_contain_text("news")
    expect(row(page, bob)).to_have_class(re.compile("is-unread"))
    expect(link).to_be_focused()
    cast.say(ann, cat, "mine, from another device")
    expect(row(page, cat)).to_contain_text("You: mine, from another device")
    assert order(page) == [cat.username, bob.username]
    dora = friend("dora")
    cast.say(dora, ann, "somebody new")
    row(page, dora).wait_for()
    assert order(page)[0] == dora.username and page.evaluate("window.isSamePage")


def test_a_request_shows_at_its_tab_and_a_block_takes_away(
    as_person: Callable[..., Page],
    go_live: Callable[[Page, str], None],
    cast: Cast,
    ann: Person,
    friend: Callable[[str], Person],
) -> None:
    bob, eve = friend("bob"), cast.person("eve")
    cast.say(bob, ann, "hi")
    page = as_person(ann, viewport=DESK)
    go_live(page, "/messages")
    tab = page.get_by_role("link", name="Requests")
    expect(tab.locator("[data-part=requests]")).to_be_hidden()
    cast.say(eve, ann, "do we know each other?")
    expect(tab.locator("[data-part=requests]")).to_have_text("1")
    tab.click()
    row(page, eve).wait_for()
    expect(page.get_by_text("Opening a request tells nobody")).to_be_visible()
    page.get_by_role("link", name="Primary").click()
    menu = row(page, bob)
    menu.hover()
    menu.locator("summary").click()
    menu.get_by_role("link", name="Block").click()
    page.get_by_role("dialog").get_by_role("button", name="Block").click()
    page.wait_for_url("**/")
    page.goto("/messages")
    expect(page.get_by_text("Your conversations will stand here.")).to_be_visible()


def test_a_burst_asks_a_few_times_only(
    as_person: Callable[..., Page],
    go_live: Callable[[Page, str], None],
    cast: Cast,
    ann: Person,
    friend: Callable[[str], Person],
) -> None:
    bob = friend("bob")
    cast.say(bob, ann, "0")
    page = as_person(ann, viewport=DESK)
    go_live(page, "/messages")
    row(page, bob).wait_for()
    page.wait_for_timeout(500)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    tell = """async () => {
      const began = performance.now();
      for (let i = 0; i < 60; i += 1) {
        document.dispatchEvent(new CustomEvent("socket:chat.message", { detail: {} }));
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
      return performance.now() - began;
    }"""
    turns = page.evaluate(tell) / TURN_MS  # more of them on a slow machine
    page.wait_for_timeout(500)
    assert 2 <= len([url for url in asked if "fragment=list" in url]) <= turns + 4


def test_a_page_that_was_left_catches_up(
    as_person: Callable[..., Page],
    go_live: Callable[[Page, str], None],
    cast: Cast,
    ann: Person,
    friend: Callable[[str], Person],
) -> None:
    bob, cat = friend("bob"), friend("cat")
    cast.say(bob, ann, "first")
    cast.say(cat, ann, "second")
    page = as_person(ann, viewport=DESK)
    go_live(page, "/messages")
    page.get_by_role("link", name="Home", exact=True).click()
    page.wait_for_url("**/")
    cast.say(bob, ann, "while you were away")
    page.go_back()
    expect(row(page, bob)).to_contain_text("while you were away")
    assert order(page) == [bob.username, cat.username]


# -- beside an open conversation -------------------------------------------------------------------


def test_choosing_a_conversation_leaves_the_inbox_where_it_is(
    as_person: Callable[..., Page], cast: Cast, ann: Person, friend: Callable[[str], Person]
) -> None:
    others = [friend(f"other{number}") for number in range(26)]
    for other in others:
        cast.say(other, ann, f"I am {other.username}")
    last = others[0]
    page = as_person(ann, viewport=DESK)
    page.goto("/messages")
    scroller = page.locator("[data-part=scroll]")
    scroller.evaluate("list => list.scrollTo(0, list.scrollHeight)")
    row(page, last).wait_for()  # of the second page
    scroller.evaluate("list => list.scrollTo(0, list.scrollHeight)")
    before = page.evaluate(TOP)
    assert before > 0 and len(order(page)) == len(others)
    row(page, last).locator(".conversation-link").click()
    page.wait_for_url(f"**/messages/{last.username}")
    expect(row(page, last).locator('[aria-current="page"]')).to_have_count(1)
    expect(page.locator(".messages-thread")).to_contain_text(f"I am {last.username}")
    assert len(order(page)) == len(others)
    assert abs(page.evaluate(TOP) - before) < 3
    other = others[3]
    row(page, other).locator(".conversation-link").click()
    page.wait_for_url(f"**/messages/{other.username}")
    expect(page.locator('.conversation [aria-current="page"]')).to_have_count(1)
    expect(row(page, other).locator('[aria-current="page"]')).to_have_count(1)
    page.go_back()
    expect(row(page, last).locator('[aria-current="page"]')).to_have_count(1)
    assert len(order(page)) == len(others) and abs(page.evaluate(TOP) - before) < 3
    page.go_back()
    page.wait_for_url("**/messages")
    expect(page.locator('.conversation [aria-current="page"]')).to_have_count(0)
    assert len(order(page)) == len(others) and abs(page.evaluate(TOP) - before) < 3


def test_on_a_phone_there_is_one_of_both(
    as_person: Callable[..., Page], cast: Cast, ann: Person, friend: Callable[[str], Person]
) -> None:
    bob = friend("bob")
    cast.say(bob, ann, "hi there")
    page = as_person(ann, viewport=PHONE, has_touch=True)
    page.goto("/messages")
    expect(page.locator(".nav")).to_be_visible()
    expect(page.get_by_text("Choose a conversation")).to_be_hidden()
    row(page, bob).locator(".conversation-link").click()
    page.wait_for_url(f"**/messages/{bob.username}")
    expect(page.locator(".messages-inbox")).to_be_hidden()
    expect(page.locator(".nav")).to_be_hidden()
    page.go_back()
    expect(row(page, bob)).to_be_visible()
    expect(count_of(page, bob)).to_have_count(0)


def test_what_was_typed_and_not_sent_is_marked(
    as_person: Callable[..., Page], cast: Cast, ann: Person, friend: Callable[[str], Person]
) -> None:
    bob = friend("bob")
    cast.say(bob, ann, "hi")
    page = as_person(ann, viewport=DESK)
    page.goto(f"/messages/{bob.username}")
    page.locator(".messages-thread textarea").fill("not yet <b>done</b>")
    page.get_by_role("link", name="Primary").click()
    page.wait_for_url("**/messages")
    expect(row(page, bob)).to_contain_text("Draft: not yet <b>done</b>")
    row(page, bob).locator(".conversation-link").click()
    page.locator(".messages-thread textarea").fill("")
    page.get_by_role("link", name="Primary").click()
    expect(row(page, bob)).not_to_contain_text("Draft:")


# -- what a row offers -----------------------------------------------------------------------------


def test_a_conversation_is_muted_and_deleted_from_its_menu(
    as_person: Callable[..., Page], cast: Cast, ann: Person, friend: Callable[[str], Person]
) -> None:
    bob, cat = friend("bob"), friend("cat")
    for other in (bob, cat):
        cast.say(other, ann, "hi")
    page = as_person(ann, viewport=DESK)
    page.goto("/messages")
    badge = page.locator('[data-badge="messages"]')
    expect(badge).to_have_text("2")
    row(page, bob).hover()
    row(page, bob).locator("summary").click()
    row(page, bob).get_by_role("button", name="Mute messages").click()
    expect(row(page, bob)).to_have_class(re.compile("is-muted"))
    expect(badge).to_have_text("1")
    page.locator("#toasts").get_by_role("button", name="Undo").click()
    expect(row(page, bob)).not_to_have_class(re.compile("is-muted"))
    expect(badge).to_have_text("2")
    row(page, bob).hover()
    row(page, bob).locator("summary").click()
    row(page, bob).get_by_role("link", name="Delete conversation").click()
    page.get_by_role("dialog").get_by_role("button", name=re.compile("Delete")).click()
    expect(row(page, bob)).to_have_count(0)
    assert order(page) == [cat.username]


def test_the_keyboard_leads_to_messages(as_person: Callable[..., Page], ann: Person) -> None:
    page = as_person(ann, viewport=DESK)
    page.keyboard.press("m")
    page.wait_for_url("**/messages")
    page.goto("/")
    page.keyboard.press("g")
    page.keyboard.press("m")
    page.wait_for_url("**/messages")
    expect(page.locator('.nav-item[href="/messages"]')).to_have_attribute("aria-current", "page")


def test_without_scripts_the_list_its_menu_and_the_search_work(
    as_person: Callable[..., Page], cast: Cast, ann: Person, friend: Callable[[str], Person]
) -> None:
    others = [friend(f"other{number}") for number in range(21)]
    for other in others:
        cast.say(other, ann, "hi")
    first, last = others[-1], others[0]
    page = as_person(ann, viewport=DESK, java_script_enabled=False)
    page.goto("/messages")
    row(page, first).hover()
    row(page, first).locator("summary").click()
    row(page, first).get_by_role("button", name="Mute messages").click()
    page.goto("/messages")
    expect(row(page, first)).to_have_class(re.compile("is-muted"))
    page.get_by_role("link", name="Show more").click()
    expect(row(page, last)).to_be_visible()
    page.get_by_role("searchbox").fill(last.username)
    page.keyboard.press("Enter")
    page.get_by_role("link", name=last.username).click()
    page.wait_for_url(f"**/messages/{last.username}")


# -- looks -----------------------------------------------------------------------------------------


@pytest.mark.timeout(600)
@pytest.mark.parametrize("language", ["en", "ko"])
def test_the_inbox_is_accessible(as_person: Callable[..., Page], cast: Cast, language: str) -> None:
    reader = cast.person("reader", language=language)
    page = as_person(reader, reduced_motion="reduce")
    page.goto("/messages")
    look(page)
    for number, stranger in enumerate((False, False, True)):
        other = cast.person(f"other{number}")
        if not stranger:
            cast.follow(reader, other)
        cast.say(other, reader, "a line that is long enough to be cut off at the end " * 3)
    for path in ("/messages", "/messages?box=requests", "/messages/new"):
        page.goto(path)
        look(page)
