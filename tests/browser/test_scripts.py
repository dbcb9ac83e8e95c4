"""Which scripts a page fetches, and what it does before they are here or when one does not come."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.harness import browser as browsers

if TYPE_CHECKING:
    from playwright.sync_api import Page, Route

    from tests.browser.conftest import Cast
    from tests.factories import Person

pytestmark = pytest.mark.browser

BOUND = "!document.documentElement.matches('.is-binding')"
PRESS = "document.querySelector('[data-behavior~=\"follow-button\"]').click()"


@pytest.fixture
def fetched() -> Callable[[Page], set[str]]:
    """`fetched(page)` are the scripts that the page asks for from then on, by plain name."""

    def listen(page: Page) -> set[str]:
        names: set[str] = set()

        def note(url: str) -> None:
            if found := re.search(r"/static/js/(.+)\.[0-9a-f]{8}\.js$", url):
                names.add(found[1])
            assert not re.search(r"/static/js/(?!.+\.[0-9a-f]{8}\.js$)", url), url

        page.on("request", lambda request: note(request.url))
        return names

    return listen


def test_a_page_fetches_what_its_markup_names(
    as_person: Callable[..., Page], fetched: Callable[[Page], set[str]], ann: Person
) -> None:
    visitor = as_person()
    asked = fetched(visitor)
    visitor.goto("/login")
    assert {name.partition("/")[0] for name in asked} <= {
        *("app", "behaviors", "core", "accounts", "settings", "users", "ui")
    }
    assert "accounts/password-field" in asked and len(asked) < 25
    page = as_person(ann)
    asked = fetched(page)
    page.goto("/settings/appearance")
    assert not [name for name in asked if re.match("composer/|comments/|posts/|timelines/", name)]
    assert "core/api" in asked and "ui/badges" in asked


def test_what_a_swap_brings_is_fetched_and_bound(
    as_person: Callable[..., Page], fetched: Callable[[Page], set[str]], ann: Person
) -> None:
    page = as_person(ann)
    asked = fetched(page)
    page.evaluate("window.isSamePage = true")
    page.get_by_role("link", name="Create", exact=True).click()
    page.get_by_label("Caption").fill("x" * 2000)
    expect(page.locator(".caption-field [data-part=count]")).to_be_visible()
    assert page.evaluate("window.isSamePage") and "composer/composer" in asked


def test_a_press_before_the_script_sends_the_form(
    as_person: Callable[..., Page], ann: Person, bob: Person
) -> None:
    page = as_person(bob)
    held: list[Route] = []
    page.route("**/js/follows/follow-button.*.js", lambda route: held.append(route))
    type(page).goto(page, f"/u/{ann.username}")
    page.wait_for_function("document.documentElement.matches('.is-binding')")
    with page.expect_response(lambda answer: answer.request.method == "POST"):
        page.evaluate(PRESS)
    for route in held:
        route.continue_()
    page.get_by_role("button", name=f"Following {ann.username}").wait_for()


def test_a_script_that_does_not_come_takes_no_other_along(
    as_person: Callable[..., Page], visits: browsers.Visits, cast: Cast, ann: Person, bob: Person
) -> None:
    cast.follow(bob, ann)
    cast.post(ann, caption="hello")
    page = as_person(bob)
    page.route("**/js/posts/watch.*.js", lambda route: route.abort())
    page.goto("/")
    page.wait_for_function(BOUND)
    page.get_by_role("button", name="Like", exact=True).first.click()
    expect(page.get_by_role("button", name="Like", exact=True).first).to_have_attribute(
        "aria-pressed", "true"
    )
    assert all("posts/watch" in fault for fault in visits.faults), visits.faults
    visits.faults.clear()
