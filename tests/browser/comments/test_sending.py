"""Words that cannot be sent, or whose answer is lost, are neither lost nor said twice."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.browser.comments.discussion import comments_of, field, row, see_texts
from tests.factories.comments import Commented
from tests.harness.browser import assert_accessible

if TYPE_CHECKING:
    from playwright.sync_api import Page, Route

    from tests.factories import Person, Posted

pytestmark = pytest.mark.browser


def test_words_survive_an_error_and_are_sent_once(
    read: Callable[..., Page], post: Posted, bob: Person
) -> None:
    page = read(bob)
    keys = []

    def lose_the_answer(route: Route) -> None:
        keys.append(route.request.headers["idempotency-key"])
        if len(keys) == 1:
            route.fetch()
            route.abort()
        else:
            route.continue_()

    page.route(f"**/api/v1/posts/{post.id}/comments", lose_the_answer)
    field(page).fill("only once")
    field(page).press("Enter")
    field(page).press_sequentially("the next one")
    page.get_by_role("button", name="Try again").wait_for()
    expect(field(page)).to_have_value("the next one")
    page.get_by_role("button", name="Try again").click()
    row(page, "only once").wait_for()
    page.locator("[data-key]").wait_for(state="detached")
    assert len(keys) == 2
    assert len(set(keys)) == 1
    page.reload()
    see_texts(page, "only once")
    expect(field(page)).to_have_value("the next one")


def test_what_was_sent_and_could_not_be_drawn_stands_there_once(
    read: Callable[..., Page], post: Posted, bob: Person
) -> None:
    page = read(bob)
    drawing = f"**/p/{post.id}/comments?fragment=1"
    page.route(drawing, lambda route: route.abort())
    field(page).fill("sent, not drawn")
    field(page).press("Enter")
    page.locator("[data-sent]", has_text="sent, not drawn").wait_for()
    page.unroute(drawing)
    page.evaluate("document.dispatchEvent(new CustomEvent('live:refetch'))")
    row(page, "sent, not drawn").wait_for()
    expect(comments_of(page)).to_have_count(1)


def test_each_failed_send_is_tried_again_or_discarded_by_itself(
    read: Callable[..., Page], comment: Callable[..., Commented], ann: Person, bob: Person
) -> None:
    comment(ann, "a question")
    page = read(bob, reduced_motion="reduce")
    page.route("**/api/v1/**/comments", lambda route: route.abort())
    page.route("**/api/v1/comments/*/replies", lambda route: route.abort())
    for words in ("one", "two"):
        field(page).fill(words)
        field(page).press("Enter")
        page.locator(".is-unsent", has_text=words).wait_for()
    row(page, "a question").get_by_role("link", name="Reply").click()
    page.get_by_role("textbox", name="Write a reply …").fill("an answer")
    page.keyboard.press("Enter")
    unsent = page.locator(".is-unsent")
    unsent.locator("nth=2").wait_for()
    assert_accessible(page)
    page.reload()
    unsent.locator("nth=2").wait_for()
    unsent.filter(has_text="two").get_by_role("button", name="Discard").click()
    page.unroute_all()
    for words in ("one", "an answer"):
        unsent.filter(has_text=words).get_by_role("button", name="Try again").click()
        row(page, words).wait_for()
    expect(unsent).to_have_count(0)
    page.reload()
    see_texts(page, "a question", "one")
    page.get_by_role("link", name="View 1 reply").wait_for()
    expect(unsent).to_have_count(0)


def test_what_was_cut_off_by_leaving_is_sent_once(
    read: Callable[..., Page], post: Posted, bob: Person
) -> None:
    page = read(bob)
    path = page.url
    page.route(f"**/api/v1/posts/{post.id}/comments", lambda route: route.fetch())
    with page.expect_request(f"**/api/v1/posts/{post.id}/comments"):
        field(page).fill("said in passing")
        field(page).press("Enter")
    reader = read(bob)
    row(reader, "said in passing").wait_for()
    page.goto("/")
    page.unroute_all(behavior="ignoreErrors")
    page.goto(path)
    page.locator("[data-key]").wait_for(state="detached")
    row(page, "said in passing").wait_for()
    see_texts(page, "said in passing")


def test_words_that_are_refused_come_back_into_the_field(
    read: Callable[..., Page], bob: Person
) -> None:
    page = read(bob)
    field(page).fill("x" * 2201)
    field(page).press("Enter")
    page.locator(".comment-field .field-error").first.wait_for()
    expect(field(page)).to_have_value("x" * 2201)
    expect(page.locator(".is-unsent, .is-sending")).to_have_count(0)


def test_words_survive_leaving_the_page(read: Callable[..., Page], bob: Person) -> None:
    page = read(bob)
    path = page.url
    field(page).press_sequentially("not yet sent")
    page.get_by_role("link", name="Home").first.click()
    page.wait_for_url("/")
    page.goto(path)
    expect(field(page)).to_have_value("not yet sent")
    field(page).press("Enter")
    row(page, "not yet sent").wait_for()
    page.reload()
    expect(field(page)).to_have_value("")
