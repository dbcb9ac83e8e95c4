"""A new picture of oneself: judged when it is chosen, followed until it shows or is refused."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import expect

from tests.harness import children, pictures
from tests.stores import heif

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page, WebSocketRoute

    from tests.browser.conftest import Cast
    from tests.factories import Person

pytestmark = pytest.mark.browser

STORED = re.compile(r"^/media/")
PREPARED = "Your new picture is being prepared"
REFUSED = "Your new picture could not be used. This picture is damaged and cannot be read."


def file(content: bytes, name: str = "me.png") -> dict[str, Any]:
    return {"name": name, "mimeType": "application/octet-stream", "buffer": content}


def heic(*, is_damaged: bool = False) -> dict[str, Any]:
    """A picture that Chromium cannot draw; the damage is found by decoding alone."""
    source = heif.coded("quadrants.heic")
    content = bytearray(heif.file([heif.picture(source)]))
    if is_damaged:
        content[-len(source.data) :] = b"\xff" * len(source.data)
    return file(bytes(content), "me.heic")


def choose(page: Page, picture: dict[str, Any]) -> None:
    page.get_by_label("New picture").set_input_files(picture)  # type: ignore[arg-type]


def use(page: Page, picture: dict[str, Any]) -> None:
    choose(page, picture)
    expect(form(page)).to_have_attribute("data-state", "chosen")
    page.get_by_role("button", name="Use this picture").click()


def form(page: Page) -> Locator:
    return page.locator(".avatar-form")


def rail(page: Page, person: Person) -> Locator:
    return page.locator(f'.nav [data-avatar="{person.id}"]')


@pytest.fixture
def settings_of(as_person: Callable[..., Page]) -> Callable[..., Page]:
    def open_page(person: Person, **options: Any) -> Page:
        page = as_person(person, **options)
        page.goto("/settings/profile")
        return page

    return open_page


# -- choosing --------------------------------------------------------------------------------------


def test_without_a_picture_the_button_says_what_is_missing(
    settings_of: Callable[..., Page], ann: Person
) -> None:
    page = settings_of(ann)
    button = page.get_by_role("button", name="Use this picture")
    expect(button).to_have_attribute("aria-disabled", "true")
    button.press("Enter")
    expect(page.get_by_text("Choose a picture first.")).to_be_visible()
    expect(page.get_by_label("New picture")).to_be_focused()


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"not a picture", "me.png: not a picture we can read"),
        (pictures.png()[:60], "me.png: the file is damaged."),
        (pictures.png() + b"\0" * (15 * 1024 * 1024), "limit 15 MB"),
        (pictures.bomb(), "limit 25 megapixels"),
    ],
    ids=["no picture", "damaged", "too large", "too many pixels"],
)
def test_what_cannot_be_used_is_told_at_once(
    settings_of: Callable[..., Page], ann: Person, content: bytes, said: str
) -> None:
    page = settings_of(ann)
    choose(page, file(content))
    expect(page.get_by_role("alert").filter(has_text=said)).to_be_visible()
    expect(page.get_by_role("button", name="Use this picture")).to_have_attribute(
        "aria-disabled", "true"
    )
    choose(page, file(pictures.png()))
    expect(form(page)).to_have_attribute("data-state", "chosen")
    expect(page.locator("#field-image-error")).to_be_hidden()


# -- processing ------------------------------------------------------------------------------------


def test_the_new_picture_shows_while_it_is_prepared_and_everywhere_when_it_is(
    settings_of: Callable[..., Page],
    as_person: Callable[..., Page],
    held_workers: Callable[[], Any],
    cast: Cast,
    ann: Person,
) -> None:
    post = cast.post(ann)
    other = as_person(ann)
    other.goto(f"/p/{post.id}")
    page = settings_of(ann)
    with held_workers():
        use(page, file(pictures.png(300, 200)))
        expect(page.get_by_role("status").filter(has_text=PREPARED)).to_be_visible()
        expect(page.locator(".avatar-preview")).to_be_visible()
        page.reload()
        expect(page.get_by_role("status").filter(has_text=PREPARED)).to_be_visible()
    expect(page.get_by_text("Your new picture is in place.")).to_be_visible()
    expect(rail(page, ann)).to_have_attribute("src", STORED)
    expect(page.locator(".avatar-now [data-avatar]")).to_have_attribute("src", STORED)
    for shown in other.locator(f'[data-avatar="{ann.id}"]').all():
        expect(shown).to_have_attribute("src", STORED)


def test_a_heic_is_used_though_this_browser_cannot_show_it(
    settings_of: Callable[..., Page], ann: Person
) -> None:
    page = settings_of(ann)
    choose(page, heic())
    expect(page.get_by_text("This browser cannot show this kind of picture.")).to_be_visible()
    page.get_by_role("button", name="Use this picture").click()
    expect(rail(page, ann)).to_have_attribute("src", STORED)


def test_of_two_the_last_one_shows(
    settings_of: Callable[..., Page], held_workers: Callable[[], Any], ann: Person
) -> None:
    """The older one fails and says nothing of the newer one."""
    page = settings_of(ann)
    with held_workers():
        use(page, heic(is_damaged=True))
        expect(form(page)).to_have_attribute("data-state", "processing")
        use(page, file(pictures.png(300, 200)))
        expect(form(page)).to_have_attribute("data-state", "processing")
    expect(rail(page, ann)).to_have_attribute("src", STORED)
    expect(form(page)).to_have_attribute("data-state", "ready")
    expect(page.locator(".avatar-failure")).to_be_hidden()


def test_another_device_that_missed_it_asks_when_it_is_back(
    settings_of: Callable[..., Page], as_person: Callable[..., Page], ann: Person
) -> None:
    deaf = as_person(ann)
    with _deaf_to_avatars(deaf) as sockets:
        deaf.goto("/people")
        deaf.wait_for_function("document.querySelector('.nav [data-avatar]')")
        page = settings_of(ann)
        use(page, file(pictures.png(300, 200)))
        expect(form(page)).to_have_attribute("data-state", "ready")
        assert rail(deaf, ann).get_attribute("src") is None
        sockets[-1].close()
        expect(rail(deaf, ann)).to_have_attribute("src", STORED)


@contextmanager
def _deaf_to_avatars(page: Page) -> Iterator[list[WebSocketRoute]]:
    sockets: list[WebSocketRoute] = []

    def listen(socket: WebSocketRoute) -> None:
        server = socket.connect_to_server()
        server.on_message(lambda said: None if "avatar." in str(said) else socket.send(said))
        sockets.append(socket)

    page.route_web_socket("**/socket.io/**", listen)
    yield sockets


# -- refused by the worker -------------------------------------------------------------------------


def test_a_failure_is_told_until_it_is_dismissed(
    settings_of: Callable[..., Page], as_person: Callable[..., Page], ann: Person
) -> None:
    elsewhere = as_person(ann)
    elsewhere.wait_for_function("document.querySelector('.nav [data-avatar]')")
    page = settings_of(ann)
    use(page, heic(is_damaged=True))
    expect(page.get_by_role("alert").filter(has_text=REFUSED)).to_be_visible()
    expect(elsewhere.get_by_role("alert").filter(has_text=REFUSED)).to_be_visible()
    page.reload()
    expect(page.get_by_role("alert").filter(has_text=REFUSED)).to_be_visible()
    page.get_by_role("button", name="Dismiss").click()
    expect(page.locator(".avatar-failure")).to_be_hidden()
    page.reload()
    expect(page.locator(".avatar-failure")).to_be_hidden()


def test_another_picture_ends_a_failure(settings_of: Callable[..., Page], ann: Person) -> None:
    page = settings_of(ann)
    use(page, heic(is_damaged=True))
    expect(page.locator(".avatar-failure")).to_be_visible()
    use(page, file(pictures.png(300, 200)))
    expect(page.get_by_text("Your new picture is in place.")).to_be_visible()
    expect(page.locator(".avatar-failure")).to_be_hidden()


# -- without scripts -------------------------------------------------------------------------------


def test_without_scripts_the_page_says_how_far_it_is(
    settings_of: Callable[..., Page], held_workers: Callable[[], Any], ann: Person
) -> None:
    page = settings_of(ann, java_script_enabled=False)
    with held_workers():
        choose(page, heic(is_damaged=True))
        page.get_by_role("button", name="Use this picture").click()
        expect(page.get_by_text(f"{PREPARED}. Reload this page in a moment")).to_be_visible()
    _reload_until(page, page.get_by_text(REFUSED))
    choose(page, file(pictures.png(300, 200)))
    page.get_by_role("button", name="Use this picture").click()
    _reload_until(page, page.locator(".avatar-now img[data-avatar]"))
    expect(page.get_by_text(REFUSED)).to_be_hidden()


def _reload_until(page: Page, shown: Locator) -> None:
    children.wait_until(lambda: page.reload() and shown.count() and shown.is_visible())


def test_without_scripts_a_missing_and_a_bad_picture_are_refused_beside_the_field(
    settings_of: Callable[..., Page], ann: Person
) -> None:
    page = settings_of(ann, java_script_enabled=False)
    choose(page, file(b"not a picture"))
    page.get_by_role("button", name="Use this picture").click()
    expect(page.locator("#field-image-error")).to_contain_text("picture we can read")
