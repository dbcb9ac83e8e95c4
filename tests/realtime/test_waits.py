"""Who waits for SQL waits alone: other sockets of the process are answered meanwhile."""

from __future__ import annotations

import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import Any

import pytest

from pigeon.extensions import db
from tests.harness.messages_callers import Somebody
from tests.harness.sites import Site

pytestmark = [pytest.mark.processes, pytest.mark.xdist_group("sockets")]

HELD_S = 1.0


@contextmanager
def locked(site: Site) -> Iterator[None]:
    """Another process writes, and takes its time."""
    with site.app.app_context():
        path = db.engine.url.database
    with closing(sqlite3.connect(str(path), timeout=10, isolation_level=None)) as writer:
        writer.execute("BEGIN IMMEDIATE")
        yield
        writer.execute("ROLLBACK")


def test_while_a_message_waits_for_the_lock_other_sockets_are_answered(
    sockets_site: Site, anna: Somebody, ben: Somebody
) -> None:
    answers: list[dict[str, Any]] = []
    times: list[float] = []
    with locked(sockets_site):
        sending = threading.Thread(target=lambda: answers.append(anna.send(ben, "coo")))
        sending.start()
        until = time.monotonic() + HELD_S
        while time.monotonic() < until:
            began = time.monotonic()
            assert ben.ask("post.unwatch", {"post_id": "1"})["ok"]  # asks no database
            times.append(time.monotonic() - began)
            time.sleep(0.02)
        assert not answers
    sending.join(30)
    assert [answer["ok"] for answer in answers] == [True]
    assert max(times) < HELD_S / 2
