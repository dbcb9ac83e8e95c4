"""How requests are shared out while releases change: nobody is cut off by a turn."""

from __future__ import annotations

import threading

from tests.harness import children
from tests.harness.rolling import Rotation, Server

OLD, NEW = (Server(release=name, url=f"http://{name}.test") for name in ("before", "here"))


def served(webs: Rotation) -> Server:
    with webs.next() as web:
        return web


def test_web_processes_get_requests_in_turn() -> None:
    webs = Rotation()
    webs.set(OLD, NEW)
    assert [served(webs) for _ in range(4)] == [OLD, NEW, OLD, NEW]
    webs.set(NEW)
    assert [served(webs) for _ in range(2)] == [NEW, NEW]


def test_who_is_taken_out_finishes_its_request_first() -> None:
    webs, is_out = Rotation(), threading.Event()
    webs.set(OLD)

    def take_out() -> None:
        webs.set(NEW)
        is_out.set()

    with webs.next() as web:
        thread = threading.Thread(target=take_out)
        thread.start()
        children.wait_until(lambda: served(webs) == NEW, what="the new one")
        assert web == OLD and not is_out.is_set()
    thread.join(30)
    assert is_out.is_set()
