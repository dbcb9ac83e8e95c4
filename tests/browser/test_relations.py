"""Private accounts, requests, blocks and mutes, as two people meet them, each in their browser."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from pigeon.services.follows import follows
from pigeon.services.relations import mutes
from pigeon.services.users import users
from tests.harness.browser import PHONE
from tests.harness.children import wait_until

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

    from tests.browser.conftest import Cast
    from tests.factories import Person
    from tests.harness.sites import Site

pytestmark = pytest.mark.browser
SAME = "window.isSamePage = true"


class Doings:
    """What happens behind the pages that are looked at."""

    def __init__(self, site: Site) -> None:
        self._site = site

    def make_private(self, person: Person) -> None:
        with self._site.app.app_context():
            users.update_profile(person.id, {"is_private": True})

    def ask(self, asked: Person, by: Person) -> None:
        with self._site.app.app_context():
            follows.follow(asked.id, by=by.id)

    def withdraw(self, asked: Person, by: Person) -> None:
        with self._site.app.app_context():
            follows.unfollow(asked.id, by=by.id)

    def mute(self, person: Person, by: Person) -> None:
        with self._site.app.app_context():
            mutes.set_muted(person.id, by=by.id, of=["posts"], on=True)

    def follows(self, follower: Person, followee: Person) -> bool:
        with self._site.app.app_context():
            return follows.relation(follower.id, followee.id).following


@pytest.fixture
def doings(site: Site) -> Doings:
    return Doings(site)


def follow_button(page: Page, state: str, person: Person) -> Locator:
    return page.locator("main").get_by_role("button", name=f"{state} {person.username}", exact=True)


def choose(page: Page, role: str, name: str) -> None:
    """Of the menu of a profile."""
    page.locator(".profile-menu > summary").click()
    page.locator(".profile-menu").get_by_role(role, name=name, exact=True).click()


def test_private_requested_approved_removed_blocked_and_unblocked(
    as_person: Callable[..., Page],
    go_live: Callable[[Page, str], None],
    cast: Cast,
    doings: Doings,
    ann: Person,
    bob: Person,
) -> None:
    cast.post(ann, caption="for friends alone")
    owner, asker = as_person(ann), as_person(bob)
    owner.goto("/settings/privacy")
    owner.get_by_role("switch", name="Private account").check()
    owner.get_by_role("button", name="Save").click()
    owner.get_by_text("Saved.").wait_for()
    owner.goto(f"/u/{ann.username}")
    expect(owner.locator(".profile-lock")).to_be_visible()

    go_live(asker, f"/u/{ann.username}")
    asker.evaluate(SAME)
    asker.get_by_text("This account is private").wait_for()
    expect(asker.locator(".profile-head a[href$='/followers']")).to_have_count(0)
    go_live(owner, "/notifications")
    follow_button(asker, "Follow", ann).click()
    follow_button(asker, "Requested", ann).wait_for()
    asker.get_by_text("once your request is accepted").wait_for()

    row = owner.locator(f'.news[data-request="{bob.username}"]')
    row.wait_for()
    owner.locator(".asking-link", has_text=bob.username).wait_for()
    row.get_by_role("button", name=f"Confirm {bob.username}").click()
    owner.get_by_text(f"{bob.username} follows you now.").wait_for()
    expect(row).to_have_count(0)
    expect(owner.locator(".asking")).to_be_hidden()

    follow_button(asker, "Following", ann).wait_for()  # without a reload
    asker.locator("#posts").get_by_text("for friends alone").first.wait_for()
    asker.locator(".profile-head a[href$='/followers']").wait_for()
    assert asker.evaluate("window.isSamePage")
    asker.locator("[data-badge=notifications]").wait_for()

    owner.goto(f"/u/{bob.username}")
    choose(owner, "button", "Remove follower")
    owner.get_by_text(f"{bob.username} no longer follows you.").wait_for()
    owner.get_by_role("button", name="Close").last.click()
    wait_until(
        lambda: owner.evaluate("1") and not doings.follows(bob, ann), what="the end of a follow"
    )
    asker.reload()
    asker.get_by_text("This account is private").wait_for()

    choose(owner, "link", "Block")
    dialog = owner.get_by_role("dialog")
    expect(dialog.get_by_role("link", name="Cancel")).to_be_focused()
    dialog.get_by_role("button", name=f"Block {bob.username}").click()
    owner.get_by_text(f"{bob.username} is blocked.").wait_for()
    assert asker.goto(f"/u/{ann.username}").status == 404
    assert owner.goto(f"/u/{bob.username}").status == 404
    owner.goto("/settings/blocked")
    owner.get_by_role("button", name=f"Unblock {bob.username}").click()
    owner.get_by_text(f"{bob.username} is not blocked any more.").wait_for()
    owner.get_by_text("You have blocked nobody.").wait_for()
    assert asker.reload().status == 200
    follow_button(asker, "Follow", ann).wait_for()


def test_pressing_requested_withdraws_and_other_tabs_follow(
    as_person: Callable[..., Page],
    go_live: Callable[[Page, str], None],
    doings: Doings,
    ann: Person,
    bob: Person,
) -> None:
    doings.make_private(ann)
    page = as_person(bob)
    other = page.context.new_page()
    go_live(other, f"/people?q={ann.username}")
    page.goto(f"/u/{ann.username}")
    page.bring_to_front()
    follow_button(page, "Follow", ann).click()
    follow_button(page, "Requested", ann).wait_for()
    follow_button(other, "Requested", ann).wait_for()
    follow_button(page, "Requested", ann).click()
    follow_button(page, "Follow", ann).wait_for()
    follow_button(other, "Follow", ann).wait_for()
    page.get_by_text("Follow to see photos").wait_for()
    page.reload()
    follow_button(page, "Follow", ann).wait_for()


def test_a_refused_follow_shows_what_holds(
    as_person: Callable[..., Page], doings: Doings, ann: Person, bob: Person
) -> None:
    doings.make_private(ann)
    page = as_person(bob)
    page.goto(f"/u/{ann.username}")
    page.route("**/api/v1/users/*/follow", lambda route: route.abort())
    follow_button(page, "Follow", ann).click()
    page.locator('[data-toasts="alert"] .toast').wait_for()
    follow_button(page, "Follow", ann).wait_for()


def test_the_page_of_requests_follows_what_happens(
    as_person: Callable[..., Page],
    go_live: Callable[[Page, str], None],
    cast: Cast,
    doings: Doings,
    ann: Person,
    bob: Person,
) -> None:
    cat = cast.person("cat")
    doings.make_private(ann)
    page = as_person(ann)
    go_live(page, "/notifications/requests")
    page.get_by_text("Nobody waits for an answer.").wait_for()
    doings.ask(ann, by=bob)
    doings.ask(ann, by=cat)
    rows = page.locator("#requests > li")
    expect(rows).to_have_count(2)
    expect(page.get_by_text("Nobody waits for an answer.")).to_be_hidden()
    doings.withdraw(ann, by=bob)
    expect(rows).to_have_count(1)
    page.route("**/api/v1/me/follow_requests/*", lambda route: route.abort())
    page.get_by_role("button", name=f"Delete the request of {cat.username}").click()
    page.locator('[data-toasts="alert"] .toast').wait_for()
    expect(rows.first).to_be_visible()  # it was not taken
    page.unroute("**/api/v1/me/follow_requests/*")
    page.locator('[data-toasts="alert"]').get_by_role("button", name="Try again").click()
    page.get_by_text(f"The request of {cat.username} is deleted.").wait_for()
    page.get_by_text("Nobody waits for an answer.").wait_for()
    assert not doings.follows(cat, ann)


def test_muted_posts_leave_the_feed_and_come_back_on_undo(
    as_person: Callable[..., Page], cast: Cast, ann: Person, bob: Person
) -> None:
    cast.post(ann, caption="too loud")
    cast.follow(bob, ann)
    page = as_person(bob)
    card = page.locator("#feed > article", has_text="too loud")

    def mute() -> None:
        card.locator(".post-menu > summary").click()
        card.get_by_role("link", name=f"Mute {ann.username}").click()
        page.get_by_text(f"{ann.username} is muted.").wait_for()
        expect(card).to_have_count(0)

    mute()
    page.get_by_role("button", name="Undo").click()
    page.get_by_text(f"{ann.username} is not muted any more.").wait_for()
    card.wait_for()
    page.reload()
    card.wait_for()
    mute()
    page.reload()
    page.locator(".checklist").wait_for()
    expect(card).to_have_count(0)
    page.goto("/settings/muted")
    page.get_by_role("button", name=f"Unmute {ann.username}").click()
    page.get_by_text("You have muted nobody.").wait_for()
    page.goto("/")
    card.wait_for()


def test_a_profile_is_muted_and_unmuted_from_its_menu(
    as_person: Callable[..., Page], ann: Person, bob: Person
) -> None:
    page = as_person(bob)
    page.goto(f"/u/{ann.username}")
    page.evaluate(SAME)
    choose(page, "link", "Mute")
    page.get_by_text(f"{ann.username} is muted.").wait_for()
    expect(page.locator(".profile-menu [data-behavior=unmute]")).to_have_count(1)
    expect(page.locator(".profile-menu > summary")).to_be_focused()
    choose(page, "button", "Unmute")
    page.get_by_text(f"{ann.username} is not muted any more.").wait_for()
    expect(page.locator(".profile-menu [data-behavior=mute]")).to_have_count(1)
    assert page.evaluate("window.isSamePage")


def test_a_follower_is_removed_when_undo_has_gone(
    as_person: Callable[..., Page], cast: Cast, doings: Doings, ann: Person, bob: Person
) -> None:
    cast.follow(bob, ann)
    page = as_person(ann, viewport=PHONE)
    page.goto(f"/u/{ann.username}/followers")
    row = page.locator("#people > li", has_text=bob.username)
    remove = row.get_by_role("button", name=f"Remove {bob.username}")
    count = page.locator(".people-count")
    remove.click()
    page.get_by_text(f"{bob.username} no longer follows you.").wait_for()
    expect(row).to_be_hidden()
    expect(count).to_have_text("0")
    page.get_by_role("button", name="Undo").click()
    expect(row).to_be_visible()
    expect(count).to_have_text("1")
    page.locator(".toast").wait_for(state="detached")
    assert doings.follows(bob, ann)
    remove.click()
    with page.expect_request("**/api/v1/me/followers/*") as sent:
        page.get_by_role("button", name="Close").click()
    assert sent.value.method == "DELETE"
    wait_until(lambda: page.evaluate("1") and not doings.follows(bob, ann), what="the removal")


def test_who_leaves_the_page_has_decided(
    as_person: Callable[..., Page], cast: Cast, doings: Doings, ann: Person, bob: Person
) -> None:
    cast.follow(bob, ann)
    page = as_person(ann)
    page.goto(f"/u/{ann.username}/followers")
    page.get_by_role("button", name=f"Remove {bob.username}").click()
    page.get_by_text(f"{bob.username} no longer follows you.").wait_for()
    page.goto("/settings/privacy")
    wait_until(lambda: page.evaluate("1") and not doings.follows(bob, ann), what="the removal")


def test_a_block_from_a_comment_ends_at_home(
    as_person: Callable[..., Page],
    go_live: Callable[[Page, str], None],
    cast: Cast,
    ann: Person,
    bob: Person,
) -> None:
    post = cast.post(ann, caption="say something")
    loud = as_person(bob)
    loud.goto(f"/p/{post.id}")
    loud.get_by_label("Add a comment …").fill("something rude")
    loud.get_by_role("button", name="Send").click()
    loud.get_by_text("Your comment is posted.").wait_for()
    page = as_person(ann)
    page.goto(f"/p/{post.id}")
    comment = page.locator(".comment", has_text="something rude")
    comment.locator(".comment-menu > summary").click()
    comment.get_by_role("link", name=f"Block {bob.username}").click()
    page.get_by_role("dialog").get_by_role("button", name=f"Block {bob.username}").click()
    page.wait_for_url("/")
    page.get_by_text(f"{bob.username} is blocked.").wait_for()
    page.goto(f"/p/{post.id}")
    expect(page.get_by_text("something rude")).to_have_count(0)


def test_comments_are_turned_off_and_on_where_the_post_is_shown(
    as_person: Callable[..., Page], cast: Cast, ann: Person
) -> None:
    post = cast.post(ann, caption="quiet please")
    page = as_person(ann)
    card = page.locator(f"#feed > #post-{post.id}")
    page.evaluate(SAME)
    expect(card.locator(".comment-add")).to_have_count(1)
    card.locator(".post-menu > summary").click()
    card.get_by_role("button", name="Turn comments off").click()
    page.get_by_text("Comments are turned off.").wait_for()
    expect(card.locator(".comment-add")).to_have_count(0)
    expect(card.locator(".post-menu > summary")).to_be_focused()
    card.locator(".post-time").click()
    dialog = page.locator("#post-dialog[open]")
    dialog.get_by_text("Comments are turned off for this post.").wait_for()
    dialog.locator(".post-menu > summary").click()
    dialog.get_by_role("button", name="Turn comments on").click()
    dialog.get_by_label("Add a comment …").wait_for()
    expect(page.locator(f"#feed > #post-{post.id} .comment-add")).to_have_count(1)
    assert page.evaluate("window.isSamePage")


def test_somebody_private_is_glanced_at_without_pictures(
    as_person: Callable[..., Page], cast: Cast, doings: Doings, ann: Person, bob: Person
) -> None:
    cast.post(ann, caption="hidden", images=1)
    doings.make_private(ann)
    page = as_person(bob)
    page.goto(f"/people?q={ann.username}")
    page.locator(f'main a[href="/u/{ann.username}"]').first.hover()
    card = page.locator(".hover-card")
    card.wait_for()
    expect(card.locator(".card-count")).to_have_count(3)
    expect(card.locator(".card-pictures")).to_have_count(0)
    card.get_by_role("button", name=f"Follow {ann.username}").click()
    card.get_by_role("button", name=f"Requested {ann.username}").wait_for()
    expect(follow_button(page, "Requested", ann).first).to_have_text(re.compile("Requested"))


def test_undo_of_unfollowing_somebody_private_only_asks(
    as_person: Callable[..., Page], cast: Cast, doings: Doings, ann: Person, bob: Person
) -> None:
    cast.post(ann, caption="for friends alone")
    cast.follow(bob, ann)
    doings.make_private(ann)
    page = as_person(bob)
    card = page.locator("#feed > article", has_text="for friends alone")
    card.locator(".post-menu > summary").click()
    card.get_by_role("button", name=f"Unfollow {ann.username}").click()
    page.get_by_role("button", name="Undo").click()
    page.get_by_text(f"You asked to follow {ann.username}.").wait_for()
    expect(card).to_have_count(0)
