"""What becomes of a post that was shared: all of it, once, or a word why not."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import expect

from tests.harness import pictures
from tests.harness.browser import PHONE, assert_accessible
from tests.harness.children import wait_until

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page, Route

    from tests.factories import Person

pytestmark = [pytest.mark.browser, pytest.mark.no_second_look]
SLOWLY = """(() => {
  const real = window.createImageBitmap;
  window.reading = 0;
  window.most = 0;
  window.createImageBitmap = async (...given) => {
    window.most = Math.max(window.most, (window.reading += 1));
    await new Promise((done) => setTimeout(done, 300));
    return real(...given).finally(() => (window.reading -= 1));
  };
})()"""
CHOOSE_TWICE = """([first, second]) => {
  const picker = document.querySelector('[data-part="picker"]');
  for (const names of [first, second]) {
    const transfer = new DataTransfer();
    for (const [name, text] of names) {
      const bytes = Uint8Array.from(atob(text), (letter) => letter.codePointAt(0));
      transfer.items.add(new File([bytes], name, { type: "image/png" }));
    }
    picker.files = transfer.files;
    picker.dispatchEvent(new Event("change"));
  }
}"""


def base64_of(content: bytes) -> str:
    return base64.b64encode(content).decode()


def share(page: Page) -> None:
    page.get_by_role("button", name="Share", exact=True).click()


def files(*names: str) -> list[dict[str, Any]]:
    content = {"name": "", "mimeType": "image/png", "buffer": pictures.png()}
    return [content | {"name": name} for name in names]


def choose(page: Page, *chosen: dict[str, Any]) -> None:
    page.locator('[data-part="picker"]').set_input_files(list(chosen))


def broken(name: str) -> dict[str, Any]:
    return {"name": name, "mimeType": "image/jpeg", "buffer": pictures.jpeg(400, 300)[:-900]}


def pending(page: Page, words: str) -> Locator:
    return page.locator("article", has_text=words)


@pytest.fixture
def composing(as_person: Callable[..., Page], ann: Person) -> Page:
    """The composer of somebody whose browser reads pictures slowly."""
    page = as_person(ann)
    page.add_init_script(SLOWLY)
    page.on("dialog", lambda dialog: dialog.accept())
    page.goto("/create")
    return page


def test_share_waits_for_everything_that_was_chosen(composing: Page) -> None:
    page = composing
    page.get_by_label("Caption").fill("all five")
    choose(page, *files("1.png", "2.png", "3.png", "4.png", "5.png"))
    page.locator(".thumb textarea").nth(4).fill("the last one")
    share(page)
    page.get_by_text(re.compile(r"Reading picture \d of 5")).wait_for()
    assert page.evaluate("document.querySelector('[data-part=pictures]').inert")
    page.wait_for_url("/")
    card = page.locator("article:not(.is-pending)", has_text="all five")
    card.wait_for()
    expect(card.locator(".carousel-slide img.photo-image")).to_have_count(5)
    expect(card.locator("img.photo-image").nth(4)).to_have_attribute("alt", "the last one")


def test_one_picture_is_read_at_a_time(composing: Page) -> None:
    page = composing
    choose(page, *files("1.png", "2.png", "3.png"))
    choose(page, *files("4.png"))
    expect(page.locator(".thumb:not(.is-reading)")).to_have_count(4)
    assert page.evaluate("window.most") == 1


def test_what_turns_out_bad_after_the_press_keeps_all_of_it_here(composing: Page) -> None:
    page = composing
    page.get_by_label("Caption").fill("with a cut one")
    choose(page, *files("good.png"), broken("cut.jpg"))
    page.locator(".thumb textarea").nth(1).fill("words of the cut one")
    share(page)
    page.get_by_text("Nothing was shared", exact=False).first.wait_for()
    expect(page.locator(".refused > li")).to_have_text(
        "cut.jpg: the file is damaged. words of the cut one"
    )
    expect(page.locator(".thumbs > .thumb")).to_have_count(1)
    expect(page).to_have_url(re.compile("/create$"))
    assert_accessible(page)
    share(page)
    page.wait_for_url("/")
    expect(pending(page, "with a cut one")).to_have_count(1)


def test_a_press_that_was_cancelled_tells_nothing_to_the_next_one(composing: Page) -> None:
    page = composing
    page.get_by_label("Caption").fill("pressed twice")
    choose(page, *files("1.png", "2.png", "3.png"), broken("cut.jpg"))
    share(page)
    page.get_by_role("button", name="Cancel", exact=True).click()
    share(page)
    page.get_by_text("Nothing was shared", exact=False).first.wait_for()
    expect(page.locator(".refused > li")).to_contain_text("cut.jpg")
    expect(page.locator(".thumbs > .thumb")).to_have_count(3)


@pytest.mark.parametrize("kind", ["AVIF", "WEBP", "PNG", "GIF", "JPEG"])
def test_half_a_picture_is_no_picture(kind: str, composing: Page) -> None:
    """An element would show it as far as it goes, and say that it is loaded."""
    page = composing
    whole = pictures.noise(kind)
    half = {"name": f"half.{kind}", "mimeType": "image/x", "buffer": whole[: len(whole) // 2]}
    choose(page, half)
    page.get_by_text(f"half.{kind}: the file is damaged.").wait_for()


def test_pixels_are_counted_whatever_the_resolution_says(composing: Page) -> None:
    """Of a note of 1 dot an inch an element makes 72 times as many pixels."""
    page = composing
    noted = pictures.jpeg_of_resolution(300, 200, dots=1)
    choose(page, {"name": "noted.jpg", "mimeType": "image/jpeg", "buffer": noted})
    expect(page.locator(".thumb:not(.is-reading) img.thumb-picture")).to_be_visible()


def test_two_choices_in_a_row_keep_their_order_and_the_limit(composing: Page) -> None:
    page = composing
    coded = base64_of(pictures.png())
    first = [(f"a{n}.png", coded) for n in range(6)]
    second = [(f"b{n}.png", coded) for n in range(6)]
    page.evaluate(CHOOSE_TWICE, [first, second])
    titles = page.locator(".thumb-frame").evaluate_all("found => found.map((one) => one.title)")
    assert titles == [f"a{n}.png" for n in range(6)] + [f"b{n}.png" for n in range(4)]
    expect(page.locator(".refused > li")).to_have_text(
        [f"b{n}.png: a post holds at most 10 pictures." for n in (4, 5)]
    )


def test_a_reload_while_the_answer_is_awaited_makes_no_second_post(composing: Page) -> None:
    page = composing
    made: list[int] = []
    page.route("**/api/v1/posts", lambda route: made.append(route.fetch().status))
    page.get_by_label("Caption").fill("only one of me")
    share(page)
    wait_until(lambda: page.wait_for_timeout(10) is None and made == [201], what="a post")
    page.reload()
    page.get_by_text("What you shared last time is published.").wait_for()
    expect(page.get_by_text("Continue your draft?")).to_be_hidden()
    page.get_by_role("button", name="View").click()
    page.wait_for_url("**/p/*")
    page.goto("/")
    expect(pending(page, "only one of me")).to_have_count(1)


def test_a_request_that_never_arrived_is_offered_and_shared_once(composing: Page) -> None:
    page = composing
    held: list[Route] = []
    page.route("**/api/v1/posts", lambda route: held.append(route))
    page.get_by_label("Caption").fill("still on its way")
    share(page)
    page.wait_for_function("() => document.querySelector('.composer').dataset.state === 'sending'")
    page.reload()
    page.get_by_text("it is not published twice", exact=False).wait_for()
    page.get_by_role("button", name="Restore").click()
    page.unroute("**/api/v1/posts")
    share(page)
    page.wait_for_url("/")
    expect(pending(page, "still on its way")).to_have_count(1)


def lose_the_answer(page: Page) -> None:
    def lose(route: Route) -> None:
        route.fetch()
        route.abort()

    page.route("**/api/v1/posts", lose)
    share(page)
    page.get_by_text("The connection broke.").wait_for()
    page.unroute("**/api/v1/posts")


def test_words_changed_after_a_lost_answer_go_into_the_edit(composing: Page) -> None:
    page = composing
    page.get_by_label("Caption").fill("the first version")
    choose(page, *files("1.png", "2.png"))
    page.locator(".thumb textarea").nth(0).fill("one")
    lose_the_answer(page)
    page.get_by_label("Caption").fill("the second version")
    page.locator(".thumb textarea").nth(1).fill("two")
    page.get_by_role("button", name="Move photo 1 one place later").click()
    share(page)
    page.get_by_text("The first version of this post is published.").wait_for()
    assert_accessible(page)
    asked: list[str] = []
    page.on("dialog", lambda dialog: asked.append(dialog.type))
    page.get_by_role("link", name="Edit the published post").click()
    page.wait_for_url("**/edit")
    assert asked == []
    expect(page.get_by_label("Caption")).to_have_value("the second version")
    expect(page.locator('[name="alts[]"]').nth(0)).to_have_value("one")
    expect(page.locator('[name="alts[]"]').nth(1)).to_have_value("two")
    page.get_by_role("button", name="Save").click()
    page.wait_for_url("**/p/*")
    page.goto("/create")
    page.get_by_label("Caption").press_sequentially("x")
    page.get_by_text("Draft saved on this device.").wait_for()
    expect(page.get_by_text("Continue your draft?")).to_be_hidden()
    page.goto("/")
    expect(pending(page, "the second version")).to_have_count(1)
    expect(pending(page, "the first version")).to_have_count(0)


def test_words_changed_after_a_lost_answer_may_become_another_post(composing: Page) -> None:
    page = composing
    page.get_by_label("Caption").fill("the first version")
    lose_the_answer(page)
    page.get_by_label("Caption").fill("quite another thing")
    page.reload()  # the changed words are no longer what was published
    page.get_by_role("button", name="Restore").click()
    share(page)
    page.get_by_role("button", name="Share as another post").click()
    page.wait_for_url("/")
    expect(pending(page, "the first version")).to_have_count(1)
    expect(pending(page, "quite another thing")).to_have_count(1)


def test_sending_can_be_cancelled(composing: Page) -> None:
    page = composing
    page.route("**/api/v1/posts", lambda route: None)
    page.get_by_label("Caption").fill("not after all")
    share(page)
    page.get_by_role("button", name="Cancel").click()
    page.get_by_text("You stopped it.", exact=False).wait_for()
    expect(page.get_by_text("The connection broke.")).to_be_hidden()
    expect(page.get_by_label("Caption")).to_be_editable()
    expect(page.get_by_role("button", name="Share", exact=True)).to_be_enabled()


def test_the_eleventh_picture_is_not_left_out_without_a_word(composing: Page) -> None:
    page = composing
    page.get_by_label("Caption").fill("eleven were chosen")
    choose(page, *files(*(f"{n}.png" for n in range(11))))
    share(page)
    page.get_by_text("Nothing was shared", exact=False).first.wait_for()
    expect(page.locator(".refused > li")).to_have_text("10.png: a post holds at most 10 pictures.")
    share(page)
    page.wait_for_url("/")
    expect(pending(page, "eleven were chosen")).to_have_count(1)


def test_what_happens_is_seen_from_the_end_of_a_long_form(
    as_person: Callable[..., Page], ann: Person
) -> None:
    page = as_person(ann, viewport=PHONE, has_touch=True)
    page.add_init_script(SLOWLY)
    page.goto("/create")
    choose(page, *files(*(f"{n}.png" for n in range(9))), broken("cut.jpg"))
    page.get_by_label("Caption").fill("down here")
    page.get_by_label("Caption").scroll_into_view_if_needed()
    share(page)
    expect(page.get_by_role("button", name="Cancel")).to_be_in_viewport()
    expect(page.locator("#images-error")).to_be_in_viewport()


def test_a_discarded_draft_can_be_had_back(composing: Page) -> None:
    page = composing
    page.get_by_label("Caption").fill("thrown away")
    page.get_by_text("Draft saved on this device.").wait_for()
    page.reload()
    page.get_by_role("button", name="Discard").click()
    expect(page.get_by_text("Continue your draft?")).to_be_hidden()
    page.get_by_role("button", name="Undo").click()
    page.get_by_role("button", name="Restore").click()
    expect(page.get_by_label("Caption")).to_have_value("thrown away")
    page.reload()
    page.get_by_role("button", name="Discard").click()
    page.reload()
    page.get_by_label("Caption").press_sequentially("x")
    page.get_by_text("Draft saved on this device.").wait_for()
    expect(page.get_by_text("Continue your draft?")).to_be_hidden()


def test_a_file_that_went_away_is_named(
    composing: Page, tmp_path: Path, photographs: list[Path]
) -> None:
    page = composing
    place = tmp_path / "moved.jpg"
    place.write_bytes(photographs[0].read_bytes())
    page.get_by_label("Caption").fill("a card pulled out")
    page.locator('[data-part="picker"]').set_input_files(place)
    page.locator(".thumb:not(.is-reading)").wait_for()
    place.unlink()
    share(page)
    page.get_by_text("moved.jpg cannot be read any more: choose it again.").wait_for()
    expect(page).to_have_url(re.compile("/create$"))


def test_who_took_everything_back_after_a_lost_answer_is_told(composing: Page) -> None:
    page = composing
    choose(page, *files("1.png"))
    lose_the_answer(page)
    page.get_by_role("button", name="Remove photo 1").click()
    page.reload()
    page.get_by_text("What you shared last time is published.").wait_for()
    expect(page.get_by_text("Continue your draft?")).to_be_hidden()
