"""What was said before, and what arrives below: nothing that is being read moves."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import expect

from tests.browser.messages.thread import row, texts, top_of
from tests.harness.children import wait_until

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.factories import Person

pytestmark = pytest.mark.browser
Friends = tuple["Person", "Person"]
MANY = 34
LESS_THAN_A_PIXEL = 1
STANDS_STILL = """async () => {
  const scroller = document.querySelector(".thread-scroll");
  for (let before = null; before !== scroller.scrollTop;) {
    before = scroller.scrollTop;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}"""


@pytest.fixture
def said(say: Callable[..., Any], friends: Friends) -> Friends:
    """Many messages, some of several lines; the newest is `number 33`."""
    ann, bob = friends
    for number in range(MANY):
        writer, reader = (ann, bob) if number % 3 else (bob, ann)
        say(writer, reader, f"number {number}" + "\nand more" * (number % 4))
    return friends


def numbers(page: Page) -> list[int]:
    return [int(words.split()[1]) for words in texts(page)]


def scroll_up(page: Page, by: int) -> None:
    page.locator(".thread-scroll").hover()
    page.mouse.wheel(0, -by)
    page.wait_for_timeout(100)
    page.evaluate(STANDS_STILL)


def is_at_end(page: Page) -> bool:
    return bool(page.evaluate("document.querySelector('.thread-scroll').scrollTop > -1"))


def test_it_opens_at_its_end_with_the_newest_ten(
    open_thread: Callable[..., Page], said: Friends
) -> None:
    page = open_thread(*said)
    assert numbers(page) == list(range(MANY - 10, MANY))
    assert is_at_end(page)
    expect(row(page, f"number {MANY - 1}")).to_be_in_viewport()


def test_history_comes_ten_at_a_time_and_nothing_moves(
    open_thread: Callable[..., Page], said: Friends
) -> None:
    page = open_thread(*said, viewport={"width": 390, "height": 600})
    asked: list[str] = []
    page.on("request", lambda request: "before=" in request.url and asked.append(request.url))
    for shown in (20, 30, MANY):
        while len(numbers(page)) < shown:
            scroll_up(page, 120)
        assert numbers(page) == list(range(MANY - shown, MANY))
    assert len(asked) == len(set(asked)) == 3
    expect(page.locator(".thread-start")).to_be_visible()


def test_the_reader_stays_at_the_pixel_while_history_arrives(
    open_thread: Callable[..., Page], said: Friends
) -> None:
    page = open_thread(*said, viewport={"width": 390, "height": 600})
    page.evaluate("""() => {
      const scroller = document.querySelector(".thread-scroll");
      scroller.scrollTop = -scroller.scrollHeight;  // the very top
      const first = document.querySelector(".message [data-part=bubble]");
      window.place = [first.getBoundingClientRect().top];
      new MutationObserver(() => window.place.push(first.getBoundingClientRect().top))
        .observe(document.querySelector(".thread-log"), { childList: true });
    }""")
    page.wait_for_function("() => document.querySelectorAll('.message').length >= 20")
    page.wait_for_timeout(300)
    places = page.evaluate("window.place")
    assert len(places) > 1
    assert max(places) - min(places) < LESS_THAN_A_PIXEL


def test_what_arrives_below_moves_nothing_and_is_counted(
    open_thread: Callable[..., Page], said: Friends, say: Callable[..., Any]
) -> None:
    ann, bob = said
    page = open_thread(ann, bob, viewport={"width": 390, "height": 600})
    scroll_up(page, 300)
    wait_until(lambda: page.wait_for_timeout(20) is None and not is_at_end(page), what="a scroll")
    page.evaluate(STANDS_STILL)
    watched = row(page, f"number {MANY - 5}")
    before = top_of(watched)
    say(bob, ann, "news one")
    say(bob, ann, "news two")
    jump = page.get_by_role("button", name="Jump to newest (2)")
    jump.wait_for()
    assert abs(top_of(watched) - before) < LESS_THAN_A_PIXEL
    jump.click()
    expect(row(page, "news two")).to_be_in_viewport()
    expect(page.locator(".thread-jump")).to_be_hidden()
    say(bob, ann, "news three")
    expect(row(page, "news three")).to_be_in_viewport()
    assert is_at_end(page)


def test_what_is_new_begins_at_a_line(
    open_thread: Callable[..., Page],
    said: Friends,
    say: Callable[..., Any],
    mark_read: Callable[..., None],
) -> None:
    ann, bob = said
    mark_read(ann, bob, MANY)
    for number in range(3):
        say(bob, ann, f"unread {number}")
    page = open_thread(ann, bob)
    line = page.get_by_text("New messages").locator("visible=true")
    expect(line).to_have_count(1)
    expect(line.locator("xpath=ancestor::article")).to_contain_text("unread 0")
    say(bob, ann, "while I look")
    row(page, "while I look").wait_for()
    expect(line).to_have_count(1)
    page.reload()
    expect(line).to_have_count(0)


def test_a_gap_is_filled_and_what_changed_meanwhile_is_shown(
    open_thread: Callable[..., Page],
    said: Friends,
    say: Callable[..., Any],
    site: Any,
    cut_off: Callable[[Page, bool], None],
) -> None:
    from pigeon.services.messages import sending

    ann, bob = said
    page = open_thread(ann, bob)
    taken_back = say(bob, ann, "not like this")
    row(page, "not like this").wait_for()
    cut_off(page, True)
    with site.app.app_context():
        sending.unsend(int(taken_back.id), by=bob.id)
    for number in range(60):
        say(bob, ann, f"away {number}")
    cut_off(page, False)
    row(page, "away 59").wait_for()
    page.locator(".message-stub").wait_for()
    seqs = page.locator(".message").evaluate_all("all => all.map((one) => Number(one.dataset.seq))")
    assert seqs == list(range(seqs[0], MANY + 62))


def test_history_is_not_announced_and_news_of_the_other_is(
    open_thread: Callable[..., Page], said: Friends, say: Callable[..., Any]
) -> None:
    ann, bob = said
    page = open_thread(ann, bob)
    log = page.get_by_role("log")
    expect(log).to_have_attribute("aria-live", "polite")
    say(bob, ann, "listen")
    row(page, "listen").wait_for()
    heard = page.locator(".message:not([aria-live])")
    expect(heard).to_have_count(1)
    expect(heard).to_contain_text("listen")
    assert "Bob, " in (heard.get_attribute("aria-label") or "")
    page.get_by_role("link", name="Earlier messages").click()
    wait_until(lambda: page.wait_for_timeout(20) is None and len(texts(page)) > 11)
    expect(page.locator(".message:not([aria-live])")).to_have_count(1)


def test_an_older_part_that_was_linked_goes_on_to_the_end(
    as_person: Callable[..., Page], said: Friends
) -> None:
    ann, bob = said
    page = as_person(ann)
    page.goto(f"/messages/{bob.username}?before=15")
    page.wait_for_function("() => document.querySelectorAll('.message').length > 10")
    assert numbers(page) == list(range(4, MANY))
