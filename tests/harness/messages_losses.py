"""A realtime process is lost with everybody at it: how long others see them as if still there."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable, Collection
from contextlib import suppress

from tests.harness import children
from tests.harness.kills import pids_of
from tests.harness.messages_battle import REALTIME, WEB, Battle
from tests.harness.messages_people import Writer
from tests.harness.messages_presence import GONE_S
from tests.harness.messages_strikes import port_of


def lose_a_process(battle: Battle) -> None:
    """Its people stay away. Others see who is gone once its lease ends, and nobody else go."""
    server = battle.address(WEB + battle.seed % REALTIME)
    lost = [one for one in battle.devices if one.server == server]
    left = [one for one in battle.devices if one.server != server]
    gone = {one.member.username for one in lost} - {one.member.username for one in left}
    for device in lost:
        device.stays_away.set()
    _kill(battle, server)
    took_s = _time_of(lambda: not _wrong(left, gone), battle.lease_s + GONE_S)
    for fault in _wrong(left, gone):
        battle.violate(fault)
    battle.note(f"lost {server} with {len(gone)} people, of whom others knew after {took_s:.1f} s")
    for device in lost:
        device.stays_away.clear()


def _kill(battle: Battle, server: str) -> None:
    port = server.rpartition(":")[2]
    (pid,) = (one for one in pids_of(battle.site, "realtime") if port_of(one) == port)
    os.kill(pid, signal.SIGKILL)


def _time_of(is_true: Callable[[], bool], most_s: float) -> float:
    began = time.monotonic()
    with suppress(AssertionError):
        children.wait_until(is_true, timeout_s=most_s)
    return time.monotonic() - began


def _wrong(watching: Collection[Writer], gone: Collection[str]) -> list[str]:
    return [
        f"{one.name} shows {username} as {one.friends.shown.get(username)} after a loss"
        for one in watching
        for username in one.friends.usernames
        if one.friends.shows_gone(username) != (username in gone)
    ]
