"""Ann, who follows ben, and the list of her timeline."""

from __future__ import annotations

import pytest
from flask import Flask

from pigeon.cache import keys
from tests.factories import Person, make_follow, make_user


@pytest.fixture
def ann(app: Flask) -> Person:
    return make_user("ann")


@pytest.fixture
def ben(app: Flask, ann: Person) -> Person:
    ben = make_user("ben")
    make_follow(ann, ben)
    return ben


@pytest.fixture
def list_key(ann: Person) -> str:
    return keys.TIMELINE.key(ann.id)
