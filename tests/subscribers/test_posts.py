"""Which events bring about which jobs."""

from __future__ import annotations

import pytest
from flask import Flask

from pigeon.subscribers import REACTIONS
from tests.factories import Person, make_user


@pytest.fixture
def ben(app: Flask) -> Person:
    return make_user("ben")


def test_a_pulled_post_is_announced_not_pushed() -> None:
    from pigeon.domain.events import PostPublished

    event = PostPublished(
        publication_id=1,
        post_id=1,
        author_id=1,
        username="ben",
        delivery="pull",
        audience=10_000,
        had_images=False,
    )
    names = [spec.name for spec in REACTIONS[PostPublished].jobs(event)]
    assert names == ["timelines.announce_pull", "notifications.announce_post"]
