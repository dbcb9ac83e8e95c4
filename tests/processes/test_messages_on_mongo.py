"""`make run MONGO=on`: a site whose messages are in a server of MongoDB's wire beside it."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
import requests

from pigeon.services.accounts import sessions
from pigeon.stores.messages_mongo import MongoMessages
from pigeon.stores.messages_urls import message_store
from tests.factories import make_user
from tests.harness import children
from tests.harness.mongo import require
from tests.harness.sites import Site, running_site

pytestmark = [
    pytest.mark.mongo,
    pytest.mark.processes,
    pytest.mark.slow,
    pytest.mark.timeout(600),
]


@pytest.fixture
def on_mongo(tmp_path: Path) -> Iterator[Site]:
    require("secantusdb")
    with running_site(tmp_path / "site", MONGO="on") as site:
        yield site


def mongodb_of(site: Site) -> psutil.Process | None:
    for one in psutil.Process(site.processes["site"].pid).children():
        if "secantusd-py" in " ".join(one.cmdline()):
            return one
    return None


class Api:
    """Somebody who is on first-name terms with the API."""

    def __init__(self, site: Site, name: str) -> None:
        self._url = f"{site.url}/api/v1"
        with site.app.app_context():
            person = make_user(name)
            token = sessions.create_token(person.id)
        self._headers = {"Authorization": f"Bearer {token}"}

    def say(self, to: str, text: str) -> bool:
        body = {"text": text, "client_msg_id": text}
        path = f"{self._url}/chats/{to}/messages"
        answer = requests.post(path, json=body, headers=self._headers, timeout=20)
        return answer.status_code in (200, 201)

    def texts(self, partner: str) -> list[str]:
        path = f"{self._url}/chats/{partner}/messages"
        answer = requests.get(path, headers=self._headers, timeout=20)
        return sorted(one["text"] for one in answer.json()["items"])


def test_it_is_started_found_started_again_and_ended_with_the_site(on_mongo: Site) -> None:
    site = on_mongo
    assert "MONGO_URL=mongodb://127.0.0.1:" in site.flask("config", "show")
    with site.app.app_context():
        assert isinstance(message_store(), MongoMessages)
    ann, ben = Api(site, "ann"), Api(site, "ben")
    assert ann.say("ben", "before")
    assert ben.texts("ann") == ["before"]
    server = mongodb_of(site)
    assert server is not None
    server.kill()
    children.wait_until(lambda: ann.say("ben", "later"), timeout_s=60, what="a message")
    assert ben.texts("ann") == ["before", "later"]
    again = mongodb_of(site)
    assert again is not None and again.pid != server.pid
    os.kill(site.processes["site"].pid, signal.SIGINT)
    assert site.processes["site"].wait(60) == 0
    assert not again.is_running()
