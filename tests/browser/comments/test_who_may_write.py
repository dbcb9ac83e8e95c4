"""Before the pictures are ready, for strangers, and when a discussion is closed."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from tests.browser.comments.discussion import choose, field, row, see_texts
from tests.factories.comments import Commented

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.browser.conftest import Cast
    from tests.factories import Person, Posted
    from tests.harness.sites import Site

pytestmark = pytest.mark.browser


def test_an_author_comments_before_the_pictures_are_ready(
    as_person: Callable[..., Page], cast: Cast, ann: Person
) -> None:
    post = cast.post(ann, caption="soon", images=1, state="processing")
    page = as_person(ann)
    page.goto(f"/p/{post.id}")
    field(page).fill("first!")
    field(page).press("Enter")
    row(page, "first!").wait_for()
    page.reload()
    see_texts(page, "first!")


def test_closed_comments_and_strangers(
    read: Callable[..., Page], site: Site, post: Posted, bob: Person, ann: Person
) -> None:
    stranger = read()
    stranger.get_by_role("link", name="Log in to comment").wait_for()
    with site.app.app_context():
        from pigeon.services.posts import changes as posts_changes

        posts_changes.edit(post.id, by=ann.id, comments_open=False)
    page = read(bob)
    page.get_by_text("Comments are turned off for this post.").wait_for()
    assert not field(page).count()


def test_strangers_and_closed_comments_keep_what_needs_no_writing(
    read: Callable[..., Page],
    site: Site,
    post: Posted,
    ann: Person,
    bob: Person,
    many: list[Commented],
    comment: Callable[..., Commented],
) -> None:
    comment(bob, "mine to change")
    with site.app.app_context():
        from pigeon.services.posts import changes as posts_changes

        posts_changes.edit(post.id, by=ann.id, comments_open=False)
    for reader in (None, bob):
        page = read(reader)
        page.get_by_role("link", name="Earlier comments").click()
        row(page, "number 3").wait_for(state="attached")
    choose(page, "mine to change", "Edit")
    page.get_by_role("textbox", name="Edit comment").fill("changed")
    page.get_by_role("button", name="Save").click()
    row(page, "changed").get_by_text("edited").wait_for()
