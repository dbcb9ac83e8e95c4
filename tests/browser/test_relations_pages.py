"""Pages of relations without scripts, and to axe: in both languages, on a phone and a desk."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from pigeon.services.follows import follows
from pigeon.services.relations import blocks, mutes
from pigeon.services.users import users
from tests.harness.browser import ALL_RULES, DESKTOP, PHONE, assert_accessible
from tests.harness.children import wait_until

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.browser.conftest import Cast
    from tests.factories import Person
    from tests.harness.sites import Site

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]  # axe takes its time
THEMES = {"light": ALL_RULES, "dark": ["color-contrast"]}
SET_THEME = "theme => { document.documentElement.dataset.theme = theme; }"
FITS = "() => document.documentElement.scrollWidth <= innerWidth"
SMALLEST = {"width": 320, "height": 640}


def look(page: Page) -> None:
    for size in (PHONE, DESKTOP):
        page.set_viewport_size(size)
        for theme, rules in THEMES.items():
            page.evaluate(SET_THEME, theme)
            assert_accessible(page, rules)
    page.set_viewport_size(SMALLEST)
    page.wait_for_function(FITS)
    page.set_viewport_size(DESKTOP)


def test_the_same_by_forms_alone(
    as_person: Callable[..., Page], cast: Cast, ann: Person, bob: Person
) -> None:
    cast.post(ann, caption="for friends alone")
    owner = as_person(ann, java_script_enabled=False)
    asker = as_person(bob, java_script_enabled=False)
    owner.goto("/settings/privacy")
    owner.get_by_role("switch", name="Private account").check()
    owner.get_by_role("button", name="Save").click()
    owner.get_by_text("Saved.").wait_for()

    asker.goto(f"/u/{ann.username}")
    asker.get_by_text("Follow to see photos").wait_for()
    asker.get_by_role("button", name=f"Follow {ann.username}").click()
    asker.get_by_role("button", name=f"Requested {ann.username}").click()  # withdrawn
    asker.get_by_role("button", name=f"Follow {ann.username}").click()
    asker.get_by_role("button", name=f"Requested {ann.username}").wait_for()

    owner.goto("/notifications")
    owner.locator(".asking-link").click()
    owner.get_by_role("button", name=f"Confirm {bob.username}").click()
    owner.get_by_text("Nobody waits for an answer.").wait_for()
    asker.reload()
    asker.get_by_role("button", name=f"Following {ann.username}").wait_for()
    asker.goto("/")
    asker.get_by_text("for friends alone").first.wait_for()

    card = asker.locator("#feed > article").first
    card.locator(".post-menu > summary").click()
    card.get_by_role("link", name=f"Mute {ann.username}").click()
    asker.get_by_role("button", name="Save").click()
    asker.get_by_text(f"{ann.username} is muted.").wait_for()
    asker.goto("/")
    assert not asker.get_by_text("for friends alone").count()
    asker.goto("/settings/muted")
    asker.get_by_role("button", name=f"Unmute {ann.username}").click()
    asker.get_by_text(f"{ann.username} is not muted any more.").wait_for()

    owner.goto(f"/u/{ann.username}/followers")
    owner.get_by_role("button", name=f"Remove {bob.username}").click()
    owner.get_by_text("No followers yet.").wait_for()
    asker.goto(f"/u/{ann.username}")
    asker.get_by_text("This account is private").wait_for()

    owner.goto(f"/u/{bob.username}")
    owner.locator(".profile-menu > summary").click()
    owner.get_by_role("link", name="Block").click()
    owner.get_by_role("button", name=f"Block {bob.username}").click()
    owner.get_by_text(f"{bob.username} is blocked.").wait_for()
    answer = asker.reload()
    assert answer is not None and answer.status == 404
    owner.goto("/settings/blocked")
    owner.get_by_role("button", name=f"Unblock {bob.username}").click()
    owner.get_by_text(f"{bob.username} is not blocked any more.").wait_for()
    asker.reload()
    asker.get_by_role("button", name=f"Follow {ann.username}").wait_for()


def test_comments_are_turned_off_by_a_form(
    as_person: Callable[..., Page], cast: Cast, ann: Person
) -> None:
    post = cast.post(ann, caption="quiet please")
    page = as_person(ann, java_script_enabled=False)
    page.goto(f"/p/{post.id}")
    page.locator(".post-menu > summary").click()
    page.get_by_role("button", name="Turn comments off").click()
    page.get_by_text("Comments are turned off for this post.").wait_for()
    page.locator(".post-menu > summary").click()
    page.get_by_role("button", name="Turn comments on").click()
    page.get_by_label("Add a comment …").wait_for()


def _fill(site: Site, cast: Cast, ann: Person, bob: Person) -> Person:
    """Ann is private and has blocked, muted, and is asked; answers somebody she may follow."""
    cat, dan, eve = (cast.person(name) for name in ("cat", "dan", "eve"))
    cast.follow(cat, ann)
    with site.app.app_context():
        users.update_profile(ann.id, {"is_private": True})
        for person in (bob, eve):
            follows.follow(ann.id, by=person.id)
        blocks.block(dan.id, by=ann.id)
        mutes.set_muted(cat.id, by=ann.id, of=["posts"], on=True)
    return cat


@pytest.mark.parametrize("language", ["en", "ko"])
def test_axe_finds_nothing(
    as_person: Callable[..., Page],
    cast: Cast,
    site: Site,
    language: str,
) -> None:
    ann, bob = cast.person("ann", language=language), cast.person("bob", language=language)
    cat = _fill(site, cast, ann, bob)
    page = as_person(ann, reduced_motion="reduce")
    asked = page.locator(".news[data-request]").first

    def is_told() -> bool:
        page.goto("/notifications")
        return bool(asked.count())

    wait_until(is_told, what="the notification of a request")
    look(page)
    own, other = f"/u/{ann.username}", f"/u/{cat.username}"
    settings = ("/settings/privacy", "/settings/blocked", "/settings/muted")
    for path in (*settings, "/notifications/requests", own, f"{own}/followers"):
        page.goto(path)
        look(page)
    for path in (f"{other}/block", f"{other}/mute", other):
        page.goto(path)
        look(page)
    page.locator(".profile-menu > summary").click()
    look(page)
    page.locator('.profile-menu a[href$="/block"]').click()
    page.get_by_role("dialog").wait_for()
    look(page)
    asker = as_person(bob, reduced_motion="reduce")
    asker.goto(own)
    asker.locator(".locked").wait_for()
    look(asker)
    newcomer = as_person(cast.person("new", language=language), reduced_motion="reduce")
    for path in ("/settings/blocked", "/settings/muted", "/notifications/requests"):
        newcomer.goto(path)
        newcomer.locator(".empty").wait_for()
        look(newcomer)
