"""Follow and unfollow: at once, counted, without a reload, and taken back when it fails."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from pigeon.domain.clock import utc_now
from tests.harness.children import wait_until

if TYPE_CHECKING:
    from playwright.sync_api import Page, Route

    from tests.browser.conftest import Cast
    from tests.factories import Person

pytestmark = pytest.mark.browser


FOLLOW = "**/api/v1/users/*/follow"


def see_count(page: Page, person: Person, count: int) -> None:
    expect(page.locator(f'[data-followers="{person.username}"] strong')).to_have_text(str(count))


def test_the_button_and_the_count_change_without_a_reload(
    as_person: Callable[..., Page], ann: Person, bob: Person
) -> None:
    page = as_person(bob)
    page.goto(f"/u/{ann.username}")
    page.evaluate("window.isSamePage = true")
    see_count(page, ann, 0)
    follow = page.get_by_role("button", name=f"Follow {ann.username}")
    following = page.get_by_role("button", name=f"Following {ann.username}")
    bell = page.locator(".profile-bell")
    expect(bell).to_be_hidden()
    follow.click()
    following.wait_for()
    see_count(page, ann, 1)
    expect(page.locator(f'[data-followers="{ann.username}"]')).to_have_text("1 follower")
    bell.wait_for()
    following.click()
    follow.wait_for()
    see_count(page, ann, 0)
    assert page.evaluate("window.isSamePage")


def test_the_bell_goes_with_the_follow(
    as_person: Callable[..., Page], cast: Cast, ann: Person, bob: Person
) -> None:
    cast.follow(bob, ann)
    page = as_person(bob)
    page.goto(f"/u/{ann.username}")
    bell = page.locator(".profile-bell")
    bell.click()
    page.get_by_text(f"You will hear of new posts of {ann.username}.").wait_for()
    page.get_by_role("button", name=f"Following {ann.username}").click()
    page.get_by_role("button", name=f"Follow {ann.username}").click()
    expect(bell).to_be_visible()
    expect(bell).to_have_attribute("aria-pressed", "false")
    expect(bell).to_have_attribute("formaction", f"/u/{ann.username}/bell")


def test_of_quick_taps_the_last_one_counts(
    as_person: Callable[..., Page], ann: Person, bob: Person
) -> None:
    page = as_person(bob)
    page.goto(f"/u/{ann.username}")
    waiting: list[Route] = []
    page.route(FOLLOW, lambda route: waiting.append(route))
    page.get_by_role("button", name=f"Follow {ann.username}").click()
    page.get_by_role("button", name=f"Following {ann.username}").click()
    wait_until(lambda: page.evaluate("1") and waiting, what="a request")
    assert [route.request.method for route in waiting] == ["PUT"]
    page.get_by_role("button", name=f"Follow {ann.username}").wait_for()
    waiting[0].continue_()
    wait_until(lambda: page.evaluate("1") and len(waiting) == 2, what="the other one")
    with page.expect_response(FOLLOW):
        waiting[1].continue_()
    page.reload()
    page.get_by_role("button", name=f"Follow {ann.username}").wait_for()


def test_the_follower_stands_in_the_list_with_a_button(
    as_person: Callable[..., Page], cast: Cast, ann: Person, bob: Person
) -> None:
    cast.follow(bob, ann)
    page = as_person(ann)
    page.goto(f"/u/{ann.username}")
    page.locator(f'[data-followers="{ann.username}"]').click()
    page.get_by_role("heading", name=re.compile("Followers")).wait_for()
    with page.expect_response(FOLLOW):  # the button does not wait for it
        page.get_by_role("button", name=f"Follow {bob.username}").click()
    page.get_by_role("button", name=f"Following {bob.username}").wait_for()
    page.reload()
    page.get_by_role("button", name=f"Following {bob.username}").wait_for()
    page.get_by_role("link", name="Following", exact=True).click()
    page.wait_for_url("**/following")
    page.get_by_role("heading", name=re.compile("^Following")).wait_for()
    page.locator("#people").get_by_text(bob.username).wait_for()


def test_what_the_server_did_not_take_is_taken_back(
    as_person: Callable[..., Page], ann: Person, bob: Person
) -> None:
    page = as_person(bob)
    page.goto(f"/u/{ann.username}")
    page.route(FOLLOW, lambda route: route.abort())
    page.get_by_role("button", name=f"Follow {ann.username}").click()
    alert = page.locator('[data-toasts="alert"] .toast')
    alert.wait_for()
    page.get_by_role("button", name=f"Follow {ann.username}").wait_for()
    page.unroute(FOLLOW)
    with page.expect_response(lambda answer: answer.url.endswith("/follow") and answer.ok):
        alert.get_by_role("button", name="Try again").click()
    page.get_by_role("button", name=f"Following {ann.username}").wait_for()


def test_unfollowing_takes_the_posts_along(
    as_person: Callable[..., Page], cast: Cast, ann: Person, bob: Person
) -> None:
    cast.post(ann, caption="soon gone")
    cast.follow(bob, ann)
    page = as_person(bob)
    card = page.locator("#feed > article", has_text="soon gone")
    card.wait_for()
    card.locator(".post-menu > summary").click()
    card.get_by_role("button", name=f"Unfollow {ann.username}").click()
    page.get_by_text(f"You no longer follow {ann.username}.").wait_for()
    page.goto("/")
    expect(page.get_by_text("soon gone")).to_have_count(0)


def test_a_dismissed_suggestion_stays_away(
    as_person: Callable[..., Page], cast: Cast, ann: Person, bob: Person
) -> None:
    popular = cast.person("carol")
    cast.follow(bob, ann)
    cast.follow(ann, popular)
    page = as_person(bob)
    page.goto("/people")
    row = page.locator(f"#suggestion-{popular.username.replace('.', '-')}")
    row.get_by_text(f"Followed by {ann.username}").wait_for()
    row.get_by_role("button", name=f"Do not suggest {popular.username}").click()
    page.get_by_text(f"{popular.username} will not be suggested again.").wait_for()
    expect(row).to_be_hidden()


def test_others_to_follow_open_under_a_profile_that_is_followed(
    as_person: Callable[..., Page], cast: Cast, ann: Person, bob: Person
) -> None:
    popular = cast.person("carol")
    cast.follow(ann, popular)
    page = as_person(bob)
    page.goto(f"/u/{ann.username}")
    strip = page.locator("#suggested")
    page.get_by_role("button", name=f"Follow {ann.username}").click()
    card = strip.locator("li", has_text=popular.username)
    card.wait_for()
    card.get_by_role("button", name=f"Follow {popular.username}").click()
    card.get_by_role("button", name=f"Following {popular.username}").wait_for()
    page.get_by_role("button", name=f"Following {ann.username}", exact=True).click()
    expect(strip).to_have_count(0)


def test_undo_works_as_long_as_it_is_pointed_at(
    as_person: Callable[..., Page], cast: Cast, ann: Person, bob: Person
) -> None:
    popular = cast.person("carol")
    cast.follow(bob, ann)
    cast.follow(ann, popular)
    page = as_person(bob)
    page.clock.install()
    page.goto("/people")
    told: list[str] = []
    page.on("request", lambda sent: told.append(sent.method))
    row = page.locator(f"#suggestion-{popular.username.replace('.', '-')}")
    row.get_by_role("button", name=f"Do not suggest {popular.username}").click()
    page.locator(".toast").hover()
    page.clock.fast_forward(20_000)
    page.get_by_role("button", name="Undo").click()
    row.wait_for()
    page.locator(".toast").wait_for(state="detached")
    assert "DELETE" not in told


def test_new_posts_stand_in_the_order_of_the_timeline(
    as_person: Callable[..., Page],
    go_live: Callable[[Page, str], None],
    send: Callable[..., str],
    cast: Cast,
) -> None:
    long_ago = utc_now() - timedelta(days=99)  # her first steps are behind her
    ann, bob, cat = cast.person("ann", created_at=long_ago), cast.person("bob"), cast.person("cat")
    cast.follow(ann, bob)
    cast.follow(bob, cat)  # so that she is suggested
    cast.post(cat, caption="the oldest")
    cast.post(bob, caption="first")
    cast.post(cat, caption="between")
    cast.post(bob, caption="second")
    page, other = as_person(ann), as_person(bob)
    go_live(page, "/")
    row = page.locator(".aside li", has_text=cat.username)
    row.get_by_role("button").first.click()
    expect(row.locator(".is-following")).to_be_visible()
    send(other, caption="the newest")
    page.get_by_role("button", name="1 new post").click()
    order = [
        f"text={words}" for words in ("the newest", "second", "between", "first", "the oldest")
    ]
    expect(page.locator("#feed > article")).to_have_count(len(order))
    shown = "nodes => nodes.map((node) => node.id)"
    before = page.locator("#feed > article").evaluate_all(shown)
    for place, words in enumerate(order):
        expect(page.locator("#feed > article").nth(place).locator(words).first).to_be_visible()
    page.reload()
    assert page.locator("#feed > article").evaluate_all(shown) == before
