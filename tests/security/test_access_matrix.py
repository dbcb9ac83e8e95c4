"""Who may call what: each route × each kind of caller, and what a refusal leaves behind.

`tests/authz_matrix.yml` has a row per route; a route without one fails here, and so does a row
without a route.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from pigeon.web.guards import ANYONE
from tests.factories import Person
from tests.harness.clients import Client
from tests.security.matrix import (
    ACTORS,
    MATRIX,
    build,
    is_denial,
    request_of,
    routes,
    snapshot,
    snapshot_differences,
)

pytestmark = pytest.mark.no_second_look


@pytest.fixture
def objects(app: Flask, client_for: Callable[[Person], Client]) -> dict[str, Any]:
    return build(app, client_for)


def test_every_route_has_a_row_and_every_row_a_route(app: Flask) -> None:
    assert {name for name, _ in routes(app)} == set(MATRIX)


def test_every_view_says_whom_it_is_for(app: Flask) -> None:
    silent = [n for n, r in routes(app) if not hasattr(app.view_functions[r.endpoint], "access")]
    assert silent == []


UNLIMITED = {"settings.change_password", "settings.withdraw", "accounts.api.withdraw"}
"""Each wrong password is counted there."""


def test_every_change_has_a_rate(app: Flask) -> None:
    changes = {rule.endpoint for name, rule in routes(app) if not name.startswith("GET ")}
    members = {name for name in changes if app.view_functions[name].access != ANYONE}  # type: ignore[attr-defined]
    unlimited = {name for name in members if not app.view_functions[name].rate}  # type: ignore[attr-defined]
    assert unlimited == UNLIMITED


def test_a_view_that_says_nothing_is_refused(app: Flask, anonymous: Any) -> None:
    views = dict(app.view_functions)
    app.view_functions["system.robots"] = lambda: "open"
    try:
        assert anonymous.get("/robots.txt").status_code == 403
    finally:
        app.view_functions.update(views)


@pytest.mark.parametrize("name", MATRIX)
def test_each_caller_gets_what_the_matrix_says(
    app: Flask,
    objects: dict[str, Any],
    anonymous: Any,
    with_settings: Callable[..., None],
    name: str,
) -> None:
    row = MATRIX[name]
    clients = {
        "anonymous": anonymous,
        "closed": app.test_client(),
        "other": objects["other"],
        "owner": objects["owner"],
    }
    found = {}
    for actor in ("anonymous", "closed", "other", "owner"):
        client = clients[actor]
        csrf = client.csrf()
        with_settings(public_reading=actor != "closed")
        before = snapshot()
        answer = client.open(**request_of(name, row, objects["values"], csrf))
        found[actor] = answer.status_code
        if is_denial(answer):
            assert snapshot_differences(before, snapshot()) == [], actor
    assert found == dict(zip(ACTORS, row["as"], strict=True))
