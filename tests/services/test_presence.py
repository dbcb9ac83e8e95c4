"""Who is here: by leases that end by themselves, and a hint to each not too often."""

from __future__ import annotations

import pytest
from flask import Flask

from pigeon.services import presence


def test_who_was_renewed_is_here_in_the_order_asked(app: Flask) -> None:
    presence.renew([3, 1])
    assert presence.online_among([1, 2, 3]) == [1, 3]
    assert presence.online_among([3, 2, 1]) == [3, 1]
    assert presence.online_among([]) == []


def test_a_process_that_is_gone_keeps_nobody_here(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    presence.renew([1])
    now = presence.time.time()
    monkeypatch.setattr(presence.time, "time", lambda: now + presence.LEASE_S + 1)
    presence.renew([2])
    assert presence.online_among([1, 2]) == [2]


def test_a_hint_is_given_once_in_a_while_to_each(app: Flask) -> None:
    assert presence.may_hint([1, 2]) == [1, 2]
    assert presence.may_hint([2, 3]) == [3]
