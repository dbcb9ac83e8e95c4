"""People of a test on the site that all browser tests share, and what people do on its pages."""

from __future__ import annotations

import base64
import email
import email.policy
import itertools
import signal
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psutil
import pytest
from flask.sessions import SecureCookieSessionInterface
from playwright.sync_api import expect

from pigeon.domain.sessions import Caller
from pigeon.services.accounts import sessions
from tests.factories import Person, make_follow, make_message, make_post, make_user
from tests.harness import children
from tests.harness.pictures import real_photographs

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page, WebSocket

    from pigeon.domain.messages import Message
    from tests.factories import Posted
    from tests.harness.browser import Visits
    from tests.harness.sites import Site

PHOTOGRAPHS = 4
NAVIGATION_MS = 40_000  # on a machine that does much else
CONNECTED = "40"  # the packet by which Socket.IO answers a connection
SEND = """async ({caption, pictures}) => {
  const bytes = (text) => Uint8Array.from(atob(text), (letter) => letter.codePointAt(0));
  const form = new FormData();
  form.append("caption", caption);
  pictures.forEach((picture, i) => form.append("images[]", new File([bytes(picture)], `${i}.png`)));
  const { csrf_token } = await (await fetch("/api/v1/csrf")).json();
  const answer = await fetch("/api/v1/posts", {
    method: "POST", body: form, headers: { "X-CSRFToken": csrf_token },
  });
  return (await answer.json()).id;
}"""

_numbers = itertools.count(1)
expect.set_options(timeout=30_000)  # as all else waits (tests/harness/browser.py)


class Cast:
    """Makes people, follows and posts on a running site; every name is new."""

    def __init__(self, site: Site) -> None:
        self._site = site

    def person(self, name: str = "ann", **columns: Any) -> Person:
        with self._site.app.app_context():
            return make_user(f"{name}{next(_numbers)}", display_name=name.title(), **columns)

    def named(self, display_name: str) -> Person:
        with self._site.app.app_context():
            return make_user(f"name{next(_numbers)}", display_name=display_name)

    def post(self, author: Person, **options: Any) -> Posted:
        with self._site.app.app_context():
            return make_post(author, **options)

    def follow(self, follower: Person, followee: Person) -> None:
        with self._site.app.app_context():
            make_follow(follower, followee)

    def say(self, sender: Person, recipient: Person, text: str = "", **content: Any) -> Message:
        with self._site.app.app_context():
            return make_message(sender, recipient, text, **content)


@pytest.fixture
def cast(site: Site) -> Cast:
    """`cast.person("ann")`, `cast.post(ann, images=3)`, `cast.follow(bob, ann)`."""
    return Cast(site)


@pytest.fixture
def ann(cast: Cast) -> Person:
    return cast.person("ann")


@pytest.fixture
def bob(cast: Cast) -> Person:
    return cast.person("bob")


@pytest.fixture
def as_person(site: Site, page_for: Callable[..., Page]) -> Callable[..., Page]:
    """`as_person(ann)` is a page at home in a browser of ann's; `as_person()` anybody's.

    By a cookie: a quarter of the time that the log-in form takes, which has its own tests.
    """

    def open_page(person: Person | None = None, **options: Any) -> Page:
        page = page_for(site, None, **options)
        page.context.set_default_navigation_timeout(NAVIGATION_MS)
        if person is not None:
            page.context.add_cookies([_session_cookie(site, person)])
            page.goto("/")
        return page

    return open_page


def _session_cookie(site: Site, person: Person) -> Any:
    with site.app.app_context():
        token = sessions.start(person.id, caller=Caller())
    signer: Any = SecureCookieSessionInterface().get_signing_serializer(site.app)
    value = signer.dumps({"_user_id": token, "_fresh": True})
    return {"name": site.app.config["SESSION_COOKIE_NAME"], "value": value, "url": site.url}


@pytest.fixture
def go_live() -> Callable[[Page, str], None]:
    """`go_live(page, "/people")` loads a page; from then on it hears what happens."""

    def go(page: Page, path: str) -> None:
        heard: list[str] = []

        def listen(socket: WebSocket) -> None:
            socket.on("framereceived", lambda frame: heard.append(str(frame)[:2]))

        page.on("websocket", listen)
        page.goto(path)
        children.wait_until(
            lambda: page.wait_for_timeout(10) is None and CONNECTED in heard, what="a connection"
        )
        page.remove_listener("websocket", listen)

    return go


@pytest.fixture
def cut_off(visits: Visits) -> Iterator[Callable[[Page, bool], None]]:
    """`cut_off(page, True)`: no connection. What the browser says to that is no fault of a page."""
    yield lambda page, is_off: page.context.set_offline(is_off)
    for page in visits.pages:
        if not page.is_closed():
            page.goto("about:blank")  # from here on it says nothing more
    visits.faults[:] = [one for one in visits.faults if "WebSocket connection" not in one]


@pytest.fixture
def letters(site: Site) -> Callable[[str], list[str]]:
    """`letters(address)` waits for mail to it in the outbox; the links in it, oldest first."""
    folder = Path(site.env["DATA"]) / "outbox"

    def links(address: str) -> list[str]:
        found = []
        for path in sorted(folder.glob("*.eml"), key=lambda path: path.stat().st_mtime):
            letter = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
            if letter["To"] and address in letter["To"]:
                text = letter.get_body(("plain",)).get_content()
                found += [line for line in text.splitlines() if line.startswith(site.url)]
        return found

    def wait(address: str) -> list[str]:
        children.wait_until(lambda: links(address), what=f"a letter to {address}")
        return links(address)

    return wait


@pytest.fixture
def held_workers(site: Site) -> Callable[[], Any]:
    """`with held_workers():` nothing that waits in a queue is done before the block ends."""

    @contextmanager
    def hold() -> Iterator[None]:
        supervisor = psutil.Process(site.processes["site"].pid)
        found = supervisor.children(recursive=True)
        workers = [one for one in found if "pigeon.jobs.worker" in one.cmdline()]
        assert workers
        for worker in workers:
            children.pause(worker.pid)
        try:
            yield
        finally:
            for worker in workers:
                worker.send_signal(signal.SIGCONT)

    return hold


@pytest.fixture(scope="session")
def photographs() -> list[Path]:
    return real_photographs()[:PHOTOGRAPHS]


@pytest.fixture
def compose() -> Callable[..., Locator]:
    """`compose(page, paths, "words")` fills the composer; the answer is its pictures."""

    def fill(page: Page, pictures: Sequence[Path | dict[str, Any]] = (), caption: str = "") -> Any:
        page.goto("/create")
        page.locator('[data-part="picker"]').set_input_files(list(pictures))
        thumbs = page.locator(".thumbs > .thumb")
        page.wait_for_function(
            "count => document.querySelectorAll('.thumbs > .thumb').length === count",
            arg=len(pictures),
        )
        page.get_by_label("Caption").fill(caption)
        return thumbs

    return fill


@pytest.fixture
def send() -> Callable[..., str]:
    """`send(page, [bytes], "words")` posts by the API as this page's reader; the post's id."""

    def post(page: Page, pictures: Sequence[bytes] = (), caption: str = "") -> str:
        encoded = [base64.b64encode(picture).decode() for picture in pictures]
        return str(page.evaluate(SEND, {"caption": caption, "pictures": encoded}))

    return post
