"""The composer: choose, drop, order, describe, refuse, count, mention, share once."""

from __future__ import annotations

import base64
import io
import re
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from PIL import Image
from playwright.sync_api import expect

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page, Route

    from tests.browser.conftest import Cast
    from tests.factories import Person

pytestmark = pytest.mark.browser
MB = 1024 * 1024
DROP = """([zone, files]) => {
  const transfer = new DataTransfer();
  for (const [name, text] of files) {
    const bytes = Uint8Array.from(atob(text), (letter) => letter.codePointAt(0));
    transfer.items.add(new File([bytes], name, { type: "image/png" }));
  }
  const options = { dataTransfer: transfer, bubbles: true, cancelable: true };
  zone.dispatchEvent(new DragEvent("dragover", options));
  zone.dispatchEvent(new DragEvent("drop", options));
}"""

LIMITLESS = """addEventListener("DOMContentLoaded", () => {
  const composer = document.querySelector(".composer");
  if (composer) composer.dataset.maxPixels = 1e9;
});"""


def share(page: Page) -> None:
    page.get_by_role("button", name="Share", exact=True).click()


def named(path: Path, name: str, content: bytes | None = None) -> dict[str, Any]:
    buffer = path.read_bytes() if content is None else content
    return {"name": name, "mimeType": "image/jpeg", "buffer": buffer}


def described(page: Page, name: str) -> Locator:
    return page.get_by_role("textbox", name=name, exact=True)


def test_pictures_are_ordered_described_and_removed(
    as_person: Callable[..., Page],
    compose: Callable[..., Any],
    ann: Person,
    photographs: list[Path],
) -> None:
    page = as_person(ann)
    thumbs = compose(page, photographs[:3], "ordered")
    sources = [thumbs.nth(n).locator("img").get_attribute("src") for n in range(3)]
    expect(thumbs.nth(0).get_by_text("Cover")).to_be_visible()
    described(page, "Description of photo 1").fill("A rocket")
    page.get_by_text("1 of 3 described").wait_for()
    on = page.get_by_role("button", name="Move photo 1 one place later")
    on.focus()
    page.keyboard.press("Enter")
    page.get_by_text("Photo 1 moved to position 2").wait_for()
    expect(thumbs.nth(1).locator("img")).to_have_attribute("src", sources[0])
    expect(described(page, "Description of photo 2")).to_have_value("A rocket")
    moved = page.get_by_role("button", name="Move photo 2 one place later")
    expect(moved).to_be_focused()
    page.get_by_role("button", name="Remove photo 1").click()
    page.get_by_text("1 of 2 described").wait_for()
    share(page)
    page.wait_for_url("/")
    card = page.locator("article:not(.is-pending)", has_text="ordered")
    card.wait_for()
    pictures = card.locator(".carousel-slide img.photo-image")
    expect(pictures).to_have_count(2)
    expect(pictures.first).to_have_attribute("alt", "A rocket")


def test_dropped_files_become_pictures(
    as_person: Callable[..., Page], ann: Person, photographs: list[Path]
) -> None:
    page = as_person(ann)
    page.goto("/create")
    zone = page.locator('[data-part="dropzone"]').element_handle()
    files = [(p.name, base64.b64encode(p.read_bytes()).decode()) for p in photographs[:2]]
    page.evaluate(DROP, [zone, files])
    page.locator(".thumbs > .thumb").nth(1).wait_for()


def test_refused_files_are_named_and_the_good_ones_stay(
    as_person: Callable[..., Page], ann: Person, photographs: list[Path], tmp_path: Path
) -> None:
    page = as_person(ann)
    page.goto("/create")
    good = photographs[0]
    notes, huge, drawn = (tmp_path / name for name in ("notes.jpg", "huge.jpg", "drawn.png"))
    notes.write_text("only words")
    huge.write_bytes(good.read_bytes().ljust(31 * MB, b"\0"))
    drawn.write_bytes(photographs[1].read_bytes().ljust(16 * MB, b"\0"))
    chosen = [good, notes, huge, drawn, photographs[1]]
    page.locator('[data-part="picker"]').set_input_files(chosen)
    page.locator(".thumbs > .thumb").nth(1).wait_for()
    expect(page.locator(".refused > li")).to_have_text(
        [
            "notes.jpg: not a picture we can read. JPEG, PNG, WebP, GIF, AVIF and HEIC work.",
            "huge.jpg: 31 MB – limit 30 MB",
            "drawn.png: 16 MB – limit 15 MB",
        ]
    )
    page.locator('[data-part="picker"]').set_input_files(
        [named(good, f"{number}.jpg") for number in range(9)]
    )
    page.get_by_text("8.jpg: a post holds at most 10 pictures.").wait_for()
    expect(page.locator(".thumbs > .thumb")).to_have_count(10)


def test_what_the_server_refuses_stands_beside_its_picture(
    as_person: Callable[..., Page],
    compose: Callable[..., Any],
    ann: Person,
    photographs: list[Path],
) -> None:
    """A page that was loaded before a limit was lowered lets through what the server refuses."""
    page = as_person(ann)
    large = io.BytesIO()
    Image.new("1", (6_000, 6_000)).save(large, "PNG")
    page.add_init_script(LIMITLESS)
    pictures = [
        named(photographs[0], "one.jpg"),
        named(photographs[0], "large.png", large.getvalue()),
        named(photographs[0], "three.jpg"),
    ]
    thumbs = compose(page, pictures, "kept words")
    described(page, "Description of photo 2").fill("kept description")
    share(page)
    thumbs.nth(1).locator(".field-error").wait_for()
    expect(thumbs.nth(1).locator(".field-error")).to_have_text(
        "This picture has more than 25 megapixels."
    )
    for other in (0, 2):
        expect(thumbs.nth(other).locator(".field-error")).to_be_hidden()
    expect(page.get_by_label("Caption")).to_have_value("kept words")
    expect(described(page, "Description of photo 2")).to_have_value("kept description")
    page.get_by_role("button", name="Remove photo 2").click()
    share(page)
    page.wait_for_url("/")
    page.locator("article", has_text="kept words").wait_for()


def test_a_caption_is_counted_near_its_limit_and_refused_beyond(
    as_person: Callable[..., Page], ann: Person
) -> None:
    page = as_person(ann)
    page.goto("/create")
    caption = page.get_by_label("Caption")
    count = page.locator(".caption-field .field-count")
    caption.fill("a" * 1_000)
    expect(count).to_be_hidden()
    caption.fill("a" * 2_201)
    count.wait_for()
    share(page)
    page.locator("#caption-error").wait_for()
    expect(caption).to_have_value("a" * 2_201)
    caption.fill("")
    share(page)
    page.get_by_text("Write something or add a picture.").wait_for()


@pytest.mark.parametrize(("typed", "name"), [("ㄱㅁㅈ", "김민지"), ("한가", "한강수")])
def test_people_are_suggested_by_initials_and_unfinished_syllables(
    typed: str, name: str, as_person: Callable[..., Page], cast: Cast, ann: Person
) -> None:
    minji = cast.named(name)
    cast.follow(ann, minji)
    page = as_person(ann)
    page.goto("/create")
    caption = page.get_by_label("Caption")
    caption.press_sequentially(f"with @{typed}")
    expect(page.get_by_role("option").first).to_contain_text(minji.username)
    page.keyboard.press("Enter")
    expect(caption).to_have_value(f"with @{minji.username} ")
    share(page)
    page.wait_for_url("/")
    link = page.get_by_role("link", name=f"@{minji.username}")
    expect(link).to_have_attribute("href", f"/u/{minji.username}")


def test_two_clicks_make_one_post(as_person: Callable[..., Page], ann: Person) -> None:
    page = as_person(ann)
    page.goto("/create")
    page.get_by_label("Caption").fill("once")
    page.get_by_role("button", name="Share", exact=True).dblclick()
    page.wait_for_url("/")
    page.locator("#feed").get_by_text("once").first.wait_for()
    expect(page.locator("#feed > article")).to_have_count(1)
    page.reload()  # what a second request had made would be here by now
    expect(page.locator("#feed > article")).to_have_count(1)


@pytest.mark.no_second_look
def test_a_lost_answer_makes_no_second_post(as_person: Callable[..., Page], ann: Person) -> None:
    page = as_person(ann)
    page.goto("/create")
    page.get_by_label("Caption").fill("exactly once")
    lost: list[int] = []

    def lose_first(route: Route) -> None:
        if lost:
            route.continue_()
            return
        lost.append(route.fetch().status)
        route.abort()

    page.route("**/api/v1/posts", lose_first)
    share(page)
    page.get_by_text("The connection broke.").wait_for()
    assert lost == [201]
    expect(page.get_by_label("Caption")).to_have_value("exactly once")
    share(page)
    page.wait_for_url("/")
    page.locator("#feed").get_by_text("exactly once").first.wait_for()
    expect(page.locator("#feed > article")).to_have_count(1)


def test_leaving_with_unsent_words_asks(as_person: Callable[..., Page], ann: Person) -> None:
    page = as_person(ann)
    page.goto("/create")
    page.get_by_label("Caption").press_sequentially("not yet")
    page.get_by_role("link", name="Home").click(no_wait_after=True)
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("button", name="Keep editing").click()
    expect(dialog).to_be_hidden()
    page.evaluate("() => new Promise((done) => setTimeout(done))")
    expect(page).to_have_url(re.compile(r"/create$"))
    expect(page.get_by_label("Caption")).to_have_value("not yet")
