"""What becomes of stories while somebody watches, and what watching brings about."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import expect

from pigeon.services.stories import changes, viewing, views
from tests.browser.stories.viewer import TOUCH, Viewer, tell
from tests.factories import age_story, make_story
from tests.harness.hands import Hand

if TYPE_CHECKING:
    from playwright.sync_api import Page, Route

    from tests.browser.conftest import Cast
    from tests.factories import Person
    from tests.harness.sites import Site

pytestmark = pytest.mark.browser
DAY_S = 86_400
ENTER = {"key": "Enter", "code": "Enter", "windowsVirtualKeyCode": 229}
SHOWN_AFTER = """(count) => {
  const found = performance.getEntriesByName("story-shown").map(({ duration }) => duration);
  return found.length >= count ? found : null;
}"""
IS_READY = """(number) => {
  const next = document.querySelector(".story.is-shown").nextElementSibling;
  return next?.matches(".is-near") && next.querySelector("img").naturalWidth > 0;
}"""
PICTURES = re.compile(r"/media/.*\.(webp|jpg)")


@pytest.fixture(autouse=True)
def friends(cast: Cast, ann: Person, bob: Person) -> None:
    cast.follow(bob, ann)


@pytest.fixture
def see(site: Site) -> Callable[[Person, list[int]], None]:
    def mark(viewer: Person, ids: list[int]) -> None:
        with site.app.app_context():
            for story_id in ids:
                viewing.mark(story_id, by=viewer.id)

    return mark


def count(site: Site, story_id: int) -> int:
    with site.app.app_context():
        return views.counts_of([story_id])[story_id]


def test_it_opens_at_the_first_that_was_not_seen(
    site: Site, as_person: Callable[..., Page], ann: Person, bob: Person, see: Callable[..., None]
) -> None:
    ids = tell(site, ann, "one", "two", "three", "four", "five")
    see(bob, ids[:3])
    page = as_person(bob)
    viewer = Viewer(page)
    viewer.open(ann)
    viewer.expect_words("four")
    viewer.expect_place(f"Story 4 of 5 by {ann.username}")


def test_one_that_stood_for_a_second_is_seen_and_ones_own_is_not(
    site: Site, as_person: Callable[..., Page], ann: Person, bob: Person
) -> None:
    first, second = tell(site, ann, "one", "two")
    page = as_person(bob)
    page.add_init_script(
        "document.addEventListener('stories:seen', ({ detail }) => (window.seen = detail));"
    )
    viewer = Viewer(page)
    viewer.open(ann)
    page.wait_for_function("() => window.seen")
    assert page.evaluate("window.seen") == {"username": ann.username, "unseen": 1}
    assert (count(site, first), count(site, second)) == (1, 0)
    own = as_person(ann)
    marks: list[str] = []
    own.on("request", lambda request: marks.extend(re.findall("/view$", request.url)))
    viewer = Viewer(own, seconds=1.5)
    viewer.open_from("/people", ann)
    viewer.expect_closed()
    assert viewer.shown() == ["one", "two"]
    assert marks == []


def test_after_the_last_comes_who_has_something_unseen(
    site: Site,
    as_person: Callable[..., Page],
    cast: Cast,
    ann: Person,
    bob: Person,
    see: Callable[..., None],
) -> None:
    cat, dan = cast.person("cat"), cast.person("dan")
    for person in (cat, dan):
        cast.follow(bob, person)
    tell(site, dan, "of dan", "of dan, too")
    see(bob, tell(site, cat, "of cat"))
    tell(site, ann, "one")
    page = as_person(bob)
    viewer = Viewer(page, seconds=0.5)
    viewer.open_from("/people", ann)
    viewer.expect_closed()
    assert viewer.shown() == ["one", "of dan", "of dan, too"]
    viewer.open_from("/people", cat)
    viewer.expect_closed()
    assert viewer.shown() == ["of cat"], "whom one opens is shown, seen or not"


def test_sixty_people_are_reached(
    site: Site, as_person: Callable[..., Page], cast: Cast, bob: Person
) -> None:
    people = [cast.person("many") for _ in range(60)]
    for person in people:
        cast.follow(bob, person)
        tell(site, person, person.username)
    page = as_person(bob)
    viewer = Viewer(page)
    viewer.open(people[-1])
    for person in reversed(people):
        viewer.expect_words(person.username)
        page.keyboard.press("]")
    viewer.expect_closed()


def test_deleted_while_it_is_watched(
    site: Site, as_person: Callable[..., Page], go_live: Any, ann: Person, bob: Person
) -> None:
    _, second = tell(site, ann, "one", "two")
    page = as_person(bob)
    viewer = Viewer(page)
    go_live(page, f"/stories/{ann.username}")
    viewer.expect_words("one")
    page.keyboard.press("ArrowRight")
    viewer.expect_words("two")
    with site.app.app_context():
        changes.remove(second, by=ann.id)
    viewer.dialog.get_by_text("This story is not there any more.").wait_for()
    expect(viewer.slide.locator(".story-stage")).to_be_hidden()
    viewer.expect_closed()
    assert viewer.shown() == ["one", "two"]


def test_its_day_ends_under_the_readers_eyes(
    site: Site, as_person: Callable[..., Page], ann: Person, bob: Person
) -> None:
    first, _ = tell(site, ann, "one", "two")
    with site.app.app_context():
        age_story(first, seconds=DAY_S - 15)  # time enough to open a page on a slow machine
    page = as_person(bob)
    viewer = Viewer(page)
    viewer.open(ann)
    viewer.expect_words("one")
    viewer.dialog.get_by_text("This story is not there any more.").wait_for()
    viewer.expect_words("two")
    viewer.expect_place(f"Story 1 of 1 by {ann.username}")


def test_rows_that_were_shifted_are_gone_once_something_is_heard(
    site: Site, as_person: Callable[..., Page], go_live: Any, ann: Person, bob: Person
) -> None:
    first, second = tell(site, ann, "one", "two")
    page = as_person(bob)
    viewer = Viewer(page)
    go_live(page, f"/stories/{ann.username}")
    viewer.expect_words("one")
    with site.app.app_context():
        age_story(first, seconds=DAY_S)
        age_story(second, seconds=DAY_S)
        make_story(ann, "three")
    viewer.dialog.get_by_text("This story is not there any more.").wait_for()
    viewer.expect_words("three")
    viewer.expect_place(f"Story 1 of 1 by {ann.username}")


def test_words_at_an_edge_stay_on_the_stage(
    site: Site, as_person: Callable[..., Page], ann: Person, bob: Person
) -> None:
    words = "a few words that stand in a corner of the stage"
    tell(site, ann, words, x=0.0, y=1.0)
    page = as_person(bob, **TOUCH)
    viewer = Viewer(page)
    viewer.open(ann)
    viewer.expect_words(words)
    stage, found = (
        viewer.slide.locator(one).bounding_box() for one in (".story-stage", ".story-stage-text")
    )
    assert stage and found
    assert stage["x"] < found["x"] < stage["x"] + 20
    bottom = stage["y"] + stage["height"]
    assert bottom - 40 < found["y"] + found["height"] < bottom


def test_a_picture_that_does_not_come_is_tried_again_or_passed(
    site: Site, as_person: Callable[..., Page], ann: Person, bob: Person
) -> None:
    tell(site, ann, "one", picture=True)
    tell(site, ann, "two")
    page = as_person(bob)
    viewer = Viewer(page)
    page.route(PICTURES, lambda route: route.abort())
    viewer.open_from("/people", ann)
    failed = viewer.dialog.get_by_text("This story did not load.")
    failed.wait_for()
    viewer.expect_runs("paused")
    page.unroute(PICTURES)
    viewer.button("Try again").click()
    failed.wait_for(state="hidden")
    viewer.expect_runs("running")
    expect(viewer.slide.locator(".story-stage-picture")).not_to_have_js_property("naturalWidth", 0)
    page.keyboard.press("Escape")
    viewer.expect_closed()
    page.route(PICTURES, lambda route: route.abort())
    viewer.open_from("/people", ann)
    viewer.button("Skip").click()
    viewer.expect_words("two")


def test_a_reply_is_sent_once_however_often_it_is_tried(
    site: Site, as_person: Callable[..., Page], ann: Person, bob: Person
) -> None:
    tell(site, ann, "one")
    page = as_person(bob)
    viewer = Viewer(page)
    viewer.open(ann)
    sent: list[dict[str, Any]] = []

    def lose(route: Route) -> None:
        """It arrives; the answer does not."""
        sent.append(json.loads(route.request.post_data or "{}"))
        route.fetch()
        route.abort()

    page.route("**/reply", lose)
    field = viewer.slide.get_by_role("textbox")
    field.fill("how lovely")
    field.press("Enter")
    expect(field).to_have_value("")
    again = viewer.button("Try again")
    again.wait_for()
    page.unroute("**/reply")
    with page.expect_request("**/reply") as request:
        again.click()
    assert request.value.post_data_json == sent[0]
    expect(viewer.slide.get_by_text("Sent", exact=True)).to_be_visible()
    answer = page.request.get(f"/api/v1/chats/{ann.username}/messages").json()
    assert [message["text"] for message in answer["items"]] == ["how lovely"]


def test_enter_belongs_to_a_syllable_that_is_composed(
    site: Site, as_person: Callable[..., Page], ann: Person, bob: Person
) -> None:
    tell(site, ann, "one")
    page = as_person(bob, **TOUCH)
    viewer = Viewer(page)
    viewer.open(ann)
    sent: list[str] = []
    page.on("request", lambda request: sent.extend(re.findall("/reply$", request.url)))
    field = viewer.slide.get_by_role("textbox")
    field.focus()
    keys = page.context.new_cdp_session(page)
    composed = {"text": "안녀", "selectionStart": 2, "selectionEnd": 2}
    keys.send("Input.imeSetComposition", composed)
    keys.send("Input.dispatchKeyEvent", {"type": "rawKeyDown", **ENTER})
    keys.send("Input.dispatchKeyEvent", {"type": "keyUp", **ENTER})
    keys.send("Input.insertText", {"text": "안녕"})
    expect(field).to_have_value("안녕")
    assert sent == []
    field.press("Enter")
    expect(viewer.slide.get_by_text("Sent", exact=True)).to_be_visible()
    expect(field).to_have_value("")
    assert len(sent) == 1


def test_who_takes_no_messages_says_so_and_nothing_is_lost(
    site: Site, as_person: Callable[..., Page], cast: Cast, bob: Person
) -> None:
    shy = cast.person("shy", messages_from="following")
    cast.follow(bob, shy)
    tell(site, shy, "one", "two")
    page = as_person(bob)
    viewer = Viewer(page)
    viewer.open(shy)
    viewer.slide.get_by_role("button", name="React with 🔥").click()
    expect(viewer.slide.get_by_role("textbox")).to_be_hidden()
    expect(viewer.slide.locator(".story-note")).not_to_be_empty()
    page.keyboard.press("ArrowRight")
    viewer.expect_words("two")
    expect(viewer.slide.get_by_role("textbox")).to_be_hidden()


def test_what_comes_next_is_there_at_once(
    site: Site, as_person: Callable[..., Page], ann: Person, bob: Person
) -> None:
    """From the tap to the frame that shows it; how long that took is measured, and printed."""
    taps = 30
    for number in range(taps + 1):
        tell(site, ann, f"number {number}", picture=True)
    page = as_person(bob, **TOUCH)
    viewer, hand = Viewer(page), Hand(page)
    viewer.open(ann)
    for number in range(taps):
        page.wait_for_function(IS_READY, arg=number)
        hand.tap(300, 400)
        viewer.expect_words(f"number {number + 1}")
    durations = sorted(page.wait_for_function(SHOWN_AFTER, arg=taps).json_value())
    p95 = durations[int(len(durations) * 0.95) - 1]
    print(f"the next story after a tap: p95 {p95:.1f} ms, median {durations[taps // 2]:.1f} ms")
    assert len(durations) == taps


def test_a_tap_before_the_script_is_there_still_ends_where_it_was(
    site: Site, as_person: Callable[..., Page], ann: Person, bob: Person
) -> None:
    tell(site, ann, "one")
    page = as_person(bob)
    viewer = Viewer(page)
    held: list[Route] = []
    page.route(re.compile(r"/stories/link[^/]*\.js"), lambda route: held.append(route))
    ring = f'#tray a[href="/stories/{ann.username}"]'
    page.evaluate("location.reload()")  # `goto` and `click` wait for the scripts
    page.wait_for_function(
        "(ring) => Boolean(document.querySelector(ring)) && window.htmx", arg=ring
    )
    page.evaluate("(ring) => document.querySelector(ring).click()", ring)
    page.wait_for_url(f"**/stories/{ann.username}")
    for route in held:
        route.continue_()
    viewer.expect_words("one")
    page.keyboard.press("Escape")
    viewer.expect_closed()
    page.wait_for_url("**/")
    expect(page.locator(ring)).to_be_focused()
