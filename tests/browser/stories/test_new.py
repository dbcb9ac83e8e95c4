"""Making stories: several at once, words placed on them, shared one after another."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import expect

from pigeon.domain.page import PageRequest
from pigeon.services.stories import stories
from tests.factories import make_processing_story
from tests.harness import pictures
from tests.harness.browser import PHONE, assert_accessible
from tests.harness.children import wait_until
from tests.stores import hostile

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page, Route

    from tests.browser.conftest import Cast
    from tests.factories import Person
    from tests.harness.sites import Site

pytestmark = pytest.mark.browser
PATH = "/stories/new"
HAND_OVER = """([target, type, encoded]) => {
  const bytes = Uint8Array.from(atob(encoded), (letter) => letter.codePointAt(0));
  const transfer = new DataTransfer();
  transfer.items.add(new File([bytes], "boat.png", { type: "image/png" }));
  const event = type === "paste"
    ? new ClipboardEvent("paste", { clipboardData: transfer, bubbles: true, cancelable: true })
    : new DragEvent(type, { dataTransfer: transfer, bubbles: true, cancelable: true });
  return document.querySelector(target).dispatchEvent(event);
}"""
CALL = "**/api/v1/stories"
FIRST = PageRequest(limit=20)


@pytest.fixture
def mine(site: Site, ann: Person) -> Callable[[int], list[dict[str, Any]]]:
    """`mine(3)` waits until so many of ann's stories are shown; they, in the order of showing."""

    def shown() -> list[dict[str, Any]]:
        with site.app.app_context():
            cards = stories.list_of(ann.username, ann.id, FIRST).items
            return [{"text": s.text, "alt": s.alt, "style": s.text_style} for s in cards]

    def wait(count: int) -> list[dict[str, Any]]:
        wait_until(lambda: len(shown()) >= count, what=f"{count} stories")
        return shown()

    return wait


def choose(page: Page, *files: Any) -> None:
    page.locator('[data-part="picker"]').set_input_files(list(files))


def photo(name: str, content: bytes | None = None) -> dict[str, Any]:
    content = pictures.jpeg(90, 160) if content is None else content
    return {"name": name, "mimeType": "image/jpeg", "buffer": content}


def panel(page: Page) -> Locator:
    """The one that is in sight."""
    return page.locator(".story-panel:visible")


def tab(page: Page, index: int) -> Locator:
    return page.locator(".story-tab").nth(index)


def words_on(page: Page) -> Locator:
    return panel(page).locator(".story-stage-text")


def write(page: Page, words: str) -> None:
    panel(page).get_by_role("textbox", name="Words").fill(words)


def share(page: Page) -> None:
    page.locator('[data-part="share"]').click()


def drag(page: Page, x: float, y: float) -> None:
    """The words, by their middle, to a place of the stage."""
    stage, words = panel(page).locator(".story-stage").bounding_box(), words_on(page).bounding_box()
    assert stage and words
    page.mouse.move(words["x"] + words["width"] / 2, words["y"] + words["height"] / 2)
    page.mouse.down()
    goal = (stage["x"] + x * stage["width"], stage["y"] + y * stage["height"])
    page.mouse.move(*goal, steps=4)
    page.mouse.up()


def test_three_at_once_with_words_placed_on_them(
    as_person: Callable[..., Page], ann: Person, mine: Callable[[int], list[dict[str, Any]]]
) -> None:
    page = as_person(ann)
    page.goto(PATH)
    expect(page.locator('[data-part="share"]')).to_be_disabled()
    choose(page, photo("1.jpg"), photo("2.jpg"), photo("3.jpg"))
    expect(page.get_by_role("button", name="Share 3 stories")).to_be_enabled()
    write(page, "one")
    panel(page).get_by_role("textbox", name="Description of the photo").fill("a boat")
    drag(page, 0.3, 0.8)
    expect(panel(page).locator('input[name^="place"]:checked')).to_have_count(0)

    tab(page, 1).click()
    write(page, "two")
    panel(page).get_by_text("Yellow").click()
    panel(page).get_by_text("Large").click()
    words_on(page).focus()
    for key in ("ArrowRight", "ArrowRight", "Shift+ArrowUp"):
        page.keyboard.press(key)
    said = page.locator('[data-part="said"]')
    expect(said).to_have_text("54 % from the left, 40 % from the top")

    tab(page, 2).click()
    write(page, "three")
    panel(page).get_by_title("Bottom right").locator("input").check()
    share(page)
    page.wait_for_url("/")
    page.get_by_text("3 stories are shared.").wait_for()
    one, two, three = mine(3)
    assert (one["text"], one["alt"]) == ("one", "a boat")
    assert (one["style"].x, one["style"].y) == pytest.approx((0.3, 0.8), abs=0.02)
    assert (two["text"], two["style"].x, two["style"].y) == ("two", 0.54, 0.4)
    assert (two["style"].color, two["style"].size) == ("#ffd84d", "l")
    assert (three["text"], three["style"].x, three["style"].y) == ("three", 0.7, 0.85)


def test_words_stay_within_the_stage(as_person: Callable[..., Page], ann: Person) -> None:
    page = as_person(ann)
    page.goto(PATH)
    choose(page, photo("1.jpg"))
    write(page, "a rather long sentence that goes over more than one line of the stage")
    panel(page).get_by_text("Large").click()
    for goal in ((0.0, 0.0), (1.0, 1.0)):
        drag(page, *goal)
        stage = panel(page).locator(".story-stage").bounding_box()
        words = words_on(page).bounding_box()
        assert stage and words
        assert words["x"] >= stage["x"] and words["y"] >= stage["y"]
        assert words["x"] + words["width"] <= stage["x"] + stage["width"]
        assert words["y"] + words["height"] <= stage["y"] + stage["height"]


def test_words_alone_stand_on_a_colour_and_enter_shares_nothing(
    as_person: Callable[..., Page], ann: Person, mine: Callable[[int], list[dict[str, Any]]]
) -> None:
    page = as_person(ann)
    page.goto(PATH)
    page.get_by_role("button", name="Only words").click()
    field = panel(page).get_by_role("textbox", name="Words")
    expect(field).to_be_focused()
    share(page)
    panel(page).get_by_text("Write something, or remove this story.").wait_for()
    field.focus()
    page.keyboard.type("first")
    page.keyboard.press("Enter")
    page.keyboard.type("second")
    panel(page).get_by_text("Violet").click()
    page.keyboard.press("Enter")  # on a radio button, where a form would be sent
    expect(page).to_have_url(re.compile(f"{PATH}$"))
    share(page)
    page.get_by_text("1 story is shared.").wait_for()
    (story,) = mine(1)
    assert (story["text"], story["style"].background) == ("first\nsecond", "#6b3fc9")


def test_a_syllable_that_is_composed_is_not_sent(
    as_person: Callable[..., Page], ann: Person
) -> None:
    page = as_person(ann)
    page.goto(PATH)
    page.get_by_role("button", name="Only words").click()
    sent: list[str] = []
    page.on("request", lambda one: sent.append(one.url) if one.method == "POST" else None)
    session = page.context.new_cdp_session(page)
    session.send("Input.imeSetComposition", {"text": "안", "selectionStart": 1, "selectionEnd": 1})
    page.keyboard.press("Enter")
    session.send("Input.insertText", {"text": "안녕"})
    expect(words_on(page)).to_contain_text("안녕")
    assert sent == []


def test_a_file_that_is_none_is_named_and_the_others_stay(
    as_person: Callable[..., Page], ann: Person
) -> None:
    page = as_person(ann)
    page.goto(PATH)
    choose(page, photo("1.jpg"), photo("notes.jpg", b"only words"), photo("2.jpg"))
    expect(page.locator(".refused > li")).to_have_text(re.compile("notes.jpg: not a picture"))
    expect(page.locator(".story-tab")).to_have_count(2)
    choose(page, *[photo(f"{number}.jpg") for number in range(3, 12)])
    page.get_by_text("11.jpg: at most 10 stories at once.").wait_for()
    expect(page.locator(".story-tab")).to_have_count(10)
    expect(page.locator('[data-part="dropzone"]')).to_be_hidden()


@pytest.mark.parametrize(("target", "kind"), [(".story-composer", "drop"), ("#picker", "paste")])
def test_a_photo_is_handed_over(
    as_person: Callable[..., Page], ann: Person, target: str, kind: str
) -> None:
    page = as_person(ann)
    page.goto(PATH)
    encoded = base64.b64encode(pictures.png()).decode()
    assert page.evaluate(HAND_OVER, [target, kind, encoded]) is False
    expect(panel(page).locator(".story-stage-picture")).to_be_visible()


def test_each_shows_how_much_of_it_has_gone(as_person: Callable[..., Page], ann: Person) -> None:
    page = as_person(ann)
    page.goto(PATH)
    choose(page, photo("1.jpg"), photo("2.jpg"))
    held: list[Route] = []
    page.route(CALL, lambda route: held.append(route))
    share(page)
    wait_until(lambda: page.wait_for_timeout(20) is None and held, what="a call")
    assert len(held) == 1  # the second waits for the first
    expect(panel(page).get_by_role("progressbar", name="Upload")).to_be_visible()
    expect(panel(page).locator('[data-part="fields"]')).to_have_attribute("inert", "")
    expect(tab(page, 0)).to_have_attribute("data-state", "sending")
    expect(tab(page, 1)).to_have_attribute("data-state", "waiting")
    held.pop().continue_()
    expect(tab(page, 0)).to_have_attribute("data-state", "sent")
    expect(tab(page, 1)).to_have_accessible_name("Story 2 of 2, being shared")
    wait_until(lambda: page.wait_for_timeout(20) is None and held, what="the next call")
    held.pop().continue_()
    page.wait_for_url("/")


def test_what_is_refused_stays_and_the_others_go_on(
    as_person: Callable[..., Page], ann: Person, mine: Callable[[int], list[dict[str, Any]]]
) -> None:
    page = as_person(ann)
    page.goto(PATH)
    choose(page, photo("1.jpg"), photo("2.jpg"), photo("3.jpg"))
    write(page, "one")
    tab(page, 1).click()
    write(page, "x" * 251)
    tab(page, 2).click()
    write(page, "three")
    share(page)
    page.get_by_text("2 stories are shared.").wait_for()
    assert [story["text"] for story in mine(2)] == ["one", "three"]
    expect(page.locator(".story-panel")).to_have_count(1)
    expect(panel(page).locator(".is-wrong .field-error")).to_have_text(
        "At most 250 characters fit here."
    )
    expect(panel(page).get_by_role("textbox", name="Words")).to_have_value("x" * 251)
    write(page, "two")
    panel(page).get_by_role("button", name="Retry").click()
    page.wait_for_url("/")
    assert [story["text"] for story in mine(3)] == ["one", "three", "two"]


def test_a_broken_connection_loses_nothing_and_shows_nothing_twice(
    as_person: Callable[..., Page],
    ann: Person,
    mine: Callable[[int], list[dict[str, Any]]],
) -> None:
    page = as_person(ann)
    page.goto(PATH)
    choose(page, *[photo(f"{number}.jpg") for number in (1, 2, 3)])
    for index, words in enumerate(("one", "two", "three")):
        tab(page, index).click()
        write(page, words)
    keys: list[str] = []

    def answer(route: Route) -> None:
        keys.append(route.request.headers["idempotency-key"])
        if len(keys) == 2:  # it arrives, and its answer does not
            route.fetch()
        if len(keys) in (2, 3):
            return route.abort()
        return route.continue_()

    page.route(CALL, answer)
    share(page)
    page.get_by_text("1 story is shared.").wait_for()
    expect(page.locator(".story-panel")).to_have_count(2)
    expect(page.get_by_role("button", name="Share 2 stories")).to_be_enabled()
    panel(page).get_by_text("The connection broke. What you made is still here.").wait_for()
    expect(panel(page).get_by_role("textbox", name="Words")).to_have_value("two")
    share(page)
    page.wait_for_url("/")
    assert keys[3:] == keys[1:3] and len(set(keys)) == 3
    assert [story["text"] for story in mine(3)] == ["one", "two", "three"]


def test_changed_after_it_had_arrived_it_is_another_story(
    as_person: Callable[..., Page], ann: Person, mine: Callable[[int], list[dict[str, Any]]]
) -> None:
    page = as_person(ann)
    page.goto(PATH)
    page.get_by_role("button", name="Only words").click()
    write(page, "first")

    def lose(route: Route) -> None:
        route.fetch()
        route.abort()

    page.route(CALL, lose)
    share(page)
    panel(page).get_by_text("The connection broke.").wait_for()
    page.unroute(CALL)
    write(page, "second")
    share(page)
    panel(page).get_by_text("This was shared already.").wait_for()
    share(page)
    page.wait_for_url("/")
    assert [story["text"] for story in mine(2)] == ["first", "second"]


def test_without_a_connection_nothing_is_lost(
    as_person: Callable[..., Page],
    ann: Person,
    mine: Callable[[int], list[dict[str, Any]]],
    cut_off: Callable[[Page, bool], None],
) -> None:
    page = as_person(ann)
    page.goto(PATH)
    choose(page, photo("1.jpg"))
    write(page, "from the train")
    cut_off(page, True)
    share(page)
    panel(page).get_by_text("The connection broke.").wait_for()
    expect(panel(page).get_by_role("textbox", name="Words")).to_have_value("from the train")
    cut_off(page, False)
    panel(page).get_by_role("button", name="Retry").click()
    page.wait_for_url("/")
    assert mine(1)[0]["text"] == "from the train"


def test_leaving_with_something_unshared_asks(as_person: Callable[..., Page], ann: Person) -> None:
    page = as_person(ann)
    page.goto(PATH)
    page.get_by_role("link", name="Back").click()
    page.wait_for_url("/")
    page.goto(PATH)
    choose(page, photo("1.jpg"))
    page.get_by_role("link", name="Back").click()
    dialog = page.get_by_role("dialog", name="Leave without sharing?")
    dialog.get_by_role("button", name="Keep editing").click()
    expect(panel(page)).to_be_visible()
    page.get_by_role("button", name="Remove this story").click()
    expect(page.locator(".story-panel")).to_have_count(0)
    choose(page, photo("1.jpg"))
    page.get_by_role("link", name="Back").click()
    dialog.get_by_role("button", name="Discard").click()
    page.wait_for_url("/")


# -- what waits ------------------------------------------------------------------------------------


def test_a_failure_is_told_elsewhere_and_listed(
    as_person: Callable[..., Page], go_live: Callable[[Page, str], None], ann: Person, site: Site
) -> None:
    page, listed = as_person(ann), as_person(ann)
    go_live(page, "/people")
    go_live(listed, PATH)
    expect(listed.get_by_role("heading", name="Not shown yet")).to_be_hidden()
    with site.app.app_context():
        story_id = make_processing_story(ann, hostile.damaged_png(), "a torn sail")
    toast = page.locator(".toast", has_text="One of your stories could not be prepared.")
    row = listed.locator(f"#story-row-{story_id}")
    expect(row).to_contain_text("This picture is damaged and cannot be read.")
    toast.get_by_role("button", name="View").click()
    page.wait_for_url(f"**{PATH}#story-row-{story_id}")
    choose(page, photo("1.jpg"))
    page.get_by_role("button", name="Retry: a torn sail").click()
    expect(page.locator(f"#story-row-{story_id}")).to_be_visible()
    page.get_by_role("link", name="Delete: a torn sail").click()
    expect(page.locator(f"#story-row-{story_id}")).to_have_count(0)
    expect(panel(page)).to_be_visible()  # what is being made stays


def test_what_waits_leaves_the_list_when_it_is_shown(
    as_person: Callable[..., Page],
    go_live: Callable[[Page, str], None],
    held_workers: Callable[[], Any],
    ann: Person,
    site: Site,
) -> None:
    page = as_person(ann)
    with held_workers():
        with site.app.app_context():
            story_id = make_processing_story(ann, pictures.jpeg(), "on its way")
        go_live(page, PATH)
        row = page.locator(f"#story-row-{story_id}")
        expect(row).to_contain_text("Being prepared")
    expect(row).to_have_count(0)
    expect(page.get_by_role("heading", name="Not shown yet")).to_be_hidden()


# -- how it looks ----------------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["en", "ko"])
@pytest.mark.parametrize("width", ["phone", "desk"])
def test_it_is_accessible_and_fits(
    as_person: Callable[..., Page], cast: Cast, photographs: list[Path], language: str, width: str
) -> None:
    options: dict[str, Any] = {"viewport": PHONE} if width == "phone" else {}
    reader = cast.person("reader", language=language)
    page = as_person(reader, reduced_motion="reduce", **options)
    page.goto(PATH)
    assert_accessible(page)
    choose(page, *[str(path) for path in photographs[:2]])
    panel(page).locator("textarea").first.fill("물 위의 배")
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        assert_accessible(page)
    title = "글 위치" if language == "ko" else "Place of the words"
    expect(panel(page).get_by_text(title)).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_a_plain_form_takes_one(
    as_person: Callable[..., Page], ann: Person, mine: Callable[[int], list[dict[str, Any]]]
) -> None:
    page = as_person(ann, java_script_enabled=False)
    page.goto(PATH)
    page.locator("#story-image").set_input_files(photo("1.jpg", b"only words"))
    page.get_by_label("Words", exact=True).fill("kept")
    page.get_by_label("Bottom left").check()
    share(page)
    expect(page.locator("#story-image-error")).to_contain_text("not a picture")
    expect(page.get_by_label("Words", exact=True)).to_have_value("kept")
    expect(page.get_by_label("Bottom left")).to_be_checked()
    page.locator("#story-image").set_input_files(photo("1.jpg"))
    share(page)
    page.wait_for_url(f"/stories/{ann.username}")
    (story,) = mine(1)
    assert (story["text"], story["style"].x, story["style"].y) == ("kept", 0.3, 0.85)
