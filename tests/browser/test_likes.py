"""Hearts: at once, counted, kept, taken back when it fails; two taps like and never unlike."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from pigeon.services.likes import likes
from tests.harness.browser import PHONE, assert_accessible
from tests.harness.children import wait_until

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page, Route

    from tests.browser.conftest import Cast
    from tests.factories import Person, Posted
    from tests.harness.sites import Site

pytestmark = pytest.mark.browser
LIKE = "**/api/v1/posts/*/like"
NEVER_TWICE_MS = 400  # taps further apart are single ones
WATCH_BURSTS = """() => {
  window.bursts = [];
  const isBurst = (node) => node.matches?.(".heart-burst");
  const note = (node) => window.bursts.push(node.getBoundingClientRect().width > 0);
  new MutationObserver((changes) => {
    for (const change of changes) [...change.addedNodes].filter(isBurst).forEach(note);
  }).observe(document, { childList: true, subtree: true });
}"""


@pytest.fixture
def post(cast: Cast, ann: Person, bob: Person) -> Posted:
    """Ann's, in the feed of bob."""
    cast.follow(bob, ann)
    return cast.post(ann, caption="a bird", images=1, alt="a bird")


@pytest.fixture
def like(site: Site) -> Callable[..., None]:
    """`like(post, ann)`: somebody likes it elsewhere."""

    def set_liked(post: Posted, person: Person) -> None:
        with site.app.app_context():
            likes.set_liked(likes.POSTS, post.id, by=person.id, on=True)

    return set_liked


def card_of(page: Page, post: Posted) -> Locator:
    return page.locator(f"#post-{post.id}")


def heart_in(place: Locator) -> Locator:
    return place.locator('.like-button[data-kind="post"]')


def expect_pressed(place: Locator, is_pressed: bool) -> None:
    place.locator(f'.like-button[aria-pressed="{str(is_pressed).lower()}"]').first.wait_for()


def expect_line(place: Locator, words: str) -> None:
    place.locator(".like-line", has_text=re.compile(rf"^\s*{re.escape(words)}\s*$")).wait_for()


def tap_twice(place: Locator) -> None:
    place.locator(".photo").click(position={"x": 60, "y": 60}, click_count=2)


def see_bursts(page: Page, count: int) -> None:
    """As many as this came into sight since WATCH_BURSTS, and all have gone again."""
    page.wait_for_function("count => window.bursts.length === count", arg=count)
    expect(page.locator(".heart-burst")).to_have_count(0)
    assert page.evaluate("window.bursts") == [True] * count


def finger_taps(place: Locator, times: int) -> None:
    """A finger, a tenth of a second apart however busy this machine is."""
    page = place.page
    place.scroll_into_view_if_needed()
    box = place.bounding_box()
    assert box
    session = page.context.new_cdp_session(page)
    point = {"x": box["x"] + 80, "y": box["y"] + 80}
    began = time.time()
    for number in range(times):
        for kind, points in (("touchStart", [point]), ("touchEnd", [])):
            at = began + number / 10 + (0 if points else 0.02)
            touch = {"type": kind, "touchPoints": points, "timestamp": at}
            session.send("Input.dispatchTouchEvent", touch)


def test_a_like_shows_at_once_and_after_a_reload(
    as_person: Callable[..., Page], bob: Person, post: Posted
) -> None:
    page = as_person(bob)
    card = card_of(page, post)
    expect_line(card, "Be the first to like this")
    with page.expect_response(LIKE):
        card.get_by_role("button", name="Like", exact=True).click()
        expect_pressed(card, True)
        expect_line(card, "1 like")
    with page.expect_response(LIKE):
        heart_in(card).click()
        expect_pressed(card, False)
        expect_line(card, "Be the first to like this")
    with page.expect_response(LIKE):
        heart_in(card).click()
        expect_pressed(card, True)
    page.reload()
    expect_pressed(card, True)
    expect_line(card, "1 like")


def test_the_words_follow_the_count(
    as_person: Callable[..., Page], cast: Cast, bob: Person, post: Posted, like: Callable[..., None]
) -> None:
    carol = cast.person("carol")
    like(post, carol)
    page = as_person(bob)
    card = card_of(page, post)
    named = card.locator(".like-line", has_text=carol.username)
    wait_until(lambda: page.reload() and named.count(), what="the like in the list of likers")
    expect_line(card, f"Liked by {carol.username}")
    heart_in(card).click()
    expect_line(card, f"Liked by {carol.username} and 1 other")
    heart_in(card).click()
    expect_line(card, f"Liked by {carol.username}")


def test_what_the_server_did_not_take_is_taken_back(
    as_person: Callable[..., Page], bob: Person, post: Posted
) -> None:
    page = as_person(bob)
    card = card_of(page, post)
    page.route(LIKE, lambda route: route.abort())
    heart_in(card).click()
    alert = page.locator('[data-toasts="alert"] .toast')
    alert.wait_for()
    expect_pressed(card, False)
    expect_line(card, "Be the first to like this")
    page.unroute(LIKE)
    with page.expect_response(LIKE):
        alert.get_by_role("button", name="Try again").click()
    expect_pressed(card, True)
    expect_line(card, "1 like")


def test_of_quick_taps_the_last_one_counts(
    as_person: Callable[..., Page], bob: Person, post: Posted
) -> None:
    page = as_person(bob)
    card = card_of(page, post)
    held: list[Route] = []
    methods: list[str] = []

    def hold(route: Route) -> None:
        methods.append(route.request.method)
        if len(methods) == 1:
            held.append(route)
        else:
            route.continue_()

    page.route(LIKE, hold)
    heart_in(card).click()
    wait_until(lambda: page.wait_for_timeout(10) is None and bool(held), what="the first request")
    for _ in range(3):
        heart_in(card).click()
    with page.expect_response(lambda answer: answer.request.method == "DELETE"):
        held[0].continue_()
    expect_pressed(card, False)
    expect_line(card, "Be the first to like this")
    page.wait_for_timeout(100)  # a third one would follow the answer to the second
    assert methods == ["PUT", "DELETE"]


def test_two_taps_like_and_never_unlike(
    as_person: Callable[..., Page], bob: Person, post: Posted
) -> None:
    page = as_person(bob)
    card = card_of(page, post)
    page.evaluate(WATCH_BURSTS)
    with page.expect_response(LIKE):
        tap_twice(card)
        see_bursts(page, 1)
    expect_pressed(card, True)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.method))
    tap_twice(card)
    see_bursts(page, 2)
    expect_pressed(card, True)
    assert "DELETE" not in asked


def test_a_single_tap_does_nothing(
    as_person: Callable[..., Page], bob: Person, post: Posted
) -> None:
    page = as_person(bob)
    card = card_of(page, post)
    page.evaluate(WATCH_BURSTS)
    card.locator(".photo").click(position={"x": 60, "y": 60})
    page.wait_for_timeout(NEVER_TWICE_MS)
    expect_pressed(card, False)
    see_bursts(page, 0)


def test_calm_readers_see_no_burst(
    as_person: Callable[..., Page], bob: Person, post: Posted
) -> None:
    page = as_person(bob, reduced_motion="reduce")
    card = card_of(page, post)
    page.evaluate(WATCH_BURSTS)
    tap_twice(card)
    expect_pressed(card, True)
    see_bursts(page, 0)


def test_fingers_tap_twice_too(as_person: Callable[..., Page], bob: Person, post: Posted) -> None:
    page = as_person(bob, viewport=PHONE, has_touch=True, is_mobile=True)
    card = card_of(page, post)
    finger_taps(card.locator(".photo"), 2)
    expect_pressed(card, True)


def test_the_dialog_and_the_card_say_the_same(
    as_person: Callable[..., Page], bob: Person, post: Posted
) -> None:
    page = as_person(bob)
    card = card_of(page, post)
    card.locator(".post-time").click()
    dialog = page.locator("#post-dialog")
    heart_in(dialog).click()
    expect_pressed(dialog, True)
    expect_line(dialog, "1 like")
    page.keyboard.press("Escape")
    expect_pressed(card, True)
    expect_line(card, "1 like")


def test_a_like_elsewhere_is_shown_on_the_way_back(
    as_person: Callable[..., Page], bob: Person, post: Posted
) -> None:
    page = as_person(bob, viewport=PHONE)
    card_of(page, post).locator(".post-time").click()
    page.wait_for_url(f"**/p/{post.id}")
    view = page.locator(".post-view")
    with page.expect_response(LIKE):
        heart_in(view).click()
    page.go_back()
    page.wait_for_url("**/")
    expect_pressed(card_of(page, post), True)


def test_the_key_l_likes_the_post_that_has_the_focus(
    as_person: Callable[..., Page], bob: Person, post: Posted
) -> None:
    page = as_person(bob)
    page.keyboard.press("j")
    page.keyboard.press("l")
    expect_pressed(card_of(page, post), True)


def test_the_line_opens_who_likes_it_with_a_button_each(
    as_person: Callable[..., Page], cast: Cast, bob: Person, post: Posted, like: Callable[..., None]
) -> None:
    fans = [cast.person("fan") for _ in range(3)]
    for fan in fans:
        like(post, fan)
    page = as_person(bob, reduced_motion="reduce")
    card = card_of(page, post)
    named = card.locator(".like-line", has_text="and 2 others")
    wait_until(lambda: page.reload() and named.count(), what="the likes in the list of likers")
    card.locator(".like-line").click()
    dialog = page.get_by_role("dialog", name=re.compile("Likes"))
    dialog.wait_for()
    expect(dialog.locator("#likers > li")).to_have_count(3)
    dialog.get_by_role("button", name=f"Follow {fans[0].username}").click()
    dialog.get_by_role("button", name=f"Following {fans[0].username}").wait_for()
    assert_accessible(page)
    page.keyboard.press("Escape")
    dialog.wait_for(state="detached")
    expect(page).to_have_url(re.compile(r"/$"))


def test_the_page_after_the_list_of_likes_can_be_scrolled(
    as_person: Callable[..., Page], cast: Cast, bob: Person, post: Posted, like: Callable[..., None]
) -> None:
    fan = cast.person("fan")
    like(post, fan)
    page = as_person(bob)
    line = card_of(page, post).locator(".like-line[href]", has_text="Liked by")
    wait_until(
        lambda: page.reload() and line.count(), what="the name of who likes it below the post"
    )
    page.evaluate("window.isSamePage = true")
    line.click()
    page.locator("dialog #likers a.row-handle, dialog #likers a[href^='/u/']").first.hover()
    page.locator("dialog .hover-card a").first.click()
    page.wait_for_url(f"**/u/{fan.username}")
    page.locator(".profile").wait_for()
    assert page.evaluate("window.isSamePage")
    expect(page.locator("html.has-dialog")).to_have_count(0)


def test_hearts_work_without_scripts(
    as_person: Callable[..., Page], bob: Person, post: Posted
) -> None:
    page = as_person(bob, java_script_enabled=False)
    card = card_of(page, post)
    heart_in(card).click()
    page.wait_for_url(f"**/#post-{post.id}")
    expect_pressed(card, True)
    expect_line(card, "1 like")
    heart_in(card).click()
    expect_line(card, "Be the first to like this")


def test_the_grid_tells_counts_to_a_pointer(
    as_person: Callable[..., Page], ann: Person, bob: Person, post: Posted
) -> None:
    page = as_person(bob)
    with page.expect_response(LIKE):
        heart_in(card_of(page, post)).click()
    expect_line(card_of(page, post), "1 like")
    page.goto(f"/u/{ann.username}")
    cell = page.get_by_role("link", name="a bird, 1 like, 0 comments")
    cell.hover()
    page.wait_for_function(
        "() => getComputedStyle(document.querySelector('.grid-counts')).opacity === '1'"
    )
