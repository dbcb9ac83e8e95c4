"""People write while their messages move to MongoDB, and go on there as if nothing had been."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from pigeon.services.messages import cursors, unread
from pigeon.stores import messages_gate as gate
from tests.browser.messages.thread import row, status, texts, write
from tests.factories import Person, make_follow, make_user
from tests.harness import children
from tests.harness.context import in_app

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.harness.browser import Visits
    from tests.harness.sites import Site

pytestmark = [pytest.mark.browser, pytest.mark.processes, pytest.mark.timeout(400)]
MOVING = "Messages are being moved. Try again in a minute."


def _friends() -> tuple[Person, Person]:
    ann, bob = make_user("ann"), make_user("bob")
    make_follow(ann, bob)
    make_follow(bob, ann)
    return ann, bob


def _restart(site: Site, **env: str) -> None:
    children.stop(site.processes.pop("site"), timeout_s=30)
    site.log("site").unlink()
    site.start("site", [sys.executable, "-m", "pigeon.processes"], **env)
    site.wait(lambda: "is ready" in site.log("site").read_text(errors="replace"))


def test_a_conversation_goes_on_in_mongodb(
    running_site: Callable[..., Site],
    page_for: Callable[..., Page],
    mongo_urls: Callable[[str], str],
    visits: Visits,
) -> None:
    site, url = running_site(), mongo_urls("secantusdb")
    ann, bob = in_app(site.app, _friends)
    his, hers = page_for(site, bob), page_for(site, ann)
    his.goto(f"{site.url}/messages/ann")
    for words in ("one", "two", "three"):
        write(his, words)
    expect(status(his)).to_contain_text("Sent")
    hers.goto(f"{site.url}/messages/bob")
    expect(row(hers, "three")).to_be_visible()
    hers.goto(f"{site.url}/people")
    for words in ("four", "five"):
        write(his, words)
    expect(status(his)).to_contain_text("Sent")
    in_app(site.app, cursors.read, "bob", 3, by=ann.id)
    hers.goto(f"{site.url}/messages")

    in_app(site.app, gate.close, "somebody who was killed")
    write(his, "late")
    expect(row(his, "late")).to_contain_text(MOVING)
    assert "equal: 1 conversations, 2 members, 5 messages" in site.flask(
        "messages", "migrate", "--to", url
    )
    row(his, "late").get_by_role("button", name="Retry").click()
    expect(row(his, "late")).to_contain_text(MOVING)
    assert in_app(site.app, unread.counts_of, ann.id) == (0, 2)

    _restart(site, MONGO_URL=url)
    expect(status(his)).to_contain_text("Sent", timeout=60_000)
    assert texts(his) == ["one", "two", "three", "four", "five", "late"]
    expect(his.locator(".message[data-seq='6']")).to_have_count(1)
    hers.goto(f"{site.url}/people")
    expect(hers.locator('[data-badge="messages"]').first).to_have_text("3")
    hers.goto(f"{site.url}/messages/bob")
    assert texts(hers) == texts(his)
    write(hers, "네, 여기 있어요")
    expect(row(his, "네, 여기 있어요")).to_be_visible()
    assert "mongodb://" not in site.log("site").read_text()
    visits.faults.clear()  # the site was away, and had refused
