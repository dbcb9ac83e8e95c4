"""Stories one at a time: by finger, by mouse, by keyboard, and without hurry."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.browser.stories.viewer import TOUCH, Viewer, tell
from tests.harness.browser import assert_accessible
from tests.harness.hands import Hand

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.browser.conftest import Cast
    from tests.factories import Person
    from tests.harness.sites import Site

pytestmark = pytest.mark.browser
LEFT, RIGHT, MIDDLE = 60, 300, 400
OF_ANN = ("one", "two", "three")


@pytest.fixture
def cat(cast: Cast) -> Person:
    return cast.person("cat")


@pytest.fixture(autouse=True)
def stories(site: Site, cast: Cast, ann: Person, bob: Person, cat: Person) -> None:
    """Bob follows ann, who has three stories, and cat, who has one, which is older."""
    cast.follow(bob, ann)
    cast.follow(bob, cat)
    tell(site, cat, "of cat")
    tell(site, ann, *OF_ANN)


def test_fingers(as_person: Callable[..., Page], ann: Person, bob: Person, cat: Person) -> None:
    page = as_person(bob, **TOUCH)
    viewer, hand = Viewer(page), Hand(page)
    ring = viewer.open_from("/people", ann)
    viewer.expect_words("one")
    viewer.expect_place(f"Story 1 of 3 by {ann.username}")
    hand.tap(RIGHT, MIDDLE)
    viewer.expect_words("two")
    hand.tap(RIGHT - 100, MIDDLE)
    viewer.expect_words("three")
    hand.tap(LEFT, MIDDLE)
    viewer.expect_words("two")
    hand.drag(300, MIDDLE, by=(-150, 10))
    viewer.expect_words("of cat")
    expect(page).to_have_url(re.compile(f"/stories/{cat.username}$"))
    hand.drag(100, MIDDLE, by=(150, 10))
    viewer.expect_one_of(*OF_ANN)
    shown = viewer.words()
    hand.drag(200, 500, by=(5, -150))
    expect(viewer.slide.get_by_role("textbox")).to_be_focused()
    hand.tap(RIGHT, MIDDLE)
    expect(viewer.slide.get_by_role("textbox")).not_to_be_focused()
    viewer.expect_words(shown)
    hand.drag(200, 300, by=(5, 200))
    viewer.expect_closed()
    expect(ring).to_be_focused()
    expect(page).to_have_url(re.compile("/people$"))


def test_a_finger_that_holds_stops_the_time_and_sees_the_story_alone(
    as_person: Callable[..., Page], ann: Person, bob: Person
) -> None:
    page = as_person(bob, **TOUCH)
    viewer, hand = Viewer(page), Hand(page)
    viewer.open(ann)
    viewer.expect_runs("running")
    hand.hold(RIGHT, MIDDLE)
    expect(viewer.slide.locator(".story-head")).to_have_css("opacity", "0")
    viewer.expect_runs("paused")
    hand.let_go()
    expect(viewer.slide.locator(".story-head")).to_have_css("opacity", "1")
    viewer.expect_runs("running")
    viewer.expect_words("one")


def test_keys(as_person: Callable[..., Page], ann: Person, bob: Person, cat: Person) -> None:
    page = as_person(bob)
    viewer = Viewer(page)
    ring = viewer.open_from("/people", ann)
    press = page.keyboard.press
    expect(viewer.dialog).to_be_focused()
    expect(viewer.dialog).to_have_accessible_name(f"Stories by {ann.username}")
    press("ArrowRight")
    viewer.expect_words("two")
    press("ArrowLeft")
    viewer.expect_words("one")
    press("ArrowLeft")
    viewer.expect_words("one")
    for on, back in (("Shift+ArrowRight", "Shift+ArrowLeft"), ("]", "[")):
        press(on)
        viewer.expect_words("of cat")
        press(back)
        viewer.expect_one_of(*OF_ANN)
        press("ArrowLeft")
        press("ArrowLeft")
        viewer.expect_words("one")
    viewer.expect_runs("running")
    press("?")
    keys = page.get_by_role("dialog", name="Keyboard shortcuts")
    keys.get_by_role("heading", name="While you watch stories").wait_for()
    viewer.expect_runs("paused")
    press("Escape")
    keys.wait_for(state="detached")
    viewer.expect_runs("running")
    pause = viewer.button("Pause")
    expect(pause).to_have_attribute("aria-pressed", "false")
    press(" ")
    expect(pause).to_have_attribute("aria-pressed", "true")
    viewer.expect_runs("paused")
    press("ArrowRight")
    viewer.expect_words("two")
    viewer.expect_runs("paused")
    pause.click()
    viewer.expect_runs("running")
    press("r")
    field = viewer.slide.get_by_role("textbox", name=f"Reply to the story of {ann.username}")
    expect(field).to_be_focused()
    viewer.expect_runs("paused")
    page.keyboard.type("rl ]")
    expect(field).to_have_value("rl ]")
    press("Escape")
    expect(viewer.dialog).to_be_focused()
    with page.expect_request(re.compile(r"/reply$")) as sent:
        press("l")
    assert "❤️" in json.loads(sent.value.post_data or "{}")["reaction"]
    press("Escape")
    viewer.expect_closed()
    expect(ring).to_be_focused()


def test_a_mouse_finds_who_is_beside(
    as_person: Callable[..., Page], ann: Person, bob: Person, cat: Person
) -> None:
    page = as_person(bob)
    viewer = Viewer(page)
    viewer.open(ann)
    viewer.button("Next story").click()
    viewer.expect_words("two")
    viewer.button(cat.username).click()
    viewer.expect_words("of cat")
    viewer.button(ann.username).click()
    viewer.expect_one_of(*OF_ANN)
    viewer.button("Close").click()
    viewer.expect_closed()
    expect(page).to_have_url(re.compile(f"/stories/{ann.username}$"))
    page.get_by_role("link", name="Watch").click()
    viewer.expect_one_of(*OF_ANN)
    page.go_back()
    viewer.expect_closed()


def test_they_go_by_and_at_the_end_is_where_it_was_opened(
    as_person: Callable[..., Page], ann: Person, bob: Person
) -> None:
    page = as_person(bob)
    viewer = Viewer(page, seconds=0.4)
    page.goto("/people")
    title = page.title()
    ring = viewer.open_from("/people", ann)
    viewer.expect_closed()
    assert viewer.shown() == ["one", "two", "three", "of cat"]
    expect(ring).to_be_focused()
    expect(page).to_have_url(re.compile("/people$"))
    expect(page).to_have_title(title)


def test_from_the_tray_and_back_to_it(
    as_person: Callable[..., Page], ann: Person, bob: Person
) -> None:
    page = as_person(bob)
    viewer = Viewer(page, seconds=1.3)
    page.goto("/")
    ring = page.locator("#tray").locator(f'a[href="/stories/{ann.username}"]')
    expect(ring).to_have_attribute("data-ring-state", "unseen")
    ring.click()
    viewer.expect_opened()
    viewer.expect_closed()
    assert viewer.shown() == ["one", "two", "three", "of cat"]
    expect(ring).to_be_focused()
    expect(ring).to_have_attribute("data-ring-state", "seen")
    expect(ring).to_be_focused()


def test_back_closes_and_a_reload_opens_it_again(
    as_person: Callable[..., Page], ann: Person, bob: Person
) -> None:
    page = as_person(bob)
    viewer = Viewer(page)
    ring = viewer.open_from("/people", ann)
    viewer.expect_words("one")
    page.go_back()
    viewer.expect_closed()
    expect(ring).to_be_focused()
    page.go_forward()
    viewer.expect_one_of(*OF_ANN)
    page.reload()
    viewer.expect_one_of(*OF_ANN)
    expect(page.get_by_role("main", include_hidden=True)).to_contain_text("three")
    page.keyboard.press("Escape")
    viewer.expect_closed()
    page.wait_for_url("**/people")


def test_less_motion_means_that_nothing_goes_by_itself(
    as_person: Callable[..., Page], ann: Person, bob: Person
) -> None:
    page = as_person(bob, reduced_motion="reduce", **TOUCH)
    viewer = Viewer(page, seconds=0.1)
    viewer.open(ann)
    viewer.expect_words("one")
    viewer.expect_runs("none")
    expect(viewer.button("Pause")).to_be_hidden()
    viewer.button("Next story").tap()
    viewer.expect_words("two")
    viewer.expect_place(f"Story 2 of 3 by {ann.username}")
    viewer.button("Previous story").tap()
    viewer.expect_words("one")


def test_whoever_goes_by_keys_is_not_hurried(
    as_person: Callable[..., Page], ann: Person, bob: Person
) -> None:
    page = as_person(bob)
    viewer = Viewer(page)
    viewer.open(ann)
    viewer.expect_runs("running")
    page.keyboard.press("Tab")
    viewer.expect_runs("none")
    viewer.button("Next story").press("Enter")
    viewer.expect_words("two")
    viewer.expect_runs("none")


def test_it_waits_for_a_menu_and_for_a_tab_that_is_away(
    as_person: Callable[..., Page], ann: Person, bob: Person
) -> None:
    page = as_person(bob)
    viewer = Viewer(page)
    viewer.open(ann)
    viewer.expect_runs("running")
    menu = viewer.slide.locator("summary")
    menu.click()
    viewer.expect_runs("paused")
    page.keyboard.press("Escape")
    viewer.expect_runs("running")
    for is_hidden, state in ((True, "paused"), (False, "running")):
        page.evaluate(
            """(hidden) => {
              Object.defineProperty(document, "hidden", { value: hidden, configurable: true });
              document.dispatchEvent(new Event("visibilitychange"));
            }""",
            is_hidden,
        )
        viewer.expect_runs(state)


def test_mute_leads_on(
    as_person: Callable[..., Page], ann: Person, bob: Person, cat: Person
) -> None:
    page = as_person(bob)
    viewer = Viewer(page)
    viewer.open_from("/people", ann)
    viewer.slide.locator("summary").click()
    viewer.slide.get_by_role("link", name="Mute stories").click()
    viewer.expect_words("of cat")
    page.get_by_text(f"You do not see stories of {ann.username} any more.").wait_for()
    page.keyboard.press("Shift+ArrowLeft")
    viewer.expect_words("of cat")


def test_their_author_sees_who_looks_and_deletes_what_is_shown(
    site: Site, as_person: Callable[..., Page], ann: Person
) -> None:
    page = as_person(ann)
    viewer = Viewer(page)
    viewer.open_from("/people", ann)
    expect(viewer.slide.get_by_role("link", name="Seen by 0 people")).to_be_visible()
    expect(viewer.slide.get_by_role("textbox")).to_have_count(0)
    viewer.slide.get_by_role("link", name="Seen by 0 people").click()
    sheet = page.get_by_role("dialog", name="Viewers")
    expect(sheet).to_be_visible()
    viewer.expect_runs("paused")
    page.keyboard.press("Escape")
    expect(sheet).to_have_count(0)
    viewer.expect_runs("running")
    page.keyboard.press("ArrowRight")
    viewer.expect_words("two")
    page.keyboard.press("Delete")
    question = page.get_by_role("dialog", name="Delete this story?")
    viewer.expect_runs("paused")
    question.get_by_role("link", name="Keep story").click()
    viewer.expect_runs("running")
    page.keyboard.press("Delete")
    question.get_by_role("button", name="Delete story").click()
    viewer.expect_words("three")
    viewer.expect_place(f"Story 2 of 2 by {ann.username}")
    page.keyboard.press("ArrowRight")
    viewer.expect_closed()


KOREAN: dict[str, object] = TOUCH | {"locale": "ko-KR"}


@pytest.mark.parametrize("options", [{}, KOREAN], ids=["desk", "korean_phone"])
def test_everybody_can_use_it(
    options: dict[str, object],
    as_person: Callable[..., Page],
    cast: Cast,
    ann: Person,
) -> None:
    language = str(options.get("locale", "en"))[:2]
    reader = cast.person("dan", language=language)
    cast.follow(reader, ann)
    page = as_person(reader, **options)
    expect(page.locator("html")).to_have_attribute("lang", language)
    viewer = Viewer(page)
    viewer.open(ann)
    page.keyboard.press(" ")
    viewer.expect_runs("paused")
    assert_accessible(page)
    viewer.slide.locator("summary").click()
    assert_accessible(page)
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    viewer.expect_closed()
    assert_accessible(page)
