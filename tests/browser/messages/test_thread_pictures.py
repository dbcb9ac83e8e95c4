"""Pictures in a conversation: chosen, pasted, dropped, described; shown before they are sent."""

from __future__ import annotations

import base64
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import expect

from tests.browser.messages.thread import field, status
from tests.factories.uploads import make_upload
from tests.harness import pictures
from tests.harness.children import wait_until
from tests.stores import hostile

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

    from tests.factories import Person

pytestmark = pytest.mark.browser
Friends = tuple["Person", "Person"]
HAND_OVER = """([target, type, encoded]) => {
  const bytes = Uint8Array.from(atob(encoded), (letter) => letter.codePointAt(0));
  const transfer = new DataTransfer();
  transfer.items.add(new File([bytes], "boat.png", { type: "image/png" }));
  const event = type === "paste"
    ? new ClipboardEvent("paste", { clipboardData: transfer, bubbles: true, cancelable: true })
    : new DragEvent(type, { dataTransfer: transfer, bubbles: true, cancelable: true });
  return document.querySelector(target).dispatchEvent(event);
}"""


def hand_over(page: Page, target: str, kind: str) -> None:
    encoded = base64.b64encode(pictures.png()).decode()
    assert page.evaluate(HAND_OVER, [target, kind, encoded]) is False


def photos(page: Page) -> Locator:
    return page.locator(".message .message-photo")


def thumb(page: Page) -> Locator:
    return page.locator("[data-part=attachment] img")


def size_of(item: Locator) -> list[float]:
    """Of a row that may be drawn anew just now."""
    boxes: list[Any] = []
    wait_until(lambda: boxes.append(item.bounding_box()) or boxes[-1], what="a picture")
    return [boxes[-1]["width"], boxes[-1]["height"]]


def test_a_picture_is_chosen_described_and_sent(
    open_thread: Callable[..., Page], friends: Friends, photographs: list[Path]
) -> None:
    ann, bob = friends
    hers, his = open_thread(ann, bob), open_thread(bob, ann)
    hers.get_by_label("Add a photo").set_input_files(str(photographs[0]))
    expect(thumb(hers)).to_be_visible()
    hers.get_by_label("Description of the photo").fill("a place we know")
    field(hers).fill("look at this")
    hers.get_by_role("button", name="Send").click()
    expect(thumb(hers)).to_be_hidden()
    size = size_of(photos(hers))
    expect(photos(hers).locator("img")).to_be_visible()  # before anything is sent
    expect(hers.locator("a.message-photo")).to_have_attribute("data-caption", "a place we know")
    assert size_of(photos(hers)) == size
    his.locator("a.message-photo").get_by_role("img", name="a place we know").wait_for()
    expect(his.locator(".message")).to_have_count(2)  # the words may come after the picture
    assert [one.get_attribute("data-seq") for one in his.locator(".message").all()] == ["1", "2"]
    expect(status(hers)).to_contain_text("Seen")


@pytest.mark.parametrize(("target", "kind"), [("#message-text", "paste"), (".thread", "drop")])
def test_a_picture_is_handed_over(
    open_thread: Callable[..., Page], friends: Friends, target: str, kind: str
) -> None:
    page = open_thread(*friends)
    hand_over(page, target, kind)
    expect(thumb(page)).to_be_visible()
    page.get_by_role("button", name="Remove the photo").click()
    expect(thumb(page)).to_be_hidden()
    hand_over(page, target, kind)
    expect(thumb(page)).to_be_visible()
    page.get_by_role("button", name="Send").click()
    page.locator("a.message-photo").wait_for()


def test_what_is_no_picture_is_refused_before_it_is_sent(
    open_thread: Callable[..., Page], friends: Friends
) -> None:
    page = open_thread(*friends)
    words = {"name": "a.txt", "mimeType": "text/plain", "buffer": b"words"}
    page.get_by_label("Add a photo").set_input_files(words)  # type: ignore[arg-type]
    page.get_by_text("a.txt: not a picture we can read.").wait_for()
    expect(thumb(page)).to_be_hidden()
    expect(photos(page)).to_have_count(0)


def test_a_damaged_picture_says_so_to_both(
    open_thread: Callable[..., Page], friends: Friends, say: Callable[..., Any], site: Any
) -> None:
    ann, bob = friends
    page = open_thread(ann, bob)
    with site.app.app_context():
        upload = make_upload(hostile.damaged_png())
    say(bob, ann, upload=upload)
    for reader in (page, open_thread(bob, ann)):
        failed = reader.locator(".message-photo.is-failed")
        expect(failed).to_contain_text("This photo could not be sent.")
        expect(failed).to_contain_text("This picture is damaged and cannot be read.")


def test_a_picture_waits_for_the_connection_and_can_be_given_up(
    open_thread: Callable[..., Page],
    friends: Friends,
    photographs: list[Path],
    cut_off: Callable[[Page, bool], None],
) -> None:
    page = open_thread(*friends)
    cut_off(page, True)
    for photograph in photographs[:2]:
        page.get_by_label("Add a photo").set_input_files(str(photograph))
        expect(thumb(page)).to_be_visible()
        page.get_by_role("button", name="Send").click()
    expect(photos(page)).to_have_count(2)
    first = page.locator(".message").first
    expect(first).to_contain_text("Not sent yet")
    first.get_by_role("button", name="Discard").click()
    expect(photos(page)).to_have_count(1)
    cut_off(page, False)
    page.locator("a.message-photo").wait_for()
    expect(photos(page)).to_have_count(1)


def test_a_photo_opens_large(
    open_thread: Callable[..., Page], friends: Friends, photographs: list[Path]
) -> None:
    page = open_thread(*friends)
    page.get_by_label("Add a photo").set_input_files(str(photographs[0]))
    expect(thumb(page)).to_be_visible()
    page.get_by_role("button", name="Send").click()
    link = page.locator("a.message-photo")
    link.wait_for()
    assert "/media/" in (link.get_attribute("href") or "")
    stored = link.locator("img:not([data-part=preview])")  # the preview goes when it is decoded
    widths = stored.get_attribute("srcset") or ""
    assert f"{link.get_attribute('data-width')}w" in widths


def test_a_picture_that_is_not_sent_yet_survives_a_reload(
    open_thread: Callable[..., Page], friends: Friends, photographs: list[Path]
) -> None:
    page = open_thread(*friends)
    page.route("**/api/v1/media", lambda route: route.abort())
    page.get_by_label("Add a photo").set_input_files(str(photographs[0]))
    page.get_by_label("Description of the photo").fill("a place we know")
    page.get_by_role("button", name="Send").click()
    expect(page.locator(".message")).to_contain_text("Not sent yet")
    with page.expect_event("requestfailed", lambda request: "/api/v1/media" in request.url):
        page.reload()  # the page tries by itself, once
    expect(photos(page).get_by_role("img", name="a place we know")).to_be_visible()
    page.unroute("**/api/v1/media")
    page.get_by_role("button", name="Retry").click()
    expect(page.locator("a.message-photo")).to_have_attribute("data-caption", "a place we know")
    expect(photos(page)).to_have_count(1)


def test_a_picture_on_its_way_is_called_back(
    open_thread: Callable[..., Page], friends: Friends, photographs: list[Path]
) -> None:
    page = open_thread(*friends)
    page.route("**/api/v1/media", lambda route: None)  # it takes for ever
    page.get_by_label("Add a photo").set_input_files(str(photographs[0]))
    expect(thumb(page)).to_be_visible()
    field(page).fill("and words")
    page.get_by_role("button", name="Send").click()
    page.locator(".message").first.get_by_role("button", name="Discard").click()
    expect(status(page)).to_contain_text("Sent")
    expect(page.locator(".message")).to_have_count(1)


def test_a_picture_that_is_ready_while_its_row_is_fetched_is_shown(
    open_thread: Callable[..., Page], friends: Friends, say: Callable[..., Any], site: Any
) -> None:
    """What the page hears then is of a message that it does not show yet."""
    ann, bob = friends
    page = open_thread(ann, bob)
    held: list[Any] = []

    def hold_first(route: Any) -> None:
        if held:
            route.continue_()
        else:
            held.append((route, route.fetch()))

    page.route("**/rows?since=0*", hold_first)
    page.evaluate("""() => document.addEventListener("socket:chat.message", ({ detail }) => {
      window.isReady ||= detail.image?.state === "ready"; })""")
    with site.app.app_context():
        upload = make_upload(pictures.png())
    say(bob, ann, upload=upload)
    page.wait_for_function("() => window.isReady")
    wait_until(lambda: page.wait_for_timeout(20) is None and held, what="an answer")
    ((route, answer),) = held
    route.fulfill(response=answer)
    page.locator("a.message-photo").wait_for()
