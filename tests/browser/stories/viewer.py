"""The viewer of stories as somebody before it sees it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from playwright.sync_api import expect

from tests.factories import make_story
from tests.harness.browser import PHONE

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

    from tests.factories import Person
    from tests.harness.sites import Site

TOUCH: dict[str, Any] = {"viewport": PHONE, "is_mobile": True, "has_touch": True}
LONG = 600
"""Seconds of a story in tests whose stories must not go by themselves."""
LINK = """(name) => {
  const link = Object.assign(document.createElement("a"), { href: `/stories/${name}`, id: "ring" });
  link.dataset.behavior = "story-link";
  link.textContent = name;
  document.querySelector("main").prepend(link);
}"""
BAR = ".story-viewer-segment.is-current .story-viewer-fill"
RUNS = f"""() => {{
  const fill = document.querySelector("{BAR}");
  return fill?.getAnimations()[0]?.playState ?? "none";
}}"""
RUNS_AS = f"(state) => ({RUNS})() === state"


# No story goes by itself while a test looks at it; and every one that is shown is noted.
PACE = """(seconds) => {
  const parse = DOMParser.prototype.parseFromString;
  DOMParser.prototype.parseFromString = function (text, type) {
    return parse.call(this, text.replace('data-seconds="5"', `data-seconds="${seconds}"`), type);
  };
  window.shownStories = [];
  new MutationObserver((changes) => {
    for (const { target } of changes) {
      const shown = target.matches(".story.is-shown") && target.querySelector(".story-stage-text");
      const words = shown?.textContent;
      if (words && window.shownStories.at(-1) !== words) window.shownStories.push(words);
    }
  }).observe(document, { subtree: true, attributeFilter: ["class"] });
}"""


class Viewer:
    """`Viewer(page)` sees stories that stay for ten minutes, unless `seconds` says otherwise."""

    def __init__(self, page: Page, *, seconds: float = LONG) -> None:
        self.page = page
        page.context.add_init_script(f"({PACE})({seconds})")

    def shown(self) -> list[str]:
        """The words of all stories that were shown on this page, in turn."""
        return list(self.page.evaluate("window.shownStories"))

    def open(self, person: Person) -> None:
        """On the page of their stories, over which it opens by itself."""
        self.page.goto(f"/stories/{person.username}")
        expect(self.slide).to_be_visible()

    def open_from(self, path: str, person: Person) -> Locator:
        """From a ring on another page, which is answered."""
        self.page.goto(path)
        self.page.evaluate(LINK, person.username)
        ring = self.page.locator("#ring")
        ring.click()
        self.expect_opened()
        return ring

    def expect_opened(self) -> None:
        """As the page noted it: a show of a second may be over before anybody looks again."""
        self.page.wait_for_function("() => window.shownStories.length > 0")

    @property
    def dialog(self) -> Locator:
        return self.page.locator("dialog.story-viewer")

    @property
    def slide(self) -> Locator:
        return self.dialog.locator(".story.is-shown")

    def button(self, name: str) -> Locator:
        return self.dialog.get_by_role("button", name=name, exact=True)

    def expect_words(self, words: str) -> None:
        expect(self.slide.locator(".story-stage-text")).to_have_text(words)

    def expect_one_of(self, *words: str) -> None:
        """Where it opens at the first unseen: on a slow machine some have been seen by now."""
        found = re.compile("|".join(map(re.escape, words)))
        expect(self.slide.locator(".story-stage-text")).to_have_text(found)

    def words(self) -> str:
        return self.slide.locator(".story-stage-text").inner_text()

    def expect_place(self, words: str) -> None:
        expect(self.dialog.locator("> [role=status]")).to_have_text(words)

    def expect_runs(self, state: str) -> None:
        """`running`, `paused`, or `none` where nothing moves by itself."""
        self.page.wait_for_function(RUNS_AS, arg=state)

    def expect_closed(self) -> None:
        self.dialog.wait_for(state="detached")


def tell(site: Site, author: Person, *words: str, **options: Any) -> list[int]:
    """A story for each of the words, in this order."""
    with site.app.app_context():
        return [make_story(author, one, **options) for one in words]
