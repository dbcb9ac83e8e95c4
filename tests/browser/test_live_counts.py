"""What happens to a post while somebody looks at it, and what happened just before."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from pigeon.services.comments import changes as comments_changes
from pigeon.services.likes import likes

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.browser.conftest import Cast
    from tests.factories import Person
    from tests.harness.sites import Site

pytestmark = pytest.mark.browser


def test_counts_change_in_the_feed_while_the_post_is_on_the_screen(
    site: Site, as_person: Callable[..., Page], cast: Cast, ann: Person, bob: Person
) -> None:
    post = cast.post(ann)
    page = as_person(ann)
    card = page.locator(f"#post-{post.id}")
    card.scroll_into_view_if_needed()  # below the first steps
    with site.app.app_context():
        likes.set_liked(likes.POSTS, post.id, by=bob.id, on=True)
    card.locator('[data-like-count][data-count="1"]').wait_for()
    with site.app.app_context():
        likes.set_liked(likes.POSTS, post.id, by=bob.id, on=False)
        comments_changes.create(post.id, by=bob.id, text="coo")
    card.locator('[data-like-count][data-count="0"]').wait_for()
    card.locator('[data-comment-count][data-count="1"]').wait_for()


def test_a_comment_leaves_the_likes_of_its_post_alone(
    site: Site, as_person: Callable[..., Page], cast: Cast, ann: Person, bob: Person
) -> None:
    """The event of a comment has a `like_count`, too: that of the comment."""
    post = cast.post(ann)
    with site.app.app_context():
        likes.set_liked(likes.POSTS, post.id, by=bob.id, on=True)
    page = as_person(ann)
    page.goto(f"/p/{post.id}")
    liked = page.locator(f'[data-like-count="post-{post.id}"]').first
    liked.and_(page.locator('[data-count="1"]')).wait_for()
    with site.app.app_context():
        comments_changes.create(post.id, by=bob.id, text="coo")
    page.locator(".comment").get_by_text("coo").wait_for()
    assert liked.get_attribute("data-count") == "1"


def test_a_comment_made_between_the_page_and_its_socket_is_not_missed(
    site: Site, as_person: Callable[..., Page], cast: Cast, ann: Person, bob: Person
) -> None:
    post = cast.post(ann)
    page = as_person(ann)
    page.route_web_socket(
        "**/socket.io/**", lambda ws: (_comment(site, post.id, bob), ws.connect_to_server())
    )
    page.goto(f"/p/{post.id}")
    page.get_by_text("just before").wait_for()


def test_a_reply_made_meanwhile_is_in_its_open_thread(
    site: Site, as_person: Callable[..., Page], cast: Cast, ann: Person, bob: Person
) -> None:
    post = cast.post(ann)
    with site.app.app_context():
        asked = comments_changes.create(post.id, by=bob.id, text="asked")
        first = comments_changes.create(post.id, by=bob.id, text="one", parent_id=int(asked.id))
    page = as_person(ann)
    page.route_web_socket(
        "**/socket.io/**",
        lambda ws: (_comment(site, post.id, bob, int(asked.id)), ws.connect_to_server()),
    )
    page.goto(f"/p/{post.id}#comment-{first.id}")
    page.locator(".reply").get_by_text("just before").wait_for()


def test_an_own_comment_counts_without_a_socket(
    as_person: Callable[..., Page], cast: Cast, ann: Person
) -> None:
    post = cast.post(ann)
    page = as_person(ann)
    page.route_web_socket("**/socket.io/**", lambda ws: ws.close())
    page.goto("/")
    page.locator(f"#post-{post.id} .post-time").click()
    page.locator("#post-dialog .comment-form textarea").fill("mine")
    page.locator("#post-dialog .comment-send").click()
    page.locator("#post-dialog .comment[id]", has_text="mine").wait_for()
    page.locator(f'[data-comment-count="post-{post.id}"][data-count="1"]').wait_for(
        state="attached"
    )


def _comment(site: Site, post_id: int, by: Person, parent_id: int | None = None) -> None:
    with site.app.app_context():
        comments_changes.create(post_id, by=by.id, text="just before", parent_id=parent_id)


def test_a_post_made_between_the_page_and_its_socket_is_announced(
    site: Site, as_person: Callable[..., Page], cast: Cast, ann: Person, bob: Person
) -> None:
    cast.follow(ann, bob)
    cast.post(bob)
    page = as_person(ann)
    page.route_web_socket("**/socket.io/**", lambda ws: (cast.post(bob), ws.connect_to_server()))
    page.goto("/")
    page.get_by_role("button", name=re.compile("1 new post")).wait_for()
