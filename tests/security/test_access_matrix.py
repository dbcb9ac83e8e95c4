"""Who may call what: each route × each kind of caller, and what a refusal leaves behind.

`tests/authz_matrix.yml` has a row per route, per actor and per state of what is asked for; a route
without one fails here, and so does a row without a route, and one that waits for what has come.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from pigeon.web.guards import ANYONE
from tests.factories import Person
from tests.harness.clients import Client
from tests.security import actors
from tests.security.actors import Scene
from tests.security.matrix import (
    ACTORS,
    MATRIX,
    WHO,
    build,
    is_denial,
    request_of,
    routes,
    snapshot,
    snapshot_differences,
)

pytestmark = pytest.mark.no_second_look


ABOUT = ("username", "post_id", "comment_id", "tag", "name")
LISTS = {
    "GET /",
    "GET /people",
    "GET /system",
    "GET /notifications",
    "GET /api/v1/timeline",
    "GET /api/v1/suggestions",
    "GET /api/v1/notifications",
}
READING_TARGETS = ("anonymous", "stranger", "mutual", "admin", "personal token", "author")


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


def _existing(kind: str) -> list[str]:
    return [name for name, row in WHO[kind].items() if "not yet" not in row]


@pytest.mark.parametrize("kind", ["actors", "targets"])
def test_what_the_matrix_waits_for_has_not_come(app: Flask, kind: str) -> None:
    """When this fails, something new is there: write into the matrix who may do what with it."""
    waits = {name: row["not yet"] for name, row in WHO[kind].items() if "not yet" in row}
    come = {name: list(filter(actors.exists, what)) for name, what in waits.items()}
    assert {name: what for name, what in come.items() if what} == {}


@pytest.mark.parametrize(
    "what", ["table follows", "column follows.bell", "choice language", "state published"]
)
def test_what_has_come_would_be_noticed(app: Flask, what: str) -> None:
    kind, _, name = what.partition(" ")
    assert actors.exists(what) == (kind != "choice")
    assert actors.exists("choice of_no_field") and not actors.exists(f"table {name}_of_nobody")


def test_all_who_exist_are_tried() -> None:
    assert {*_existing("actors")} == {"anonymous", "author", *actors.ACTORS}
    assert {*_existing("targets")} == {*actors.TARGETS}


@pytest.fixture
def scene(
    app: Flask,
    objects: dict[str, Any],
    client_for: Callable[[Person], Client],
    token_client: Callable[[Person], Client],
) -> Scene:
    """After what ann has is built."""
    return Scene(app, objects["ann"], client_for, token_client)


@pytest.mark.parametrize("actor", list(actors.ACTORS))
def test_each_actor_gets_what_others_like_them_get(
    scene: Scene, objects: dict[str, Any], actor: str
) -> None:
    row = WHO["actors"][actor]
    column = ACTORS.index(row["reads_as"])
    client = scene.actor(actor)
    csrf = client.csrf()
    expected, found = {}, {}
    for name in sorted(filter(_is_about_others, MATRIX), key=_harm):
        expected[name] = row.get("besides", {}).get(name, MATRIX[name]["as"][column])
        answer = client.open(**request_of(name, MATRIX[name], objects["values"], csrf))
        found[name] = answer.status_code
    assert found == expected


def _is_about_others(name: str) -> bool:
    return name in LISTS or any(f"<{part}>" in name for part in ABOUT)


def _harm(name: str) -> tuple[bool, bool, str]:
    """Reading first; who follows is not a stranger any more, so that comes last."""
    return not name.startswith("GET "), name.endswith(("follow", "unfollow")), name


@pytest.mark.parametrize("target", list(actors.TARGETS))
def test_what_may_not_be_seen_is_answered_as_what_is_not_there(
    scene: Scene, objects: dict[str, Any], target: str
) -> None:
    values = actors.TARGETS[target](scene)
    nobodys = {part: actors.NOBODYS[part] for part in values}
    asked = [name for name in MATRIX if any(f"<{part}>" in name for part in values)]
    seen_by = {}
    for actor in READING_TARGETS:
        client = scene.actor(actor)
        csrf = client.csrf()
        differing = [
            name
            for name in sorted(asked, key=_harm)
            if "values" not in MATRIX[name]
            if _status(client, name, objects, values, csrf)
            != _status(client, name, objects, nobodys, csrf)
        ]
        if differing:
            seen_by[actor] = differing
    assert list(seen_by) == WHO["targets"][target]["seen_by"], seen_by


def _status(
    client: Client, name: str, objects: dict[str, Any], values: dict[str, Any], csrf: str
) -> int:
    request = request_of(name, MATRIX[name], objects["values"] | values, csrf)
    return client.open(**request).status_code
