"""Who is online on a real Redis, and who is hinted."""

from __future__ import annotations

import time

from flask import Flask

from pigeon.cache import keys
from pigeon.extensions import state
from pigeon.services import presence
from tests.harness.online import bring_online, take_offline


def test_online_people_are_those_with_a_socket_somewhere(app: Flask) -> None:
    bring_online([3, 1])
    assert presence.online_among([1, 2, 3]) == [1, 3]
    assert presence.online_among([3, 2, 1]) == [3, 1]
    take_offline([3])
    assert presence.online_among([3, 2, 1]) == [1]


def test_people_on_processes_of_the_release_before_are_online(app: Flask) -> None:
    """They are known by a lease of 45 s; what ours leave for them lasts longer, and is not read."""
    state.client.zadd(keys.ONLINE.key(), {"5": time.time() + 45})
    presence.people.renew([6])
    assert state.client.zscore(keys.ONLINE.key(), "6") > time.time() + 3_600
    assert presence.online_among([5, 6]) == [5]
    assert presence.online_among(list(range(1, 1_000))) == [5]


def test_a_hint_is_allowed_once_per_five_seconds(app: Flask) -> None:
    assert presence.may_hint([1, 2]) == [1, 2]
    assert presence.may_hint([2, 3]) == [3]
