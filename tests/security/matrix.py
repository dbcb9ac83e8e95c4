"""The access matrix, sound requests for each of its routes, and what a refusal must not touch."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import yaml
from flask import Flask
from werkzeug.routing import Rule

from pigeon.domain.page import PageRequest
from pigeon.extensions import cache, db, state
from pigeon.services.accounts import sessions
from pigeon.services.notifications import notifications
from pigeon.services.notifications.sources import comments as comments_source
from tests.factories import Person, Posted, make_comment, make_post, make_user
from tests.harness import pictures
from tests.harness.clients import Client
from tests.harness.context import in_app

WHO, MATRIX = yaml.safe_load_all((Path(__file__).parents[1] / "authz_matrix.yml").read_text())
LOGS = ("security_events",)
"""What refusals are written into on purpose."""
ACTORS = ("anonymous", "other", "owner", "closed")
"""`closed` is a stranger while PUBLIC_READING is off."""


def routes(app: Flask) -> Iterator[tuple[str, Rule]]:
    for rule in app.url_map.iter_rules():
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            yield f"{method} {rule.rule}", rule


def build(app: Flask, client_for: Callable[[Person], Client]) -> dict[str, Any]:
    """ann's things, and the browsers of ann and of somebody else."""
    ann, bob = make_user("ann"), make_user("bob")
    failed = make_post(ann, caption="oh", images=2, state="failed")
    shown = make_post(ann, caption="#sky", images=1)
    owner, other = client_for(ann), client_for(bob)
    name = owner.get(f"/api/v1/posts/{shown.id}").get_json()["images"][0]["url"]
    (handle,) = in_app(app, lambda: [s.handle for s in sessions.list_of(ann.id, current=0)])
    return {
        "ann": ann,
        "owner": owner,
        "other": other,
        "values": {
            "username": "ann",
            "post_id": shown.id,
            "failed": failed.id,
            "comment_id": make_comment(shown, ann).id,
            "notification_id": _notify(app, shown, bob),
            "image_id": failed.image_ids[0],
            "tag": "sky",
            "name": name.removeprefix("/media/"),
            "path": "css/base.css",
            "token": "0" * 43,
            "handle": handle,
        },
    }


def _notify(app: Flask, post: Posted, by: Person) -> str:
    """What its author is told of a comment; the id."""
    comment_id = make_comment(post, by).id
    in_app(app, comments_source.announce, comment_id)
    (told,) = notifications.list_of(post.author.id, PageRequest()).items
    return told.id


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
    if method == "GET" or (path.startswith("/api/") and "file" not in row):
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
    return {key: client.dump(key) for key in client.scan_iter()}


def snapshot_differences(before: Snapshot, after: Snapshot) -> list[str]:
    """What changed; a cache may fill itself by reading, but loses and changes nothing."""
    changed = [name for name in before[0] if before[0][name] != after[0][name]]
    changed += [
        str(key)
        for key in before[1].keys() | after[1].keys()
        if before[1].get(key) != after[1].get(key)
    ]
    return changed + [str(key) for key in before[2] if before[2][key] != after[2].get(key)]
