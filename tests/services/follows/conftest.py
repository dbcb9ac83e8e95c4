from __future__ import annotations

import pytest
from flask import Flask

from tests.factories import Person, make_user


@pytest.fixture
def ann(app: Flask) -> Person:
    return make_user("ann")


@pytest.fixture
def ben(app: Flask) -> Person:
    return make_user("ben")
