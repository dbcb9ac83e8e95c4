"""A page that "back" shows again is the one that was left: it goes on, and catches up."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import expect

from pigeon.services.comments import changes as comments_changes
from tests.harness.browser import PHONE
from tests.harness.children import wait_until
from tests.harness.pictures import jpeg

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.browser.conftest import Cast
    from tests.factories import Person, Posted
    from tests.harness.sites import Site

pytestmark = pytest.mark.browser


def leave(page: Page, place: str) -> None:
    """By a link that htmx follows; `window.isSame` says that nothing was loaded anew."""
    page.evaluate("window.isSame = true")
    page.locator(f'.nav-item[href="{place}"]').first.click()
    page.wait_for_url(f"**{place}")
    page.evaluate("() => new Promise((done) => requestAnimationFrame(() => setTimeout(done, 100)))")


def go_back(page: Page, url: str) -> None:
    page.evaluate("history.back()")
    page.wait_for_url(url)
    assert page.evaluate("window.isSame")


def test_comments_made_while_away_and_after_appear(
    site: Site,
    as_person: Callable[..., Page],
    go_live: Callable[[Page, str], None],
    cast: Cast,
    ann: Person,
    bob: Person,
) -> None:
    post = cast.post(ann)
    page = as_person(ann)
    go_live(page, f"/p/{post.id}")
    leave(page, "/search")
    _comment(site, post, bob, "while away")
    go_back(page, f"**/p/{post.id}")
    page.locator(".comment[id]", has_text="while away").wait_for()
    _comment(site, post, bob, "once back")
    page.locator(".comment[id]", has_text="once back").wait_for()


def test_a_comment_on_a_post_that_another_page_watches_appears(
    site: Site,
    as_person: Callable[..., Page],
    go_live: Callable[[Page, str], None],
    cast: Cast,
    ann: Person,
    bob: Person,
) -> None:
    post = cast.post(ann)
    page = as_person(ann, viewport=PHONE)
    go_live(page, f"/p/{post.id}")
    leave(page, "/")
    page.locator(f"#feed > #post-{post.id} .post-actions").scroll_into_view_if_needed()
    _comment(site, post, bob, "seen in the feed")
    page.locator('#feed [data-comment-count][data-count="1"]').first.wait_for(state="attached")
    go_back(page, f"**/p/{post.id}")
    page.locator(".comment[id]", has_text="seen in the feed").wait_for(state="attached")


def _comment(site: Site, post: Posted, by: Person, text: str) -> None:
    with site.app.app_context():
        comments_changes.create(post.id, by=by.id, text=text)


@pytest.mark.parametrize("when", ["while away", "once back"])  # readers hear of one in five seconds
def test_posts_of_others_are_announced(
    when: str,
    as_person: Callable[..., Page],
    go_live: Callable[[Page, str], None],
    cast: Cast,
    send: Callable[..., str],
    ann: Person,
    bob: Person,
) -> None:
    cast.follow(ann, bob)
    cast.post(bob)
    page, author = as_person(ann), as_person(bob)
    go_live(page, "/")
    leave(page, "/search")
    if when == "while away":
        send(author, caption=when)
    go_back(page, "**/")
    if when == "once back":
        send(author, caption=when)
    page.get_by_role("button", name=re.compile("1 new post")).wait_for()


def test_a_post_that_became_ready_while_away_is_shown(
    as_person: Callable[..., Page],
    held_workers: Callable[[], Any],
    send: Callable[..., str],
    ann: Person,
) -> None:
    page = as_person(ann)
    with held_workers():
        number = send(page, [jpeg()], "soon")
        page.goto("/")
        page.locator(f"#post-{number}.is-pending").wait_for()
        leave(page, "/search")
    state = (
        "fetch('/api/v1/posts/' + {}).then((answer) => answer.json()).then(({{ state }}) => state)"
    )
    wait_until(lambda: page.evaluate(state.format(number)) == "published", what="the pictures")
    go_back(page, "**/")
    page.locator(f"#post-{number}:not(.is-pending)").wait_for()


def test_words_are_guarded_again(as_person: Callable[..., Page], ann: Person) -> None:
    page = as_person(ann)
    page.get_by_role("link", name="Create").click()
    page.wait_for_url("**/create")
    page.get_by_label("Caption").press_sequentially("half a thought")
    page.evaluate("history.back()")
    page.get_by_role("dialog").get_by_role("button", name="Save draft").click()
    page.wait_for_url("/")
    page.evaluate("history.forward()")
    page.wait_for_url("**/create")
    expect(page.get_by_label("Caption")).to_have_value("half a thought")
    page.evaluate("history.back()")
    page.get_by_role("dialog").get_by_role("button", name="Keep editing").wait_for()
