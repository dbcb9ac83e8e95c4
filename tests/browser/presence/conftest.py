"""Two people who may know of each other, the places where a page shows it, and other tabs."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.browser.conftest import Cast
    from tests.factories import Person


@pytest.fixture
def friends(cast: Cast, ann: Person, bob: Person) -> tuple[Person, Person]:
    """They follow each other, and have talked."""
    cast.follow(ann, bob)
    cast.follow(bob, ann)
    cast.say(bob, ann, "hello")
    return ann, bob


@pytest.fixture
def open_live(
    as_person: Callable[..., Page], go_live: Callable[[Page, str], None]
) -> Callable[..., Page]:
    """`open_live(ann, "/messages")`: a page in a browser of ann's, connected."""

    def open_page(person: Person, path: str, **options: object) -> Page:
        page = as_person(person, **options)
        go_live(page, path)
        return page

    return open_page


@pytest.fixture
def open_tab(go_live: Callable[[Page, str], None]) -> Callable[[Page, str], Page]:
    """`open_tab(page, "/people")`: one more in the same browser, connected."""

    def open_page(page: Page, path: str) -> Page:
        tab = page.context.new_page()
        go_live(tab, path)
        return tab

    return open_page
