"""A post that is talked about, and its page in somebody's browser."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

from tests.browser.comments.discussion import MANY
from tests.factories.comments import Commented, make_comment

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.browser.conftest import Cast
    from tests.factories import Person, Posted
    from tests.harness.sites import Site


@pytest.fixture
def post(cast: Cast, ann: Person) -> Posted:
    return cast.post(ann, caption="what do you say?", images=1)


@pytest.fixture
def comment(site: Site, post: Posted) -> Callable[..., Commented]:
    def make(author: Person, text: str, **options: Any) -> Commented:
        with site.app.app_context():
            return make_comment(post, author, text=text, **options)

    return make


@pytest.fixture
def many(comment: Callable[..., Commented], ann: Person) -> list[Commented]:
    """More than a page of comments, oldest first."""
    return [comment(ann, f"number {number}") for number in range(MANY)]


@pytest.fixture
def read(as_person: Callable[..., Page], post: Posted) -> Callable[..., Page]:
    """`read(bob)` is the post's page in a browser of bob's."""

    def open_page(person: Person | None = None, place: str = "", **options: Any) -> Page:
        page = as_person(person, **options)
        page.goto(f"/p/{post.id}{place}")
        return page

    return open_page
