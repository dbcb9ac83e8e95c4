"""What follows when a person changes or leaves."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask

from pigeon.domain.errors import Unavailable
from pigeon.jobs import users as jobs
from pigeon.realtime import push


@pytest.mark.both_databases
def test_sockets_close_even_when_nothing_can_be_buried(
    app: Flask, with_settings: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    kicked: list[list[int]] = []
    monkeypatch.setattr(push, "kick", lambda _user_id, ids: kicked.append(ids))
    with_settings(redis_cache_url="unix:///nowhere.sock")
    with pytest.raises(Unavailable):
        jobs.close_sockets.run(user_id=1, session_ids=[7], token_hashes=["a"])
    assert kicked == [[7]]
