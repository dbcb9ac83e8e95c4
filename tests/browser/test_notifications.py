"""Notifications as a person meets them: live on every page, in the panel, on their page."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from pigeon.domain.clock import utc_now
from pigeon.services.comments import changes as comments_changes
from pigeon.services.follows import follows
from pigeon.services.likes import likes
from tests.harness.browser import PHONE, assert_accessible
from tests.harness.children import wait_until

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page, Route

    from tests.browser.conftest import Cast
    from tests.factories import Person, Posted
    from tests.harness.sites import Site

pytestmark = pytest.mark.browser
BADGE = '[data-badge="notifications"]'
WIDE = {"width": 1440, "height": 900}


class Doings:
    """What others do, behind the pages that are looked at."""

    def __init__(self, site: Site) -> None:
        self._site = site

    def comment(self, post: Posted, by: Person, text: str) -> int:
        with self._site.app.app_context():
            return int(comments_changes.create(post.id, by=by.id, text=text).id)

    def like(self, post: Posted, by: Person, on: bool = True) -> None:
        with self._site.app.app_context():
            likes.set_liked(likes.POSTS, post.id, by=by.id, on=on)

    def follow(self, followee: Person, by: Person) -> None:
        with self._site.app.app_context():
            follows.follow(followee.id, by=by.id)


@pytest.fixture
def doings(site: Site) -> Doings:
    return Doings(site)


def see_badge(page: Page, count: int | str) -> None:
    badge = page.locator(BADGE, has_text=re.compile(rf"^{re.escape(str(count))}$"))
    badge.wait_for()


def open_panel(page: Page) -> Locator:
    page.locator('.nav-item[href="/notifications"][aria-expanded]').click()
    panel = page.get_by_role("dialog", name="Notifications")
    panel.locator("#notices").wait_for()
    return panel


def test_badge_title_and_icon_follow_what_happens_without_a_reload(
    as_person: Callable[..., Page], cast: Cast, doings: Doings, ann: Person, bob: Person
) -> None:
    post = cast.post(ann, caption="look at this", images=1)
    page = as_person(ann)
    page.evaluate("window.isSamePage = true")
    expect(page.locator(BADGE)).to_have_count(0)
    doings.comment(post, bob, "so nice")
    see_badge(page, 1)
    page.wait_for_function("() => document.title.startsWith('(1) ')")
    doings.follow(ann, bob)
    see_badge(page, 2)
    icon = page.locator('link[type="image/svg+xml"]')
    expect(icon).to_have_attribute("href", re.compile("favicon-unread"))
    assert page.evaluate("window.isSamePage")
    page.reload()
    see_badge(page, 2)
    expect(page).to_have_title(re.compile(r"^\(2\) Home"))
    other = page.context.new_page()
    other.goto("/notifications")
    expect(other.locator(BADGE)).to_have_count(0)
    page.locator(BADGE).wait_for(state="detached")
    page.wait_for_function("() => !document.title.startsWith('(')")


def test_the_panel_lists_what_arrives_once_and_says_it(
    as_person: Callable[..., Page], cast: Cast, doings: Doings, ann: Person, bob: Person
) -> None:
    post = cast.post(ann, caption="look at this", images=1)
    doings.comment(post, bob, "first words")
    page = as_person(ann, viewport=WIDE, reduced_motion="reduce")
    see_badge(page, 1)
    panel = open_panel(page)
    assert_accessible(page)
    panel.get_by_text(f"{bob.username} commented on your post").wait_for()
    page.locator(BADGE).wait_for(state="detached")
    expect(panel.locator(".news.is-unread")).to_have_count(1)
    carol, dave = cast.person("carol"), cast.person("dave")
    doings.like(post, carol)
    panel.locator(".news", has_text=f"{carol.username} liked your post").wait_for()
    panel.locator('[role="status"]', has_text=f"New: {carol.username} liked your post").wait_for(
        state="attached"
    )
    page.locator(BADGE).wait_for(state="detached")
    doings.like(post, dave)
    panel.locator(".news", has_text=dave.username).wait_for()
    ids = panel.locator(".news").evaluate_all("rows => rows.map(row => row.id)")
    assert len(ids) == len(set(ids))
    page.keyboard.press("Escape")
    panel.wait_for(state="detached")
    expect(page.locator('.nav-item[href="/notifications"]')).to_be_focused()


def test_a_click_lands_on_the_highlighted_comment(
    as_person: Callable[..., Page], cast: Cast, doings: Doings, ann: Person, bob: Person
) -> None:
    post = cast.post(ann, caption="look at this", images=1)
    comment_id = doings.comment(post, bob, "exactly here")
    page = as_person(ann, viewport=WIDE)
    see_badge(page, 1)
    open_panel(page).locator(".news-link").click()
    page.locator(f"#comment-{comment_id}").wait_for()
    page.wait_for_url(f"**/p/{post.id}*#comment-{comment_id}")
    page.goto("/notifications")
    page.locator(".news").wait_for()
    expect(page.locator(".news.is-unread")).to_have_count(0)


def test_one_and_all_are_read_and_deleted(
    as_person: Callable[..., Page], cast: Cast, doings: Doings, ann: Person, bob: Person
) -> None:
    post = cast.post(ann, caption="look at this")
    for words in ("one", "two", "three"):
        doings.comment(post, bob, words)
    page = as_person(ann, viewport=PHONE)
    see_badge(page, 3)
    page.get_by_role("link", name="Notifications").click()
    page.wait_for_url("**/notifications")
    expect(page.locator(".news")).to_have_count(3)
    page.get_by_role("button", name="Mark all read").click()
    expect(page.locator(".news.is-unread")).to_have_count(0)
    with page.expect_response(lambda answer: answer.request.method == "DELETE"):
        page.locator(".news", has_text="two").get_by_role("button", name="Delete").click()
        page.locator(".news", has_text="two").wait_for(state="detached")
    page.reload()
    expect(page.locator(".news")).to_have_count(2)
    page.locator(".notices-head .menu > summary").click()
    page.get_by_role("link", name="Delete all…").click()
    page.get_by_role("dialog").get_by_role("button", name="Delete all").click()
    page.get_by_text("When someone likes or comments").wait_for()
    expect(page.locator(".news")).to_have_count(0)


def test_the_middle_of_the_cross_deletes(
    as_person: Callable[..., Page], cast: Cast, doings: Doings, ann: Person, bob: Person
) -> None:
    doings.comment(cast.post(ann, caption="look"), bob, "hello")
    page = as_person(ann)
    see_badge(page, 1)
    page.goto("/notifications")
    page.locator(".news.is-unread").hover()
    page.locator(".news-delete").click()
    page.get_by_text("When someone likes or comments").wait_for()
    expect(page).to_have_url(re.compile(r"/notifications$"))


def test_what_arrived_in_a_hidden_tab_is_seen_when_it_shows(
    as_person: Callable[..., Page],
    go_live: Callable[[Page, str], None],
    cast: Cast,
    doings: Doings,
    ann: Person,
    bob: Person,
) -> None:
    post = cast.post(ann, caption="look")
    page = as_person(ann)
    go_live(page, "/notifications")
    page.evaluate("Object.defineProperty(document, 'hidden', {value: true, configurable: true})")
    doings.comment(post, bob, "hello")
    page.locator(".news", has_text="hello").wait_for()
    see_badge(page, 1)
    page.evaluate("delete document.hidden")
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    page.locator(BADGE).wait_for(state="detached")


def test_what_arrived_live_and_was_read_elsewhere_shows_as_read(
    as_person: Callable[..., Page],
    go_live: Callable[[Page, str], None],
    cast: Cast,
    doings: Doings,
    ann: Person,
    bob: Person,
) -> None:
    post = cast.post(ann, caption="look")
    page = as_person(ann)
    go_live(page, "/notifications")
    doings.comment(post, bob, "hello")
    page.locator(".news.is-unread").wait_for()
    page.locator(BADGE).wait_for(state="detached")
    other = page.context.new_page()
    other.goto("/notifications")
    other.get_by_role("button", name="Mark all read").click()
    page.locator(".news.is-unread").wait_for(state="detached")
    expect(page.locator(".news")).to_have_count(1)


def test_a_slow_answer_to_an_older_filter_is_dropped(
    as_person: Callable[..., Page], cast: Cast, doings: Doings, ann: Person, bob: Person
) -> None:
    doings.comment(cast.post(ann, caption="look"), bob, "hello")
    page = as_person(ann, viewport=WIDE)
    see_badge(page, 1)
    panel = open_panel(page)
    held: list[Route] = []
    page.route("**/notifications?kind=follow*", lambda route: held.append(route))
    panel.get_by_role("link", name="Follows").click()
    wait_until(lambda: page.wait_for_timeout(10) is None and held, what="the first request")
    panel.get_by_role("link", name="Likes").click()
    panel.get_by_text("Nothing of this kind yet.").wait_for()
    panel.get_by_role("link", name="All", exact=True).click()
    panel.get_by_text("hello").wait_for()
    with page.expect_event("requestfinished", lambda found: "kind=follow" in found.url):
        held[0].continue_()
    page.wait_for_timeout(100)  # the answer would be shown as soon as it is read
    expect(panel.get_by_text("hello")).to_be_visible()


def test_the_panel_that_came_at_the_second_try_does_all_of_it(
    as_person: Callable[..., Page], ann: Person
) -> None:
    page = as_person(ann, viewport=WIDE)
    page.route("**/notifications?fragment=panel", lambda route: route.abort())
    page.locator('.nav-item[href="/notifications"][aria-expanded]').click()
    again = page.get_by_role("button", name="Try again")
    again.wait_for()
    page.unroute_all()
    again.click()
    panel = page.get_by_role("dialog", name="Notifications")
    panel.get_by_role("link", name="Likes").click()
    panel.get_by_text("Nothing of this kind yet.").wait_for()
    assert page.url.endswith("/")
    panel.locator('[data-part="close"]').click()
    panel.wait_for(state="detached")


def test_filters_narrow_the_list(
    as_person: Callable[..., Page], cast: Cast, doings: Doings, ann: Person, bob: Person
) -> None:
    doings.comment(cast.post(ann, caption="look"), bob, "hello")
    doings.follow(ann, bob)
    page = as_person(ann)
    see_badge(page, 2)
    page.goto("/notifications")
    page.locator(".notices-filters").get_by_role("link", name="Follows").click()
    page.wait_for_url("**/notifications?kind=follow&**")
    expect(page.locator(".news")).to_have_count(1)
    page.get_by_role("button", name=f"Follow {bob.username}").wait_for()
    page.locator(".notices-filters").get_by_role("link", name="Likes").click()
    page.get_by_text("Nothing of this kind yet.").wait_for()


def test_what_arrives_while_reading_further_down_waits_behind_a_pill(
    as_person: Callable[..., Page], cast: Cast, doings: Doings, ann: Person, bob: Person
) -> None:
    post = cast.post(ann, caption="look at this")
    for number in range(25):
        doings.comment(post, bob, f"number {number}")
    page = as_person(ann, viewport=PHONE)
    see_badge(page, 25)
    with page.expect_response("**/notifications?fragment=items"):  # on connecting
        page.goto("/notifications")
    to_end = "scrollTo({ top: document.documentElement.scrollHeight, behavior: 'instant' })"
    page.evaluate(to_end)
    page.get_by_text("number 0", exact=True).wait_for()
    page.get_by_text("You have seen everything.").wait_for()
    page.evaluate(to_end)
    before = page.evaluate("scrollY")
    expect(page.locator(".news")).to_have_count(25)
    doings.comment(post, bob, "the newest")
    pill = page.get_by_role("button", name="1 new notification")
    pill.wait_for()
    assert page.evaluate("scrollY") == before
    expect(page.get_by_text("the newest")).to_have_count(0)
    pill.click()
    page.locator(".news", has_text="the newest").wait_for()
    page.wait_for_function("() => scrollY === 0")
    expect(page.locator(".news")).to_have_count(26)
    page.locator(BADGE).wait_for(state="detached")


def test_taken_back_it_leaves_the_list(
    as_person: Callable[..., Page], cast: Cast, doings: Doings, ann: Person, bob: Person
) -> None:
    post = cast.post(ann, caption="look at this")
    doings.like(post, bob)
    page = as_person(ann)
    see_badge(page, 1)
    page.goto("/notifications")
    page.get_by_text(f"{bob.username} liked your post").wait_for()
    doings.like(post, bob, on=False)
    page.locator(".news").wait_for(state="detached")


def test_without_scripts_all_of_it_works(
    as_person: Callable[..., Page], cast: Cast, doings: Doings, ann: Person, bob: Person
) -> None:
    post = cast.post(ann, caption="look at this")
    comment_id = doings.comment(post, bob, "plain")
    watcher = as_person(ann)
    see_badge(watcher, 1)
    page = as_person(ann, java_script_enabled=False)
    see_badge(page, 1)
    page.get_by_role("link", name="Notifications").click()
    page.wait_for_url("**/notifications")
    page.locator(".news-link").click()
    page.wait_for_url(f"**/p/{post.id}?comment={comment_id}#comment-{comment_id}")
    page.goto("/notifications")
    expect(page.locator(".news.is-unread")).to_have_count(0)
    page.get_by_role("button", name="Delete notification").click()
    page.get_by_text("When someone likes or comments").wait_for()
    page.goto("/settings/notifications")
    page.get_by_role("group", name="Likes").get_by_label("Off").check()
    page.get_by_role("button", name="Save").click()
    page.get_by_text("Saved.").wait_for()
    page.goto("/settings/notifications")
    expect(page.get_by_role("group", name="Likes").get_by_label("Off")).to_be_checked()


def test_a_person_at_a_glance(as_person: Callable[..., Page], cast: Cast, bob: Person) -> None:
    ann = cast.person("ann", created_at=utc_now() - timedelta(days=99))  # without first steps
    cast.post(bob, caption="mine", images=1)
    cast.follow(ann, bob)
    page = as_person(ann, reduced_motion="reduce")
    handle = page.locator("#feed .post-author").first
    handle.hover()
    card = page.locator(".hover-card")
    card.get_by_role("button", name=f"Following {bob.username}").wait_for()
    expect(card.locator(".card-picture")).to_have_count(1)
    assert_accessible(page)
    page.mouse.move(5, 5)
    card.wait_for(state="detached")
    page.keyboard.press("Tab")
    page.locator("#feed > article").first.focus()
    page.keyboard.press("Tab")
    page.wait_for_function("() => document.activeElement.matches('.post-author')")
    card.wait_for()
    page.keyboard.press("ArrowDown")
    page.wait_for_function("() => document.activeElement.closest('.hover-card')")
    page.keyboard.press("Escape")
    card.wait_for(state="detached")
    page.wait_for_function("() => document.activeElement.matches('.post-author')")


def test_it_is_readable_in_both_themes_and_fits_the_smallest_phone(
    as_person: Callable[..., Page], cast: Cast, doings: Doings, ann: Person, bob: Person
) -> None:
    post = cast.post(ann, caption="look at this", images=1)
    doings.comment(post, bob, "a longer word about the picture than fits in one line")
    doings.follow(ann, bob)
    doings.like(post, bob)
    for theme in ("light", "dark"):
        page = as_person(ann, viewport=PHONE, color_scheme=theme, reduced_motion="reduce")
        if theme == "light":
            see_badge(page, 3)
        for path in ("/notifications", "/notifications/delete", "/settings/notifications"):
            page.goto(path)
            assert_accessible(page)
            page.set_viewport_size({"width": 320, "height": 640})
            page.wait_for_function("() => document.documentElement.scrollWidth <= innerWidth")
            page.set_viewport_size(PHONE)
