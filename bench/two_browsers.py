"""`python -m bench.two_browsers FILE`: one browser likes, another one shows it; seconds as JSON.

A process of its own: the steering of a browser takes over the thread it runs in.
"""

from __future__ import annotations

import json
import random
import sys
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from tests.harness.browser import Visits, chromium

if TYPE_CHECKING:
    from playwright.sync_api import Page

SHOWN = """(count) => {
  const badge = document.querySelector('[data-badge="notifications"]');
  return badge && badge.textContent.trim() === String(count);
}"""
PAUSE_S = 1.0


@dataclass(frozen=True, kw_only=True)
class Visit:
    """Cookies as `name=value`; the reader wrote the posts, and nobody has liked them."""

    url: str
    reader: str
    liker: str
    posts: list[int]

    def write(self, path: Path) -> None:
        path.write_text(json.dumps(asdict(self)))


def main(path: str) -> int:
    visit = Visit(**json.loads(Path(path).read_text()))
    with chromium() as browser:
        visits = Visits(browser)
        reader, liker = (_signed_in(visits, visit.url, c) for c in (visit.reader, visit.liker))
        reader.goto("/")
        times = [_like(reader, liker, post, n) for n, post in enumerate(visit.posts, 1)]
        visits.close()
    assert not visits.faults, visits.faults
    print(json.dumps(times))
    return 0


def _signed_in(visits: Visits, url: str, cookie: str) -> Page:
    page = visits.open(url)
    name, _, value = cookie.partition("=")
    page.context.add_cookies([{"name": name, "value": value, "url": url}])
    return page


def _like(reader: Page, liker: Page, post_id: int, count: int) -> float:
    """From the click in one browser to the badge in the other, at any moment of a flush."""
    liker.goto(f"/p/{post_id}")
    heart = liker.locator(f'[data-kind="post"][data-id="{post_id}"]').first
    heart.wait_for()
    liker.wait_for_load_state("networkidle")
    time.sleep(random.uniform(0, PAUSE_S))
    began = time.perf_counter()
    heart.click()
    reader.wait_for_function(SHOWN, arg=count, timeout=30_000)
    return time.perf_counter() - began


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
