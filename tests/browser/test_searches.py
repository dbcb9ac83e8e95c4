"""Searching in a browser: what one account typed is not on the pages of the next."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import _session_cookie
from tests.factories import make_post, make_user
from tests.harness.browser import DESKTOP, PHONE, assert_accessible

if TYPE_CHECKING:
    from playwright.sync_api import Page, Route

    from tests.factories import Person
    from tests.harness.sites import Site

pytestmark = pytest.mark.browser
CANARY = "canary words"
BACK = 6
MINJI = "김민지"
STEPS = ("ㅁ", "미", "민", "민ㅈ", "민지")
"""What a Korean input method composes on the way to two syllables."""


def search(page: Page, q: str) -> None:
    page.goto("/search")
    page.locator("#q").fill(q)
    page.locator("#q").press("Enter")
    page.wait_for_url("**/search?q=**")


def test_who_logs_in_next_meets_no_word_of_the_one_before(
    site: Site, as_person: Callable[..., Page], ann: Person, bob: Person
) -> None:
    """Neither in the list, nor by "back" to pages that the first account has left."""
    page = as_person(ann)
    search(page, CANARY)
    search(page, bob.username)
    with page.expect_response("**/api/v1/search/history"):  # goes on behind the page that opens
        page.locator(f'#people a[href="/u/{bob.username}"].row-person').click()
    page.wait_for_url(f"**/u/{bob.username}")
    page.goto("/search")
    recent = page.locator("#recent")
    expect(recent.locator(".row-handle")).to_have_text([bob.username, bob.username, CANARY])
    page.locator(".nav-explore a").click()
    page.wait_for_url("**/explore")
    page.locator(".nav-menu summary").click()
    page.locator('form[action="/logout"] button').click()
    page.wait_for_url(lambda url: "/explore" not in url)
    page.context.add_cookies([_session_cookie(site, bob)])
    page.goto("/search")
    expect(page.locator(".empty-sentence")).to_be_visible()
    for _ in range(BACK):
        page.go_back()
        page.wait_for_load_state("load")
        expect(page.locator("main")).to_be_visible()
        assert CANARY not in page.locator("body").inner_text()
        assert page.locator("#recent").count() == 0
        assert CANARY not in (
            page.locator("#q").input_value()
            if "/search?" not in page.url and page.locator("#q").count()
            else ""
        )
    kept = page.evaluate("JSON.stringify([{...localStorage}, {...sessionStorage}, history.state])")
    assert CANARY not in kept


def test_recent_searches_are_deleted_one_by_one_and_all(
    as_person: Callable[..., Page], ann: Person
) -> None:
    page = as_person(ann)
    for word in ("sea", "sky", "stone"):
        search(page, word)
    page.goto("/search")
    page.get_by_role("button", name="Delete “sky” from recent searches").click()
    expect(page.locator("#recent .row-handle")).to_have_text(["stone", "sea"])
    page.get_by_role("link", name="Clear all").click()
    page.get_by_role("button", name="Clear all").click()
    expect(page.locator("#recent")).to_have_count(0)
    page.go_back()
    expect(page.locator("#recent")).to_have_count(0)


@pytest.mark.parametrize("screen", [PHONE, DESKTOP], ids=["phone", "desktop"])
def test_korean_is_searched_while_it_is_composed(
    site: Site, as_person: Callable[..., Page], ann: Person, screen: dict[str, int]
) -> None:
    """Its keys belong to the input method; the list follows the unfinished syllable."""
    with site.app.app_context():
        person = make_user(display_name=MINJI)
        post = make_post(person, caption="#민지네 사진")
    page = as_person(ann, viewport=screen)
    page.goto("/search")
    field, found = page.locator("#q"), page.locator("#q-found")
    field.focus()
    keys = page.context.new_cdp_session(page)
    theirs = found.locator(f'[data-username="{person.username}"]')
    for step in STEPS:
        end = {"selectionStart": len(step), "selectionEnd": len(step)}
        keys.send("Input.imeSetComposition", {"text": step, **end})
        expect(theirs).to_be_visible()
        expect(found.locator("#q-all")).to_contain_text(step)
    keys.send("Input.insertText", {"text": STEPS[-1]})
    expect(theirs.locator("mark")).to_have_text("민지")
    expect(found.locator('[href^="/tags/"]')).to_be_visible()
    expect(field).to_have_attribute("role", "combobox")
    assert field.get_attribute("aria-activedescendant") is None
    assert_accessible(page)
    page.keyboard.press("ArrowUp")
    expect(found.locator("#q-all")).to_have_attribute("aria-selected", "true")
    page.keyboard.press("ArrowDown")
    marked = found.locator('[aria-selected="true"]')
    expect(marked).to_have_count(1)
    assert field.get_attribute("aria-activedescendant") == marked.get_attribute("id")
    page.keyboard.press("Escape")
    expect(found).to_be_hidden()
    expect(field).to_have_value("민지")
    page.keyboard.press("Enter")
    page.wait_for_url("**/search?q=**")
    expect(page.locator("#people")).to_contain_text(MINJI)
    page.locator(".people-tab", has_text="Posts").click()
    expect(page.locator(f"#posts #post-{post.id}")).to_be_visible()


def test_a_suggestion_that_is_opened_is_kept_and_a_stale_answer_is_dropped(
    as_person: Callable[..., Page], ann: Person, bob: Person
) -> None:
    page = as_person(ann)
    page.goto("/search")
    late: list[Route] = []
    page.route("**/search?fragment=suggestions&q=b", lambda route: late.append(route))
    field, found = page.locator("#q"), page.locator("#q-found")
    with page.expect_request("**/search?fragment=suggestions&q=b"):
        field.press_sequentially("b")
    field.press_sequentially(bob.username[1:])
    theirs = found.locator(f'[data-username="{bob.username}"]')
    expect(theirs).to_be_visible()
    late[0].continue_()
    page.wait_for_timeout(200)  # what a late answer would change is changed by now
    expect(found.locator("#q-all")).to_contain_text(f"“{bob.username}”")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/u/{bob.username}")
    page.goto("/search")
    expect(page.locator("#recent .row-handle")).to_have_text([bob.username])
