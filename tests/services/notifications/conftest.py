"""Three people, and what is sent to their sockets."""

from __future__ import annotations

import pytest
from flask import Flask

from pigeon.realtime import push
from tests.factories import Person, make_user
from tests.services.notifications.telling import Frames


@pytest.fixture
def ann(app: Flask) -> Person:
    return make_user("ann")


@pytest.fixture
def ben(app: Flask) -> Person:
    return make_user("ben")


@pytest.fixture
def cat(app: Flask) -> Person:
    return make_user("cat")


@pytest.fixture
def frames(monkeypatch: pytest.MonkeyPatch) -> Frames:
    found = Frames()
    monkeypatch.setattr(
        push,
        "to_user",
        lambda event, payload, user_id: found.sent.append((event, user_id, payload)),
    )
    return found
