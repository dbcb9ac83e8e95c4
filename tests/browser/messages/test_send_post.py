"""A post is sent from its card or its menu, to several people, once however often it is pressed."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import expect

from tests.browser.test_accessibility import look
from tests.harness.children import wait_until

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page, Route

    from tests.browser.conftest import Cast
    from tests.factories import Person, Posted

pytestmark = pytest.mark.browser
HISTORY = "async (name) => (await fetch(`/api/v1/chats/${name}/messages`)).json()"


@pytest.fixture
def post(cast: Cast, ann: Person, bob: Person) -> Posted:
    """Of bob's, whom ann follows."""
    cast.follow(ann, bob)
    cast.follow(bob, ann)
    return cast.post(bob, caption="a boat on the lake", images=1)


def said(page: Page, name: str) -> list[dict[str, Any]]:
    """What was said to somebody, oldest first."""
    return list(page.evaluate(HISTORY, name)["items"][::-1])


def button(dialog: Locator, person: Person) -> Locator:
    return dialog.locator(f'[data-username="{person.username}"] [data-part="send"]')


def open_sending(page: Page, post: Posted) -> Locator:
    page.locator(f'#post-{post.id} .post-actions [href="/p/{post.id}/send"]').click()
    dialog = page.get_by_role("dialog", name="Send post")
    dialog.wait_for()
    return dialog


def test_a_card_is_sent_with_words_to_two_people(
    as_person: Callable[..., Page], cast: Cast, post: Posted, ann: Person, bob: Person
) -> None:
    cat = cast.person("cat")
    cast.follow(cat, ann)
    page = as_person(ann)
    dialog = open_sending(page, post)
    expect(dialog).to_contain_text("a boat on the lake")
    dialog.get_by_label("Message").fill("look at this")
    for person in (bob, cat):
        button(dialog, person).click()
        expect(button(dialog, person)).to_have_text("Sent")
        expect(button(dialog, person)).to_be_disabled()
    dialog.get_by_role("searchbox").fill(cat.username)
    expect(dialog.locator(".picker-item")).to_have_count(1)
    expect(button(dialog, cat)).to_have_text("Sent")  # the list is drawn anew, and remembers
    dialog.get_by_role("link", name="Close").click()
    expect(page.locator(".post-actions [href$='/send']").first).to_be_focused()
    for person in (bob, cat):
        shared, words = said(page, person.username)
        assert shared["post"]["id"] == str(post.id) and words["text"] == "look at this"


def test_what_failed_is_sent_again_and_arrives_once(
    as_person: Callable[..., Page], post: Posted, ann: Person, bob: Person
) -> None:
    page = as_person(ann)
    dialog = open_sending(page, post)
    lost: list[str] = []

    def lose(route: Route) -> None:
        """It arrives; its answer does not."""
        route.fetch()
        lost.append(route.request.url)
        route.abort()

    page.route("**/send?fragment=sent", lose, times=1)
    button(dialog, bob).click()
    page.locator("#toasts").get_by_text("The server cannot be reached").wait_for()
    expect(button(dialog, bob)).to_be_enabled()
    button(dialog, bob).click()
    expect(button(dialog, bob)).to_have_text("Sent")
    assert lost and len(said(page, bob.username)) == 1


def test_who_takes_no_messages_is_said(
    as_person: Callable[..., Page], cast: Cast, post: Posted, ann: Person
) -> None:
    shy = cast.person("shy", messages_from="following")
    cast.follow(ann, shy)
    page = as_person(ann)
    dialog = open_sending(page, post)
    button(dialog, shy).click()
    page.locator("#toasts").get_by_text(f"{shy.username} cannot be written to").wait_for()
    expect(button(dialog, shy)).to_have_text("Send")


def test_every_menu_sends_also_of_ones_own_post(
    as_person: Callable[..., Page], cast: Cast, post: Posted, ann: Person, bob: Person
) -> None:
    own = cast.post(ann, caption="mine")
    page = as_person(ann)
    for one, path in ((post, f"/p/{post.id}"), (own, f"/p/{own.id}")):
        page.goto(path)
        menu = page.locator(f"#post-{one.id} .post-menu")
        menu.locator("summary").click()
        menu.get_by_role("link", name="Send", exact=True).click()
        dialog = page.get_by_role("dialog", name="Send post")
        button(dialog, bob).click()
        expect(button(dialog, bob)).to_have_text("Sent")
    assert [one["post"]["id"] for one in said(page, bob.username)] == [str(post.id), str(own.id)]


def test_it_is_sent_over_the_dialog_of_a_post_which_stays(
    as_person: Callable[..., Page], post: Posted, ann: Person, bob: Person
) -> None:
    page = as_person(ann)
    page.locator(f"#post-{post.id} .post-time").click()
    view = page.locator("#post-dialog")
    view.locator('.post-actions [href$="/send"]').click()
    dialog = page.get_by_role("dialog", name="Send post")
    button(dialog, bob).click()
    expect(button(dialog, bob)).to_have_text("Sent")
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    expect(view.locator(".post-view")).to_be_visible()
    expect(view.locator('.post-actions [href$="/send"]')).to_be_focused()


def test_without_scripts_ticks_and_one_button_send_it(
    as_person: Callable[..., Page], post: Posted, ann: Person, bob: Person
) -> None:
    page = as_person(ann, java_script_enabled=False)
    page.goto(f"/p/{post.id}/send")
    expect(page.locator('[data-part="send"]').first).to_be_hidden()
    page.get_by_role("button", name="Send", exact=True).click()
    page.get_by_text("Choose somebody to send it to.").wait_for()
    page.get_by_role("checkbox", name=re.compile(bob.username)).check()
    page.get_by_label("Message", exact=True).fill("look")
    page.get_by_role("button", name="Send", exact=True).click()
    page.wait_for_url(f"**/p/{post.id}")
    page.get_by_text("Sent to 1 person.").wait_for()


@pytest.mark.timeout(600)
@pytest.mark.parametrize("language", ["en", "ko"])
def test_sending_is_accessible(
    as_person: Callable[..., Page], cast: Cast, bob: Person, language: str
) -> None:
    reader = cast.person("reader", language=language)
    cast.follow(reader, bob)
    post = cast.post(bob, caption="a boat", images=1)
    page = as_person(reader, reduced_motion="reduce")
    page.goto(f"/p/{post.id}/send")
    look(page)
    wait_until(lambda: page.goto("/") and page.locator(f"#post-{post.id}").count(), what="the post")
    page.locator(f'#post-{post.id} .post-actions [href="/p/{post.id}/send"]').click()
    page.locator("dialog .picker").wait_for()
    look(page)
