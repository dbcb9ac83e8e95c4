"""`python -m bench.home_visit FOLDER COMMIT`: what a phone loads of a home page, as JSON.

A process of its own: the steering of a browser takes over the thread it runs in. The site of that
commit is started as its `make run` does; without a commit the site of this working tree.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from bench.uploads import Poster, photograph
from tests.harness import children, releases
from tests.harness.browser import Visits, chromium, sign_in
from tests.harness.environment import ROOT
from tests.harness.sites import Site, new_site

if TYPE_CHECKING:
    from playwright.sync_api import Page

POSTS = 10
PHONE = {"viewport": {"width": 412, "height": 915}, "device_scale_factor": 1.75}
LONG_SIDE = 3_072
NAME, PASSWORD = "ann", "a-long-password-of-ann"
LOADED = """async () => {
  const size = async (address) => (await (await fetch(address)).blob()).size;
  const images = [...document.querySelectorAll("img")];
  images.forEach((image) => { image.loading = "eager"; });
  await Promise.all(images.map((image) => image.decode().catch(() => {})));
  const chosen = [...new Set(images.map((image) => image.currentSrc).filter(Boolean))];
  const [page] = performance.getEntriesByType("navigation");
  const sizes = await Promise.all(chosen.map(size));
  return {
    "pictures": chosen.length,
    "page and pictures, kB": sizes.reduce((sum, one) => sum + one, page.encodedBodySize) / 1000,
  };
}"""
"""The files that the browser chose, each once; their sizes are asked for apart, because a page may
be drawn anew while it loads."""


def main(folder: Path, commit: str) -> int:
    tree = releases.unpack(commit, folder / "tree") if commit else ROOT
    port = children.free_port()
    own = {"DATA": str(folder / "data"), "PORT": str(port), "DEMO": "off"}
    site = new_site(folder, port, own)
    site.start("site", [sys.executable, "-m", "pigeon.processes"], cwd=tree)
    try:
        site.wait(lambda: "is ready" in site.log("site").read_text(errors="replace"))
        _fill(site, tree)
        print(json.dumps(_visit(site)))
    finally:
        site.stop()
    return 0


def _fill(site: Site, tree: Path) -> None:
    create = ("users", "create", NAME, "--email", "ann@example.org", "--confirmed")
    _flask(site, tree, *create, typed=f"{PASSWORD}\n{PASSWORD}\n")
    token = _flask(site, tree, "users", "token", NAME).split()[-1]
    for _ in range(POSTS):
        Poster(site.url, token, 1, photograph(LONG_SIDE)).post()


def _flask(site: Site, tree: Path, *arguments: str, typed: str = "") -> str:
    command = [sys.executable, "-m", "flask", "--app", "wsgi", *arguments]
    return subprocess.run(
        command, env=site.env, cwd=tree, check=True, capture_output=True, text=True, input=typed
    ).stdout


def _visit(site: Site) -> dict[str, float]:
    """What a browser fetches that has nothing yet."""
    with chromium() as browser:
        visits = Visits(browser)
        preparing = visits.open(site.url, **PHONE)
        sign_in(preparing, NAME, PASSWORD)
        children.wait_until(lambda: _are_published(preparing), timeout_s=120)
        state = preparing.context.storage_state()
        page = visits.open(site.url, **PHONE, storage_state=state)
        page.goto("/", wait_until="networkidle")
        found: dict[str, float] = page.evaluate(LOADED)
        visits.close()
    return found


def _are_published(page: Page) -> bool:
    page.reload()
    return page.locator(".post-card:not(.is-pending) .photo-image").count() == POSTS


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), sys.argv[2]))
