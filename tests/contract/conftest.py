from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from tests.contract.world import World, build


@pytest.fixture
def world(
    app: Flask, drain: Callable[[], int], mails: Any, client_for: Callable[[Any], Any]
) -> World:
    return build(app, drain, mails, client_for)
