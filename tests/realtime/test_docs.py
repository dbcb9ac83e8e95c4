"""The page for socket clients says what is so."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator

import pytest
import requests

from pigeon.realtime import frames, gate, handlers, turns
from pigeon.services.comments import changes as comments_changes
from tests.factories import Person, make_post
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


def test_its_example_runs(sockets_site: Site, own_address: Realtime, ann: Person) -> None:
    (code,) = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
    with sockets_site.app.app_context():
        post = make_post(ann)
    sockets_site.start(
        "example",
        [sys.executable, "-c", code],
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
