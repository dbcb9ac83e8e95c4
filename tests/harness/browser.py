"""A real Chromium, pages in it, and what a page must never do."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tests.harness import children

if TYPE_CHECKING:
    from playwright.sync_api import Browser, ConsoleMessage, Page

AXE = Path(__file__).parents[1] / "browser" / "axe.min.js"
RUN_AXE = """(rules) => axe.run(document, {
  resultTypes: ["violations"], ...(rules.length ? { runOnly: rules } : {}),
})"""
AT_REST = """async () => {
  const ends = (one) => one.playState === "running"
    && Number.isFinite(one.effect.getComputedTiming().endTime);
  for (let round = 0; round < 20; round += 1) {
    const running = document.getAnimations().filter(ends);
    if (!running.length) return;
    const all = Promise.allSettled(running.map((one) => one.finished));
    await Promise.race([all, new Promise((resolve) => setTimeout(resolve, 1000))]);
  }
}"""
ALL_RULES: list[str] = []
PHONE = {"width": 390, "height": 844}
DESKTOP = {"width": 1440, "height": 900}


@contextmanager
def chromium(*arguments: str) -> Iterator[Browser]:
    """The machine's Chromium, steered by Playwright; `arguments` are of its command line."""
    path = children.require(*children.CHROMIUM, package="chromium-headless-shell")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=path, args=["--disable-dev-shm-usage", "--no-sandbox", *arguments]
        )
        yield browser
        browser.close()


class Visits:
    """Pages of one test. Scripts that fail, refused code and 5xx answers are noted in `faults`."""

    def __init__(self, browser: Browser) -> None:
        self._browser = browser
        self.pages: list[Page] = []
        self.faults: list[str] = []

    def open(self, url: str, **options: Any) -> Page:
        """A page of a new browser profile; options are those of Playwright's contexts."""
        defaults = {"viewport": DESKTOP, "locale": "en-US", "timezone_id": "UTC"}
        context = self._browser.new_context(base_url=url, **defaults | options)
        context.set_default_timeout(30_000)
        page = context.new_page()
        wait_for_behaviors(page)
        page.on("pageerror", lambda error: self.faults.append(f"script: {error}"))
        page.on("console", self._note_error)
        page.on("response", lambda answer: self._note_status(answer.url, answer.status))
        self.pages.append(page)
        return page

    def close(self, shots: Path | None = None) -> list[Path]:
        """Close all; with `shots` a picture of each page is kept there first."""
        kept = [
            self._shot(page, shots / f"{number}.png")
            for number, page in enumerate(self.pages)
            if shots and not page.is_closed()
        ]
        for page in self.pages:
            page.context.close()
        return kept

    def _shot(self, page: Page, path: Path) -> Path:
        page.screenshot(path=path, full_page=True)
        return path

    def _note_error(self, message: ConsoleMessage) -> None:
        """Refused code, and errors; to the browser an answer like 404 is one, too: not here."""
        is_answer = message.text.startswith("Failed to load resource")
        if message.type == "error" and not is_answer:
            self.faults.append(f"console: {message.text}")

    def _note_status(self, url: str, status: int) -> None:
        if status >= 500:
            self.faults.append(f"{status}: {url}")


def wait_for_behaviors(page: Page) -> None:
    """Whoever acts on this page, or looks, waits as long as the page fetches its behaviours.

    A press before that does what it does without scripts, which is not what tests of scripts mean.
    """
    binding = page.locator("html.is-binding")
    page.add_locator_handler(binding, lambda _: None)  # Playwright waits until it is not there
    plain_goto, plain_reload = page.goto, page.reload

    def goto(*args: Any, **options: Any) -> Any:
        answer = plain_goto(*args, **options)
        binding.wait_for(state="detached")
        return answer

    def reload(**options: Any) -> Any:
        answer = plain_reload(**options)
        binding.wait_for(state="detached")
        return answer

    page.goto, page.reload = goto, reload  # type: ignore[method-assign]


def assert_accessible(page: Page, rules: list[str] = ALL_RULES) -> None:
    """Nothing that axe-core calls serious or critical; scripts from here pass any CSP."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE.read_text())
    page.evaluate(AT_REST)  # a colour on its way to another has the contrast of neither
    found = page.evaluate(RUN_AXE, rules)["violations"]
    grave = [_described(rule) for rule in found if rule["impact"] in ("serious", "critical")]
    assert not grave, f"{page.url}:\n" + "\n".join(grave)


def _described(rule: dict[str, Any]) -> str:
    places = "; ".join(node["html"][:160] for node in rule["nodes"][:5])
    return f"- {rule['id']} ({rule['impact']}): {rule['help']}: {places}"


def sign_in(page: Page, username: str, password: str) -> None:
    """Log in by the form, as a person does."""
    page.goto("/login")
    page.fill("input[name=login]", username)
    page.fill("input[name=password]", password)
    with page.expect_navigation():
        page.press("input[name=password]", "Enter")
