"""The page for socket clients says what is so."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import psutil
import pytest
import requests

from pigeon.realtime import frames, gate, handlers, turns
from pigeon.services.comments import changes as comments_changes
from tests.factories import Person, make_post, make_user
from tests.harness import children
from tests.harness.environment import ROOT
from tests.harness.sites import Site
from tests.harness.sockets import Realtime, realtime_process, token_of

pytestmark = [pytest.mark.processes, pytest.mark.xdist_group("sockets")]

PAGE = (ROOT / "docs" / "sockets.md").read_text()


@pytest.fixture
def own_address(sockets_site: Site) -> Iterator[Realtime]:
    """A process that is reached where the site says it is, as behind nginx."""
    port = children.free_port()
    url = f"http://127.0.0.1:{port}"
    with realtime_process(sockets_site, port=port, PUBLIC_URL=url) as found:
        yield found


WATCHER, BOT = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)


def test_its_watcher_runs(sockets_site: Site, own_address: Realtime, ann: Person) -> None:
    with sockets_site.app.app_context():
        post = make_post(ann)
    sockets_site.start(
        "example",
        [sys.executable, "-c", WATCHER],
        SITE=own_address.url,
        TOKEN=token_of(sockets_site, ann),
        POST_ID=str(post.id),
    )
    try:
        log = sockets_site.log("example")
        children.wait_until(lambda: "watching: 0 likes" in log.read_text(), what="the watching")
        with sockets_site.app.app_context():
            comments_changes.create(post.id, by=ann.id, text="coo")
        said = f"{ann.username} says coo"
        children.wait_until(lambda: said in log.read_text(), what="the comment")
    finally:
        children.stop(sockets_site.processes.pop("example"))


@contextmanager
def bot_of(site: Site, url: str, person: Person) -> Iterator[None]:
    site.start("bot", [sys.executable, "-c", BOT], SITE=url, TOKEN=token_of(site, person))
    try:
        yield
    except AssertionError as error:
        raise AssertionError(f"{error}\n{site.log('bot').read_text()}") from error
    finally:
        children.stop(site.processes.pop("bot"))


class Writer:
    """Somebody who writes to the bot by HTTP."""

    def __init__(self, site: Site, person: Person, to: Person) -> None:
        self.url = f"{site.url}/api/v1/chats/{to.username}"
        self.headers = {"Authorization": f"Bearer {token_of(site, person)}"}
        self.name = person.username

    def write(self, *texts: str) -> None:
        for text in texts:
            body = {"text": text, "client_msg_id": f"said-{text}"}
            answer = requests.post(
                f"{self.url}/messages", json=body, headers=self.headers, timeout=20
            )
            assert answer.status_code == 201, answer.text

    def answers(self) -> list[str]:
        path = f"{self.url}/messages?since=0&limit=50"
        found = requests.get(path, headers=self.headers, timeout=20).json()["items"]
        return [message["text"] for message in found if message["from"] != self.name]

    def wait_for(self, *texts: str) -> None:
        children.wait_until(
            lambda: self.answers() == [*texts], timeout_s=40, what=f"{texts} of {self.answers()}"
        )


def test_its_bot_answers_everything_once_also_what_it_did_not_hear(
    sockets_site: Site, own_address: Realtime, ann: Person
) -> None:
    with sockets_site.app.app_context():
        ben = make_user()
    writer = Writer(sockets_site, ben, ann)
    writer.write("before")
    with bot_of(sockets_site, own_address.url, ann):
        writer.wait_for("before")
        writer.write("hello")
        writer.wait_for("before", "hello")
        hang_up(own_address)
        writer.write("gap-1", "gap-2")
        writer.wait_for("before", "hello", "gap-1", "gap-2")
    writer.write("away")
    with bot_of(sockets_site, own_address.url, ann):
        writer.wait_for("before", "hello", "gap-1", "gap-2", "away")


def hang_up(server: Realtime) -> None:
    """Its worker is killed, and its master starts another one."""
    (worker,) = psutil.Process(server.process.pid).children()
    worker.kill()


def test_every_event_and_limit_is_on_it() -> None:
    missing = [name for name in handlers.EVENTS if f"| `{name}` |" not in PAGE]
    assert not missing
    for sentence in (
        f"{frames.PER_S} packets a second",
        f"{handlers.EVENTS_A_MINUTE} events a minute",
        f"{handlers.WATCHING[0]} a minute each",
        f"About {turns.MESSAGES} events, or {turns.CHARACTERS // 1024} KiB",
        f"{gate.HANDSHAKES[0]:,} handshakes at once, then {gate.HANDSHAKES[1]:g} a second",
        f"{handlers.SOCKETS_PER_USER} sockets a person; {handlers.ATTEMPTS_AT_ONCE} attempts",
        f"{frames.MESSAGE_BYTES // 1024} KiB a message",
    ):
        assert sentence in PAGE


def test_it_is_served_beside_the_calls(sockets_site: Site) -> None:
    calls = requests.get(f"{sockets_site.url}/api/v1/docs", timeout=20)
    assert 'href="/api/v1/docs/sockets"' in calls.text
    page = requests.get(f"{sockets_site.url}/api/v1/docs/sockets", timeout=20)
    assert page.status_code == 200 and page.text == PAGE
    assert page.headers["Content-Type"] == "text/plain; charset=utf-8"
