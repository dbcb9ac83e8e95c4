"""Where pages show that somebody is there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from playwright.sync_api import expect

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

    from tests.factories import Person

NOTE_STATES = """(username) => {
  window.states = [];
  const place = document.querySelector(`[data-presence="${username}"][data-form="dot"]`);
  const note = () => window.states.push(place.dataset.status);
  note();
  new MutationObserver(note).observe(place, { attributeFilter: ["data-status"] });
}"""


def dots(page: Page, person: Person) -> Locator:
    return page.locator(f'[data-presence="{person.username}"][data-form="dot"]')


def words(page: Page, person: Person) -> Locator:
    return page.locator(f'[data-presence="{person.username}"][data-form="words"]')


def said(page: Page, person: Person) -> Locator:
    return page.locator(f'[data-presence="{person.username}"][data-form="said"]')


def see(page: Page, person: Person, status: str) -> None:
    """Every dot of theirs on the page shows it."""
    place = dots(page, person).first
    expect(place).to_have_attribute("data-status", status)
    if status == "offline":
        expect(place).to_be_hidden()
    else:
        expect(place).to_be_visible()


def note_states(page: Page, person: Person) -> None:
    """From here on the page remembers all that a dot of theirs shows."""
    page.evaluate(NOTE_STATES, person.username)


def noted_states(page: Page) -> list[str]:
    return list(page.evaluate("window.states"))


def own_status(page: Page) -> Locator:
    return page.locator('.status-menu [data-part="words"]')


def choose(page: Page, words: str) -> None:
    page.locator(".status-now").first.click()
    page.locator(".status-choice", has_text=words).first.click()
