"""Who is there is seen as it changes, by whom it concerns, and nobody seems to leave who stays."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.browser.presence.places import (
    choose,
    dots,
    note_states,
    noted_states,
    own_status,
    said,
    see,
    words,
)
from tests.browser.test_accessibility import look
from tests.harness.children import wait_until

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.browser.conftest import Cast
    from tests.factories import Person

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]
HIDE = """(state) => {
  Object.defineProperty(document, "visibilityState", { value: state, configurable: true });
  Object.defineProperty(document, "hidden", { value: state === "hidden", configurable: true });
  document.dispatchEvent(new Event("visibilitychange"));
}"""


# -- live ------------------------------------------------------------------------------------------


def test_a_dot_appears_when_the_other_comes_and_goes_when_they_left(
    open_live: Callable[..., Page], friends: tuple[Person, Person]
) -> None:
    ann, bob = friends
    page = open_live(ann, f"/messages/{bob.username}")
    see(page, bob, "offline")
    assert said(page, bob).inner_text() == ""
    other = open_live(bob, "/people")
    see(page, bob, "available")
    assert dots(page, bob).count() == 2  # in the inbox, and above the conversation
    expect(words(page, bob)).to_have_text("Active now")
    expect(said(page, bob)).to_have_text("Available")
    other.close()
    see(page, bob, "offline")
    expect(words(page, bob)).to_have_text("Active a moment ago")


def test_a_reload_never_shows_as_offline(
    open_live: Callable[..., Page],
    go_live: Callable[[Page, str], None],
    friends: tuple[Person, Person],
) -> None:
    ann, bob = friends
    other = open_live(bob, "/messages")
    page = open_live(ann, f"/u/{bob.username}")
    see(page, bob, "available")
    note_states(page, bob)
    for _ in range(2):
        go_live(other, "/people")
    page.wait_for_timeout(1000)  # what would be told is told by now
    assert set(noted_states(page)) == {"available"}
    go_live(page, "/messages")  # one's own page does not blink either
    see(page, bob, "available")


def test_the_page_shows_it_before_any_script(
    open_live: Callable[..., Page],
    as_person: Callable[..., Page],
    friends: tuple[Person, Person],
) -> None:
    ann, bob = friends
    open_live(bob, "/people")
    page = as_person(ann, java_script_enabled=False)
    for path in ("/messages", f"/messages/{bob.username}", "/messages/new", f"/u/{bob.username}"):
        page.goto(path)
        see(page, bob, "available")
    expect(words(page, bob)).to_have_text("Active now")


def test_one_of_two_tabs_closes_and_they_are_still_there(
    open_live: Callable[..., Page],
    open_tab: Callable[[Page, str], Page],
    friends: tuple[Person, Person],
) -> None:
    ann, bob = friends
    first = open_live(bob, "/people")
    second = open_tab(first, "/messages")
    page = open_live(ann, "/messages")
    see(page, bob, "available")
    note_states(page, bob)
    second.close()
    page.wait_for_timeout(12_000)  # longer than a last socket is waited for
    assert set(noted_states(page)) == {"available"}


def test_who_has_only_hidden_tabs_is_away_until_they_look(
    open_live: Callable[..., Page],
    open_tab: Callable[[Page, str], Page],
    friends: tuple[Person, Person],
) -> None:
    ann, bob = friends
    first = open_live(bob, "/people")
    second = open_tab(first, "/messages")
    page = open_live(ann, f"/messages/{bob.username}")
    see(page, bob, "available")
    second.evaluate(HIDE, "hidden")
    page.wait_for_timeout(1500)
    see(page, bob, "available")
    first.evaluate(HIDE, "hidden")
    see(page, bob, "away")
    expect(words(page, bob)).to_have_text("Away")
    first.evaluate(HIDE, "visible")
    see(page, bob, "available")


def test_typing_takes_the_place_of_the_words(
    open_live: Callable[..., Page], friends: tuple[Person, Person]
) -> None:
    ann, bob = friends
    page = open_live(ann, f"/messages/{bob.username}")
    other = open_live(bob, f"/messages/{ann.username}")
    expect(words(page, bob)).to_have_text("Active now")
    other.locator("#message-text").press_sequentially("hm")
    expect(page.locator('.thread-head [data-part="typing"]')).to_be_visible()
    expect(words(page, bob)).to_be_hidden()
    expect(words(page, bob)).to_be_visible()


def test_without_a_connection_nothing_is_claimed_for_long(
    open_live: Callable[..., Page],
    cut_off: Callable[[Page, bool], None],
    friends: tuple[Person, Person],
) -> None:
    ann, bob = friends
    open_live(bob, "/people")
    page = open_live(ann, "/messages")
    see(page, bob, "available")
    note_states(page, bob)
    cut_off(page, True)
    page.wait_for_timeout(10_000)
    assert set(noted_states(page)) == {"available"}
    see(page, bob, "offline")
    cut_off(page, False)
    see(page, bob, "available")


# -- chosen ----------------------------------------------------------------------------------------


def test_what_i_choose_is_seen_by_others_and_on_my_other_tabs(
    open_live: Callable[..., Page],
    open_tab: Callable[[Page, str], Page],
    friends: tuple[Person, Person],
) -> None:
    ann, bob = friends
    mine = open_live(bob, "/messages")
    profile = open_tab(mine, f"/u/{bob.username}")
    page = open_live(ann, f"/messages/{bob.username}")
    expect(own_status(profile)).to_have_text("Available")
    see(page, bob, "available")
    choose(mine, "Busy")
    expect(own_status(mine)).to_have_text("Busy")
    expect(mine.locator(".status-now")).to_be_focused()
    see(page, bob, "busy")
    expect(words(page, bob)).to_have_text("Busy")
    expect(own_status(profile)).to_have_text("Busy")
    choose(profile, "Invisible")
    see(page, bob, "offline")
    expect(own_status(mine)).to_have_text("Invisible")
    see(mine, ann, "available")  # who is invisible still sees others
    mine.reload()
    expect(own_status(mine)).to_have_text("Invisible")
    choose(mine, "Available")
    see(page, bob, "available")


def test_the_choice_is_made_with_the_keyboard(
    open_live: Callable[..., Page], friends: tuple[Person, Person]
) -> None:
    _, bob = friends
    page = open_live(bob, "/messages")
    page.locator(".status-now").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    expect(page.locator('.status-choice[value="busy"]')).to_be_focused()
    page.keyboard.press("Enter")
    expect(own_status(page)).to_have_text("Busy")
    expect(page.locator(".status-now")).to_be_focused()
    expect(page.locator(".status-menu")).not_to_have_attribute("open", "")


def test_a_choice_that_is_not_stored_is_taken_back(
    open_live: Callable[..., Page], friends: tuple[Person, Person]
) -> None:
    _, bob = friends
    page = open_live(bob, "/messages")
    page.route("**/api/v1/me/status", lambda route: route.abort())
    choose(page, "Busy")
    page.locator(".toast-error").wait_for()
    expect(own_status(page)).to_have_text("Available")


def test_the_choice_is_a_form_without_scripts(
    open_live: Callable[..., Page],
    as_person: Callable[..., Page],
    friends: tuple[Person, Person],
) -> None:
    ann, bob = friends
    open_live(bob, "/people")
    page = open_live(ann, "/messages")
    see(page, bob, "available")
    plain = as_person(bob, java_script_enabled=False)
    plain.goto(f"/u/{bob.username}")
    choose(plain, "Busy")
    plain.wait_for_url(f"**/u/{bob.username}")
    expect(own_status(plain)).to_have_text("Busy")
    see(page, bob, "busy")


# -- who sees it -----------------------------------------------------------------------------------


def test_a_block_takes_the_dot_away_on_both_sides(
    open_live: Callable[..., Page],
    open_tab: Callable[[Page, str], Page],
    friends: tuple[Person, Person],
) -> None:
    ann, bob = friends
    other = open_live(bob, f"/u/{ann.username}")
    mine = open_live(ann, "/messages")
    see(mine, bob, "available")
    see(other, ann, "available")
    tab = open_tab(mine, f"/u/{bob.username}/block")
    tab.locator("main").get_by_role("button", name="Block").click()
    expect(dots(mine, bob)).to_have_count(0)  # the conversation is gone with them
    see(other, ann, "offline")


def test_who_shows_nothing_sees_nothing(
    open_live: Callable[..., Page],
    open_tab: Callable[[Page, str], Page],
    friends: tuple[Person, Person],
) -> None:
    ann, bob = friends
    other = open_live(bob, "/messages")
    page = open_live(ann, f"/messages/{bob.username}")
    see(page, bob, "available")
    see(other, ann, "available")
    tab = open_tab(page, "/settings/privacy")
    tab.get_by_role("switch", name="Show when I am active").uncheck()
    tab.get_by_role("button", name="Save").click()
    tab.get_by_text("Saved.").wait_for()
    see(page, bob, "offline")
    see(other, ann, "offline")
    expect(words(page, bob)).to_be_hidden()
    other.reload()
    see(other, ann, "offline")
    tab.get_by_role("switch", name="Show when I am active").check()
    tab.get_by_role("button", name="Save").click()
    see(other, ann, "available")
    see(page, bob, "available")


def test_a_request_shows_no_dot_until_it_is_accepted(
    open_live: Callable[..., Page], cast: Cast, ann: Person, bob: Person
) -> None:
    cast.say(bob, ann, "may I?")
    other = open_live(bob, f"/messages/{ann.username}")
    page = open_live(ann, "/messages?box=requests")
    assert dots(page, bob).count() == 0
    page.locator(".conversation-link").click()
    page.locator(".thread-request").wait_for()
    assert dots(page, bob).count() == 0
    see(other, ann, "offline")
    page.get_by_role("button", name="Accept").click()
    see(page, bob, "available")
    expect(page.locator('.inbox-tab[aria-current="page"]')).to_have_text("Primary")


def test_rows_that_come_later_are_watched_too(
    open_live: Callable[..., Page], cast: Cast, friends: tuple[Person, Person]
) -> None:
    ann, _ = friends
    page = open_live(ann, "/messages")
    late = cast.person("late")
    cast.follow(ann, late)
    cast.follow(late, ann)
    other = open_live(late, "/people")
    cast.say(late, ann, "here I am")
    see(page, late, "available")
    other.close()
    wait_until(
        lambda: (
            page.wait_for_timeout(50) is None
            and dots(page, late).first.get_attribute("data-status") == "offline"
        ),
        what="the dot to go",
    )


# -- looks -----------------------------------------------------------------------------------------


def test_dots_and_the_choice_are_accessible(
    open_live: Callable[..., Page], cast: Cast, friends: tuple[Person, Person]
) -> None:
    ann, bob = friends
    busy = cast.person("cat", chosen_status="busy")
    cast.follow(ann, busy)
    cast.follow(busy, ann)
    cast.say(busy, ann, "later")
    open_live(bob, "/people").evaluate(HIDE, "hidden")
    open_live(busy, "/people")
    page = open_live(ann, "/messages", reduced_motion="reduce")
    see(page, busy, "busy")
    see(page, bob, "away")
    link = page.locator(f'.conversation[data-with="{busy.username}"] .conversation-link')
    assert link.aria_snapshot().splitlines()[0].count("Busy") == 1
    page.locator(".status-now").click()
    look(page)
    for path in (f"/messages/{bob.username}", f"/u/{busy.username}", "/messages/new"):
        page.goto(path)
        look(page)


def test_the_dots_are_told_apart_without_colours(
    open_live: Callable[..., Page], friends: tuple[Person, Person]
) -> None:
    ann, bob = friends
    open_live(bob, "/people")
    page = open_live(ann, "/messages", forced_colors="active")
    see(page, bob, "available")
    paint = dots(page, bob).first.evaluate(
        "dot => getComputedStyle(dot, '::before').backgroundColor"
    )
    ground = page.evaluate("() => getComputedStyle(document.body).backgroundColor")
    assert paint != ground
