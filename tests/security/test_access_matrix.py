"""Who may call what: each route of the application × each kind of caller, and what a refusal leaves.

`tests/authz_matrix.yml` has a row per route; a route without one fails here, and so does a row
without a route.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from flask import Flask
from werkzeug.routing import Rule

from pigeon.extensions import cache, db, state
from pigeon.services import sessions
from tests.factories import Person, make_post, make_user
from tests.harness import pictures
from tests.harness.clients import Client
from tests.harness.context import in_app

MATRIX: dict[str, dict[str, Any]] = yaml.safe_load(
    (Path(__file__).parents[1] / "authz_matrix.yml").read_text()
)
LOGS = ("security_events",)
"""What refusals are written into on purpose."""
ACTORS = ("anonymous", "other", "owner", "closed")
"""`closed` is a stranger while PUBLIC_READING is off."""


def routes(app: Flask) -> Iterator[tuple[str, Rule]]:
    for rule in app.url_map.iter_rules():
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            yield f"{method} {rule.rule}", rule


@pytest.fixture
def objects(app: Flask, client_for: Callable[[Person], Client]) -> dict[str, Any]:
    """ann's things, and the browsers of ann and of somebody else."""
    ann, bob = make_user("ann"), make_user("bob")
    failed = make_post(ann, caption="oh", images=2, state="failed")
    shown = make_post(ann, caption="#sky", images=1)
    owner, other = client_for(ann), client_for(bob)
    name = owner.get(f"/api/v1/posts/{shown.id}").get_json()["images"][0]["url"]
    (handle,) = in_app(app, lambda: [s.handle for s in sessions.list_of(ann.id, current=0)])
    return {
        "owner": owner,
        "other": other,
        "values": {
            "username": "ann",
            "post_id": shown.id,
            "failed": failed.id,
            "image_id": failed.image_ids[0],
            "tag": "sky",
            "name": name.removeprefix("/media/"),
            "path": "css/base.css",
            "token": "0" * 43,
            "handle": handle,
        },
    }


def test_every_route_has_a_row_and_every_row_a_route(app: Flask) -> None:
    assert {name for name, _ in routes(app)} == set(MATRIX)


def test_every_view_says_whom_it_is_for(app: Flask) -> None:
    silent = [n for n, r in routes(app) if not hasattr(app.view_functions[r.endpoint], "access")]
    assert silent == []


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


def request_of(name: str, row: dict[str, Any], values: dict[str, Any], csrf: str) -> dict[str, Any]:
    """A sound request: what is refused is refused for who asks."""
    method, _, rule = name.partition(" ")
    values = values | {key: values[other] for key, other in row.get("values", {}).items()}
    path = rule.replace("<path:", "<")
    for key, value in values.items():
        path = path.replace(f"<{key}>", str(value))
    request: dict[str, Any] = {"path": path, "method": method, "headers": {"X-CSRFToken": csrf}}
    if "json" in row:
        return request | {"json": row["json"]}
    if method == "GET" or path.startswith("/api/") and "file" not in row:
        return request
    data = dict(row.get("form", {}))
    if "file" in row:
        data[row["file"]] = (io.BytesIO(pictures.jpeg()), "x.jpg")
    return request | {"data": data, "content_type": "multipart/form-data"}


def is_denial(answer: Any) -> bool:
    to_log_in = answer.status_code == 302 and answer.location.startswith("/login")
    return answer.status_code >= 400 or to_log_in


Snapshot = tuple[dict[str, list[Any]], dict[bytes, bytes], dict[bytes, bytes]]


def snapshot() -> Snapshot:
    """Every row of every table (the outbox is one), and every key of both Redis instances."""
    rows = {
        table.name: [tuple(row) for row in db.session.execute(table.select())]
        for table in db.metadata.sorted_tables
        if table.name not in LOGS
    }
    db.session.rollback()
    return rows, _keys(state.client), _keys(cache.client)


def _keys(client: Any) -> dict[bytes, bytes]:
    return {key: client.dump(key) for key in client.keys()}


def snapshot_differences(before: Snapshot, after: Snapshot) -> list[str]:
    """What changed; a cache may fill itself by reading, but loses and changes nothing."""
    changed = [name for name in before[0] if before[0][name] != after[0][name]]
    changed += [
        str(key)
        for key in before[1].keys() | after[1].keys()
        if before[1].get(key) != after[1].get(key)
    ]
    return changed + [str(key) for key in before[2] if before[2][key] != after[2].get(key)]
