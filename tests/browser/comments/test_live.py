"""What others write, and one's other tabs, while the page is open."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.browser.comments.discussion import choose, comments_of, field, row, see_texts, top_of
from tests.factories.comments import Commented

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.browser.conftest import Cast
    from tests.factories import Person, Posted
    from tests.harness.sites import Site

pytestmark = pytest.mark.browser


def test_what_others_write_appears_and_moves_nothing(
    read: Callable[..., Page], bob: Person, cast: Cast, many: list[Commented]
) -> None:
    reader, writer = read(bob), read(cast.person("eve"))
    watched = row(reader, "number 4")
    watched.scroll_into_view_if_needed()
    before = top_of(watched)
    field(writer).fill("hello from afar")
    field(writer).press("Enter")
    row(writer, "hello from afar").wait_for()
    pill = reader.get_by_role("button", name="1 new comment")
    pill.wait_for()
    assert top_of(watched) == before
    pill.click()
    pill.wait_for(state="hidden")
    expect(comments_of(reader).filter(has_text="hello from afar")).to_have_count(1)
    choose(writer, "hello from afar", "Delete")
    writer.get_by_role("button", name="Close").click()
    row(reader, "hello from afar").wait_for(state="detached")


def test_my_other_tab_shows_it_once(read: Callable[..., Page], bob: Person) -> None:
    page, other = read(bob), read(bob)
    field(page).fill("from here")
    field(page).press("Enter")
    row(other, "from here").wait_for()
    row(page, "from here").wait_for()
    see_texts(page, "from here")
    see_texts(other, "from here")


def test_a_closed_thread_forgets_replies_that_are_deleted(
    read: Callable[..., Page], comment: Callable[..., Commented], site: Site, ann: Person
) -> None:
    first = comment(ann, "a question")
    replies = [comment(ann, f"reply {number}", answers=first) for number in range(2)]
    page = read(ann)
    page.get_by_role("link", name="View 2 replies").wait_for()
    page.wait_for_function("document.querySelector('[data-part=comments]').dataset.total === '3'")
    with site.app.app_context():
        from pigeon.services.comments import changes as comments_changes

        for reply, label in zip(replies, ("View 1 reply", None), strict=True):
            comments_changes.remove(reply.id, by=ann.id)
            if label:
                page.get_by_role("link", name=label).wait_for()
    page.locator(".replies-toggle").wait_for(state="hidden")


def test_what_was_missed_is_fetched_and_what_is_gone_leaves(
    read: Callable[..., Page],
    comment: Callable[..., Commented],
    site: Site,
    ann: Person,
    bob: Person,
    as_person: Callable[..., Page],
    post: Posted,
) -> None:
    first, second = comment(ann, "stays"), comment(ann, "goes")
    page = as_person(bob)
    page.route_web_socket("**/socket.io/**", lambda _: None)  # nothing is heard of what happens
    page.goto(f"/p/{post.id}")
    row(page, "goes").wait_for()
    comment(ann, "came meanwhile")
    comment(ann, "an answer", answers=first)
    with site.app.app_context():
        from pigeon.services.comments import changes as comments_changes

        comments_changes.remove(second.id, by=ann.id)
    page.evaluate("document.dispatchEvent(new CustomEvent('live:refetch'))")
    row(page, "came meanwhile").wait_for(state="attached")
    row(page, "goes").wait_for(state="detached")
    page.get_by_role("link", name="View 1 reply").wait_for()
    see_texts(page, "stays", "came meanwhile")
