"""What is read, and when the other learns of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import expect

from pigeon.services.messages import conversations, unread
from tests.browser.messages.thread import row, status, write
from tests.harness.children import wait_until

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.browser.conftest import Cast
    from tests.factories import Person
    from tests.harness.sites import Site

pytestmark = pytest.mark.browser
Friends = tuple["Person", "Person"]


@pytest.fixture
def total(site: Site) -> Callable[[Person], int]:
    def count(person: Person) -> int:
        with site.app.app_context():
            return unread.total_of(person.id)

    return count


@pytest.fixture
def their_read(site: Site) -> Callable[[Person, Person], int | None]:
    def ask(person: Person, partner: Person) -> int | None:
        with site.app.app_context():
            return conversations.get(person.id, partner.username).their_read_up_to

    return ask


def look_away(page: Page) -> None:
    """Another window has the focus: what Playwright keeps from a page."""
    page.context.new_cdp_session(page).send(
        "Emulation.setFocusEmulationEnabled", {"enabled": False}
    )
    page.evaluate("""() => {
      Object.defineProperty(document, "hasFocus", { configurable: true, value: () => false });
      dispatchEvent(new Event("blur"));
    }""")


def look_back(page: Page) -> None:
    page.evaluate("""() => {
      Object.defineProperty(document, "hasFocus", { configurable: true, value: () => true });
      dispatchEvent(new Event("focus"));
    }""")


def test_a_message_into_the_open_conversation_leaves_no_badge(
    open_thread: Callable[..., Page],
    go_live: Callable[[Page, str], None],
    as_person: Callable[..., Page],
    friends: Friends,
    say: Callable[..., Any],
    total: Callable[[Person], int],
) -> None:
    ann, bob = friends
    other = as_person(ann)
    go_live(other, "/people")
    page = open_thread(ann, bob)
    for number in range(3):
        say(bob, ann, f"look {number}")
    row(page, "look 2").wait_for()
    wait_until(lambda: total(ann) == 0, what="everything being read")
    expect(page.locator('[data-badge="messages"]')).to_have_count(0)
    expect(other.locator('[data-badge="messages"]')).to_have_count(0)


def test_a_window_in_the_background_reads_nothing(
    open_thread: Callable[..., Page],
    friends: Friends,
    say: Callable[..., Any],
    total: Callable[[Person], int],
    their_read: Callable[[Person, Person], int | None],
) -> None:
    ann, bob = friends
    page = open_thread(ann, bob)
    look_away(page)
    say(bob, ann, "are you there?")
    row(page, "are you there?").wait_for()
    page.wait_for_timeout(500)
    assert total(ann) == 1 and their_read(bob, ann) == 0
    look_back(page)
    wait_until(lambda: page.wait_for_timeout(20) is None and their_read(bob, ann) == 1)
    assert total(ann) == 0


def test_sent_becomes_seen_once_the_other_looks(
    open_thread: Callable[..., Page], friends: Friends
) -> None:
    ann, bob = friends
    hers, his = open_thread(ann, bob), open_thread(bob, ann)
    look_away(his)
    write(hers, "look at this")
    row(his, "look at this").wait_for()
    expect(status(hers)).to_have_text("Sent", use_inner_text=True)
    look_back(his)
    expect(status(hers)).to_contain_text("Seen")
    write(hers, "and this")
    expect(hers.locator(".message-status:visible")).to_have_count(1)


def test_who_looks_at_a_request_is_not_noticed_until_they_accept(
    open_thread: Callable[..., Page],
    cast: Cast,
    ann: Person,
    say: Callable[..., Any],
    site: Site,
) -> None:
    eve = cast.person("eve")
    say(eve, ann, "do you know me?")

    def read() -> int:
        with site.app.app_context():
            return conversations.get(ann.id, eve.username).read_up_to

    page = open_thread(ann, eve)
    row(page, "do you know me?").wait_for()
    page.wait_for_timeout(500)
    assert read() == 0
    page.get_by_role("button", name="Accept").click()
    page.locator("#message-text").wait_for()
    wait_until(lambda: page.wait_for_timeout(20) is None and read() == 1)
    write(page, "not yet")
    row(page, "not yet").wait_for()


def test_without_receipts_it_says_sent_and_no_more(
    open_thread: Callable[..., Page], cast: Cast, say: Callable[..., Any]
) -> None:
    ann, bob = cast.person("ann", sends_receipts=False), cast.person("bob")
    cast.follow(ann, bob)
    cast.follow(bob, ann)
    hers, his = open_thread(ann, bob), open_thread(bob, ann)
    write(hers, "hello")
    row(his, "hello").wait_for()
    expect(status(hers)).to_have_text("Sent", use_inner_text=True)
    write(his, "hello you")
    row(hers, "hello you").wait_for()
    his.wait_for_timeout(500)
    expect(status(his)).to_have_text("Sent", use_inner_text=True)
