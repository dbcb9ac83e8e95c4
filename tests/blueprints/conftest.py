from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask

from tests.factories import Person, make_follow, make_post, make_user
from tests.harness.clients import Client


@pytest.fixture
def ann(app: Flask) -> Person:
    return make_user("ann", bio="I fly #sky", pronouns="she", link="https://example.org")


@pytest.fixture
def bob(app: Flask) -> Person:
    return make_user("bob")


@pytest.fixture
def names(ann: Person, bob: Person) -> dict[str, int]:
    """Posts of ann's by what they show; ann and bob follow each other."""
    make_follow(bob, ann, bell=True)
    make_follow(ann, bob)
    make_follow(bob, make_user("cat"))
    return {
        "shown": make_post(ann, caption="@bob #sky https://x.test", images=3, alt="a bird").id,
        "words": make_post(ann, caption="only words").id,
        "failed": make_post(ann, caption="oh", images=2, state="failed").id,
        "waiting": make_post(ann, caption="", images=2, state="processing").id,
    }


@pytest.fixture
def client(client_for: Callable[[Person], Client], bob: Person) -> Client:
    """Bob's browser."""
    return client_for(bob)
