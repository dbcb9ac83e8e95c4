"""Two people write to each other: a Korean phone and an English desk, on two processes."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.browser.messages.test_thread_pictures import hand_over, photos, thumb
from tests.browser.messages.thread import choose, field, row, status, texts, write
from tests.harness.pairs import state_redis_away, state_redis_paused

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.browser.conftest import Cast
    from tests.harness.pairs import Pair
    from tests.harness.sites import Site

pytestmark = [
    pytest.mark.browser,
    pytest.mark.processes,
    pytest.mark.mariadb,
    pytest.mark.xdist_group("two_people"),
    pytest.mark.timeout(600),
]
BADGE = '[data-badge="messages"]'
SAID_BEFORE = 30
FIRST = "said before 0."
TO_THE_TOP_S = 90
TO_THE_TOP = "element => { element.scrollTop = -element.scrollHeight; }"
SOON = 30_000


def thread_with(name: str) -> str:
    return f"/messages/{name}"


def see_badge(page: Page, count: int) -> None:
    if count:
        expect(page.locator(BADGE).first).to_have_text(str(count), timeout=SOON)
    else:
        expect(page.locator(BADGE)).to_have_count(0, timeout=SOON)


def write_on_phone(page: Page, words: str) -> None:
    """There Enter begins a new line, as in other messengers."""
    field(page).fill(words)
    page.locator("[data-part=send]").click()


def says_the_same(one: Page, other: Page) -> None:
    """What is on both screens, in the same order, each once."""
    expect(other.locator(".message [data-part=text]")).to_have_count(len(texts(one)))
    assert texts(one) == texts(other)


def test_a_conversation_from_the_request_to_the_block(
    pair: Pair, cast: Cast, go_live: Callable[[Page, str], None]
) -> None:
    ann, bob = pair.ann.page, pair.bob.page
    hers, his = pair.ann.person.username, pair.bob.person.username
    post = cast.post(pair.bob.person, caption="from the hill", images=1)
    cast.follow(pair.ann.person, pair.bob.person)
    pair.meet(thread_with(his), "/messages?box=requests")
    tab = bob.context.new_page()
    go_live(tab, "/people")
    bob.bring_to_front()

    write_on_phone(ann, "안녕하세요, 밥 님")
    for page in (bob, tab):
        see_badge(page, 1)
    bob.locator(f".messages-inbox a[href='{thread_with(hers)}']").first.click()
    row(bob, "안녕하세요, 밥 님").wait_for()
    expect(status(ann)).to_have_attribute("data-state", "sent")  # to look at it tells nobody
    bob.get_by_role("button", name="Accept").click()
    expect(field(bob)).to_be_visible()
    expect(status(ann)).to_have_attribute("data-state", "seen", timeout=SOON)
    for page in (bob, tab):
        see_badge(page, 0)

    field(bob).press_sequentially("Hel")
    expect(ann.locator("[data-part=typing]:visible").first).to_be_visible(timeout=SOON)
    field(bob).press_sequentially("lo")
    field(bob).press("Enter")
    row(ann, "Hello").wait_for()
    hand_over(ann, "#message-text", "paste")
    thumb(ann).wait_for()
    ann.locator("[data-part=send]").click()
    photos(bob).locator("img").first.wait_for(timeout=SOON)

    ann.goto(f"/p/{post.id}/send")
    ann.locator(f'[data-username="{his}"] [data-part=send]').click()
    bob.locator(".message .is-card", has_text="from the hill").wait_for(timeout=SOON)
    go_live(ann, thread_with(his))
    see_badge(tab, 0)  # bob looks at what arrives

    write_on_phone(ann, "a slip of the thumb")
    row(bob, "a slip of the thumb").wait_for()
    choose(ann, "a slip of the thumb", "전송 취소")
    ann.get_by_role("dialog").get_by_role("button", name="전송 취소").click()
    for page in (ann, bob):
        page.locator(".message.is-unsent").wait_for()
        expect(row(page, "a slip of the thumb")).to_have_count(0)
    says_the_same(ann, bob)

    bob.goto(f"/u/{hers}/block")
    bob.get_by_role("button", name="Block").click()
    see_badge(tab, 0)
    write_on_phone(ann, "are you there?")
    expect(field(ann)).to_have_count(0, timeout=SOON)
    bob.goto("/messages")
    expect(bob.locator(f".messages-inbox a[href='{thread_with(hers)}']")).to_have_count(0)


@pytest.mark.no_second_look
def test_nothing_is_missing_whatever_was_killed_or_paused(
    pair: Pair, cast: Cast, site: Site
) -> None:
    ann, bob = pair.ann.page, pair.bob.page
    hers, his = pair.ann.person.username, pair.bob.person.username
    cast.follow(pair.ann.person, pair.bob.person)
    cast.follow(pair.bob.person, pair.ann.person)
    for number in range(SAID_BEFORE):
        cast.say(pair.bob.person, pair.ann.person, f"said before {number}.")
    pair.meet(thread_with(his), thread_with(hers))
    write_on_phone(ann, "before it all")
    row(bob, "before it all").wait_for()

    pair.processes.kill(pair.bob.process)
    write_on_phone(ann, "while bob is away")
    write(bob, "while I am away")
    for page in (ann, bob):
        for words in ("while bob is away", "while I am away"):
            row(page, words).wait_for(timeout=SOON)

    with state_redis_paused(site):
        write_on_phone(ann, "while it hangs")
        expect(status(ann)).to_have_attribute("data-state", "sent", timeout=SOON)
        ann.wait_for_timeout(3_000)
    row(bob, "while it hangs").wait_for(timeout=SOON)
    with state_redis_away(site):
        write(bob, "while it is down")
        expect(status(bob)).to_have_attribute("data-state", "sent", timeout=SOON)
    row(ann, "while it is down").wait_for(timeout=SOON)

    for page in (ann, bob):
        until = time.monotonic() + TO_THE_TOP_S
        while not row(page, FIRST).count() and time.monotonic() < until:
            page.locator(".thread-scroll").evaluate(TO_THE_TOP)
            page.wait_for_timeout(300)
        expect(row(page, FIRST)).to_have_count(1)
    says_the_same(ann, bob)
    assert pair.bob.is_same_page()
    assert pair.ann.is_same_page()
