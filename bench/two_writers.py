"""`python -m bench.two_writers FILE`: one browser writes to another; seconds of each as JSON.

A process of its own: the steering of a browser takes over the thread it runs in.
"""

from __future__ import annotations

import json
import sys
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from tests.harness.browser import Visits, chromium

if TYPE_CHECKING:
    from playwright.sync_api import Page

NOTE_KEYS = """() => {
  window.pressed = {};
  const field = document.querySelector("#message-text");
  const now = () => performance.timeOrigin + performance.now();
  document.addEventListener("keydown", (event) => {
    if (event.key === "Enter") window.pressed[field.value] = now();
  }, { capture: true });
}"""
NOTE_BUBBLES = """() => {
  window.shown = {};
  const now = () => performance.timeOrigin + performance.now();
  const look = () => {
    for (const words of document.querySelectorAll(".message [data-part=text]")) {
      const text = words.textContent.trim();
      if (text in window.shown) continue;
      window.shown[text] = null;
      requestAnimationFrame(() => { window.shown[text] = now(); }); // the frame that draws it
    }
  };
  new MutationObserver(look).observe(document.body, { childList: true, subtree: true });
}"""
IS_SHOWN = "(words) => Boolean(window.shown[words])"
PAUSE_S = 0.4


@dataclass(frozen=True, kw_only=True)
class Visit:
    """Cookies as `name=value` of two people who follow each other, and their names."""

    url: str
    cookies: list[str]
    names: list[str]
    messages: int

    def write(self, path: Path) -> None:
        path.write_text(json.dumps(asdict(self)))


def main(path: str) -> int:
    visit = Visit(**json.loads(Path(path).read_text()))
    with chromium() as browser:
        visits = Visits(browser)
        writer, reader = (
            _thread(visits, visit.url, cookie, f"/messages/{name}")
            for cookie, name in zip(visit.cookies, reversed(visit.names), strict=True)
        )
        writer.evaluate(NOTE_KEYS)
        times = [_write(writer, reader, f"number {n}") for n in range(visit.messages)]
        visits.close()
    assert not visits.faults, visits.faults
    print(json.dumps(times))
    return 0


def _thread(visits: Visits, url: str, cookie: str, path: str) -> Page:
    page = visits.open(url)
    name, _, value = cookie.partition("=")
    page.context.add_cookies([{"name": name, "value": value, "url": url}])
    page.goto(path)
    page.wait_for_load_state("networkidle")
    page.evaluate(NOTE_BUBBLES)
    return page


def _write(writer: Page, reader: Page, words: str) -> tuple[float, float]:
    """From the key to the frame that shows the bubble, on the own screen and on the other's."""
    writer.locator("#message-text").fill(words)
    time.sleep(PAUSE_S)
    writer.keyboard.press("Enter")
    shown = []
    for page in (writer, reader):
        page.wait_for_function(IS_SHOWN, arg=words, timeout=30_000)
        shown.append(float(page.evaluate("(words) => window.shown[words]", words)))
    pressed = float(writer.evaluate("(words) => window.pressed[words]", words))
    own, other = ((at - pressed) / 1000 for at in shown)
    return own, other


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
