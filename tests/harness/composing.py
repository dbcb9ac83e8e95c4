"""Somebody who composes one post in any order, while lines break and pages go.

What they do is random; what stands on the screen is noted whenever they press Share. At the end
everything that was published must be what was shown at a press, once.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Any

from playwright.sync_api import Error

from tests.harness import pictures
from tests.harness.children import wait_until

if TYPE_CHECKING:
    from playwright.sync_api import Page, Route

STEPS = (3, 12)
TRIES = 20
SLOW_READING = """(() => {
  const real = window.createImageBitmap;
  window.createImageBitmap = async (...given) => {
    await new Promise((done) => setTimeout(done, 400 * Math.random() ** 3));
    return real(...given);
  };
})()"""
SCREEN = """() => {
  const form = document.querySelector(".composer");
  const thumbs = [...form.querySelectorAll(".thumbs > .thumb")];
  return {
    caption: form.elements.caption.value.trim(),
    pictures: thumbs.map((thumb) => [
      thumb.querySelector(".thumb-frame").title, thumb.querySelector("textarea").value.trim(),
    ]),
    state: form.dataset.state ?? "",
    refused: [...form.querySelectorAll(".refused > li")].map((line) => line.textContent),
  };
}"""
PRESS = f"""() => {{
  const shown = ({SCREEN})();
  document.querySelector(".composer .button-primary").click();
  return shown;
}}"""
DO = """([at, act]) => {
  const thumbs = document.querySelectorAll(".thumbs > .thumb");
  thumbs[at % thumbs.length]?.querySelector(`[data-do="${act}"]`).click();
}"""
DO_AND_GO = f"""(what) => {{
  ({DO})(what);
  const shown = ({SCREEN})();
  location.reload();
  return shown;
}}"""
DESCRIBE = """([at, words]) => {
  const thumbs = document.querySelectorAll(".thumbs > .thumb");
  const field = thumbs[at % thumbs.length]?.querySelector("textarea");
  if (!field || field.closest("[inert]")) return;
  field.value = words;
  field.dispatchEvent(new Event("input", { bubbles: true }));
}"""
WRITE = """(words) => {
  const field = document.querySelector(".composer").elements.caption;
  if (field.closest("[inert]")) return;
  field.value = words;
  field.dispatchEvent(new Event("input", { bubbles: true }));
}"""
RESTED = """() => {
  const form = document.querySelector(".composer");
  const shown = (name) => !form.querySelector(`[data-part="${name}"]`).hidden;
  if (location.pathname === "/") return "home";
  if (!form || form.dataset.state) return null;
  return shown("published") ? "published" : "editing";
}"""
CAME_BACK = """() => {
  const form = document.querySelector(".composer");
  if (document.querySelector("#toasts .toast")) return "published";
  return form && !form.querySelector('[data-part="draft"]').hidden ? "offered" : null;
}"""
LED = f"""() => location.pathname === "/" ? "home" : ({CAME_BACK})()"""

FILLED = f"""() => {{
  const {{ caption, pictures, refused }} = ({SCREEN})();
  return Boolean(caption) || pictures.length + refused.length > 0;
}}"""


@dataclass(frozen=True, kw_only=True)
class Shown:
    """A post as it stands on a screen, or in a database: pictures by name, each with its words."""

    caption: str
    pictures: tuple[tuple[str, str], ...]

    @classmethod
    def of(cls, screen: dict[str, Any]) -> Shown:
        chosen = tuple((name, alt) for name, alt in screen["pictures"])
        return cls(caption=screen["caption"], pictures=chosen)

    def readable(self) -> Shown:
        """Without what is no picture, and will leave the list."""
        kept = tuple(one for one in self.pictures if not one[0].startswith("bad"))
        return Shown(caption=self.caption, pictures=kept)

    def is_blank(self) -> bool:
        return not self.caption and not self.pictures


@cache
def picture(number: int) -> dict[str, Any]:
    """A file to choose; its width tells it from others. Every fifth is none."""
    if number % 5 == 4:
        return _file(f"bad{number}.jpg", b"no picture at all")
    if number % 7 == 3:  # takes a while to be read
        return _file(f"{1000 + number}.jpg", pictures.jpeg(1000 + number, 900))
    return _file(f"{40 + number}.png", pictures.png(40 + number, 30))


def _file(name: str, content: bytes) -> dict[str, Any]:
    return {"name": name, "mimeType": "image/jpeg", "buffer": content}


@dataclass(kw_only=True)
class Walk:
    """One intended post. `finish` ends it; `problems` is what was not as it must be."""

    page: Page
    dice: random.Random
    look: Callable[[], list[Shown]]
    """What the person has published so far, from the database."""
    pressed: list[Shown] = field(default_factory=list)
    others: int = 0
    """How often they chose to share as another post."""
    problems: list[str] = field(default_factory=list)
    told: list[str] = field(default_factory=list)
    _numbers: Iterator[int] = field(default_factory=lambda: iter(range(1_000)))
    _fate: str = "answered"
    _is_over: bool = False

    def take(self) -> None:
        self.page.route("**/api/v1/posts", self._answer)
        self.page.on("dialog", lambda dialog: dialog.accept())
        self.page.goto("/create")
        actions = [
            (3, self._write),
            (4, self._choose),
            (1, self._choose_twice),
            (2, self._describe),
            (2, self._move),
            (1, self._remove),
            (3, self._press),
            (1, self._press_and_go),
            (1, self._cancel),
            (1, self._go),
            (1, self._move_and_go),
            (1, self._wait),
        ]
        weights = [weight for weight, _ in actions]
        for _ in range(self.dice.randint(*STEPS)):
            self._do(self.dice.choices([action for _, action in actions], weights)[0])
        for _ in range(TRIES):
            if self._is_over:
                break
            self._do(self._end)
        self._check()

    def _do(self, action: Callable[[], None]) -> None:
        if not self._is_over:
            self.told.append(action.__name__.strip("_"))
            try:
                action()
            except Error as error:
                if "navigat" not in str(error) and not self._is_home():
                    raise
                self._follow()
        self._is_over = self._is_over or self._is_home()

    def _follow(self) -> None:
        """The post was published and led home meanwhile, unless a reload was quicker."""
        if self._await(LED) == "offered":
            self.page.get_by_role("button", name="Restore").click()
            self._await(FILLED)
            return
        self._is_over = True

    def _wait_for_behaviors(self) -> None:
        self.page.locator("html.is-binding").wait_for(state="detached")

    def _is_home(self) -> bool:
        """Where a post that is published leads, also while they do something else."""
        return self.page.url.endswith("/")

    # -- what they do ----------------------------------------------------------------------

    def _words(self) -> str:
        return f"words {self.dice.randrange(10**6)}"

    def _write(self) -> None:
        self.page.evaluate(WRITE, self._words())

    def _choose(self) -> None:
        files = [picture(next(self._numbers)) for _ in range(self.dice.randint(1, 4))]
        self.page.locator('[data-part="picker"]').set_input_files(files)

    def _choose_twice(self) -> None:
        self._choose()
        self._choose()

    def _describe(self) -> None:
        self.page.evaluate(DESCRIBE, [self.dice.randrange(10), self._words()])

    def _move(self) -> None:
        self.page.evaluate(DO, [self.dice.randrange(10), self.dice.choice(["back", "on"])])

    def _remove(self) -> None:
        self.page.evaluate(DO, [self.dice.randrange(10), "remove"])

    def _wait(self) -> None:
        self.page.wait_for_timeout(self.dice.randrange(300))

    def _press(self) -> None:
        fate = self.dice.choice(["answered", "answered", "lost", "never"])
        self._press_for(fate)
        if self.dice.random() < 0.7:
            self._rest()

    def _press_for(self, fate: str) -> None:
        self._fate = fate
        screen = self.page.evaluate(PRESS)
        if not screen["state"]:
            self.pressed.append(Shown.of(screen))

    def _press_and_go(self) -> None:
        """The page is loaded anew while the answer is on its way."""
        self._press_for(self.dice.choice(["held", "held", "answered"]))
        self.page.wait_for_timeout(self.dice.randrange(600))
        if self.page.url.endswith("/create"):
            self._go()

    def _cancel(self) -> None:
        self.page.evaluate("() => document.querySelector('[data-part=cancel]').click()")

    def _go(self) -> None:
        before = Shown.of(self.page.evaluate(SCREEN))
        self.page.reload()
        self._come_back(before)

    def _move_and_go(self) -> None:
        act = self.dice.choice(["back", "on", "remove"])
        with self.page.expect_navigation():
            screen = self.page.evaluate(DO_AND_GO, [self.dice.randrange(10), act])
        self._wait_for_behaviors()
        self._come_back(Shown.of(screen))

    # -- what happens ----------------------------------------------------------------------

    def _answer(self, route: Route) -> None:
        fate = self._fate  # a later press, which is passed over, chooses one for itself
        if fate == "never":
            return route.abort()
        if fate == "answered":
            return route.continue_()
        route.fetch()
        return route.abort() if fate == "lost" else None

    def _come_back(self, before: Shown) -> None:
        """Everything that stood there is there again, or named; or it is published as it stood."""
        if self._is_home():
            return  # the answer was quicker
        if before.is_blank() and not self.look():
            return
        if self._await(CAME_BACK) == "published":
            self._is_over = True
            if not before.is_blank() and before not in self.look():
                self.problems.append(f"said to be published, and is not: {before}")
            return
        self.page.get_by_role("button", name="Restore").click()
        self._await(FILLED)
        screen = self.page.evaluate(SCREEN)
        lost = [line.split(" ")[0] for line in screen["refused"] if "could not be kept" in line]
        after, before = Shown.of(screen).readable(), before.readable()
        kept = tuple(one for one in before.pictures if one[0] not in lost)
        if after != Shown(caption=before.caption, pictures=kept):
            self.problems.append(f"restored otherwise: {before} became {after}, {lost} named")

    def _await(self, script: str) -> str:
        try:
            found: str = self.page.wait_for_function(script).json_value()
        except Error as error:
            screen = self.page.evaluate(f"document.querySelector('.composer') && ({SCREEN})()")
            raise AssertionError((self.page.url, screen, self.told, self.problems)) from error
        return found

    def _rest(self) -> str:
        return self._await(RESTED)

    def _end(self) -> None:
        """Press on until it is published, by whatever the page offers."""
        state = self._rest()
        if state == "home":
            return
        if state == "published":
            self._answer_first_version()
        else:
            if Shown.of(self.page.evaluate(SCREEN)).is_blank():
                self._write()
            self._press_for("answered")
        if not self._is_over:
            self._rest()

    def _answer_first_version(self) -> None:
        shown = Shown.of(self.page.evaluate(SCREEN))
        if self.dice.random() < 0.5:
            self.others += 1
            self._fate = "answered"
            self.pressed.append(shown)
            self.page.locator('[data-do="another"]').click()
            return
        self.page.locator('[data-do="edit"]').click()
        self.page.wait_for_url("**/edit")
        self._wait_for_behaviors()
        fields = self.page.locator('[name="alts[]"]')
        words = self.page.get_by_label("Caption").input_value().strip()
        alts = [fields.nth(n).input_value().strip() for n in range(fields.count())]
        if words != shown.caption:
            self.problems.append(f"the edit begins with {words!r}, not {shown.caption!r}")
        (first,) = self.look()[-1:]
        names = [name for name, _ in first.pictures]
        known = dict(shown.pictures)
        for name, alt in zip(names, alts, strict=True):
            if known.get(name, alt) != alt:
                self.problems.append(f"the edit describes {name} as {alt!r}")
        self.pressed.append(Shown(caption=words, pictures=tuple(zip(names, alts, strict=True))))
        self.page.get_by_role("button", name="Save").click()
        self.page.wait_for_url("**/p/*")
        self._is_over = True

    # -- what must hold --------------------------------------------------------------------

    def _check(self) -> None:
        self.page.unroute("**/api/v1/posts")
        wait_until(lambda: self.look(), what="a post")
        found = self.look()
        if not self._is_over:
            self.problems.append("never published")
        if len(found) != 1 + self.others:
            self.problems.append(f"{len(found)} posts of {1 + self.others}: {found}")
        self.problems += [f"never shown: {post}" for post in found if post not in self.pressed]
