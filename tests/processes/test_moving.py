"""Whoever sets MONGO_URL before all has moved is told so, and needs no other start afterwards."""

from __future__ import annotations

import json
import sys
import urllib.error
import urllib.request
from collections.abc import Callable
from typing import Any

import pytest

from pigeon.services.messages import sending
from pigeon.services.messages.checks import Content
from pigeon.stores import messages_switch as switch
from tests.factories import make_follow, make_user
from tests.harness import children
from tests.harness.context import in_app
from tests.harness.sites import Site, status_of

pytestmark = [pytest.mark.processes, pytest.mark.timeout(300)]


def _talk() -> None:
    ann, bob = make_user("ann"), make_user("bob")
    make_follow(bob, ann)
    sending.send("bob", Content(text="coo"), by=ann.id, client_msg_id="1")


def _problems(site: Site) -> Any:
    try:
        with urllib.request.urlopen(f"{site.url}/readyz", timeout=5) as answer:
            return json.load(answer)["problems"]
    except urllib.error.HTTPError as error:
        with error:
            return json.load(error)["problems"]
    except OSError:
        return None


def test_a_site_that_runs_on_mongodb_too_early_waits_for_its_messages(
    running_site: Callable[..., Site], mongo_urls: Callable[[str], str]
) -> None:
    site, url = running_site(), mongo_urls("secantusdb")
    in_app(site.app, _talk)
    children.stop(site.processes.pop("site"), timeout_s=30)
    site.start("site", [sys.executable, "-m", "pigeon.processes"], MONGO_URL=url)
    children.wait_until(lambda: _problems(site) == [switch.LEFT], timeout_s=60, what="a refusal")
    site.flask("messages", "migrate", "--to", url)
    children.wait_until(lambda: status_of(f"{site.url}/readyz") == 200, what="the move noticed")
    assert _problems(site) == []
