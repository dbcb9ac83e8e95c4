"""Two people, and what stands between them in SQL."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from pigeon.extensions import db
from pigeon.models import BlockModel, FollowModel, FollowRequest
from pigeon.services.users import users
from tests.factories import Person, make_user

Between = Callable[[], set[tuple[str, str, str]]]


@pytest.fixture
def ann(app: Flask) -> Person:
    return make_user("ann")


@pytest.fixture
def ben(app: Flask) -> Person:
    return make_user("ben")


@pytest.fixture
def private(ann: Person) -> Person:
    """ann, whom one asks."""
    users.update_profile(ann.id, {"is_private": True})
    return ann


@pytest.fixture
def between(ann: Person, ben: Person) -> Between:
    """Who does what to whom, as rows say it: ("follows", "ben", "ann")."""
    names = {ann.id: "ann", ben.id: "ben"}
    columns: dict[str, tuple[Any, Any]] = {
        "follows": (FollowModel.follower_id, FollowModel.followee_id),
        "asks": (FollowRequest.requester_id, FollowRequest.requested_id),
        "blocks": (BlockModel.blocker_id, BlockModel.blocked_id),
    }

    def read() -> set[tuple[str, str, str]]:
        db.session.rollback()
        return {
            (verb, names[by], names[to])
            for verb, pair in columns.items()
            for by, to in db.session.execute(select(*pair))
        }

    return read
