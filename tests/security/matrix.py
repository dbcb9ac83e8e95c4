"""The access matrix, sound requests for each of its routes, and what a refusal must not touch."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

import yaml
from flask import Flask
from werkzeug.routing import Rule

from pigeon.domain.media import Upload
from pigeon.domain.page import PageRequest
from pigeon.extensions import cache, db, state
from pigeon.models import MediaModel
from pigeon.services.accounts import sessions
from pigeon.services.media import media
from pigeon.services.messages.checks import Content
from pigeon.services.messages.sending import send
from pigeon.services.notifications import notifications
from pigeon.services.notifications.sources import comments as comments_source
from pigeon.services.searches import history
from pigeon.services.stories import stories
from pigeon.services.users import avatars, users
from pigeon.unit_of_work import unit_of_work
from tests.factories import (
    Person,
    Posted,
    make_comment,
    make_follow,
    make_post,
    make_story,
    make_user,
)
from tests.factories.stories import fail_story
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
    _ask_to_follow(make_user("asker"), ann)
    avatar = _show_avatar(ann)
    failed = make_post(ann, caption="oh", images=2, state="failed")
    shown = make_post(ann, caption="#sky", images=1)
    converse(app, ann, bob)
    message = send_picture(app, ann, bob)
    story, failed_story = show_story(ann), show_story(ann)
    fail_story(failed_story.id)
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
            "asker": "asker",
            "partner": "bob",
            "message_id": message.id,
            "message_picture": message.picture,
            "avatar": avatar,
            "story_id": story.id,
            "story_picture": story.picture,
            "failed_story": failed_story.id,
            "path": "css/base.css",
            "token": "0" * 43,
            "handle": handle,
            "entry_id": in_app(app, lambda: history.add_word("sea", by=ann.id).id),
        },
    }


def _ask_to_follow(person: Person, ann: Person) -> None:
    """While she was private: a request waits on when she is public again."""
    users.update_profile(ann.id, {"is_private": True})
    make_follow(person, ann)
    users.update_profile(ann.id, {"is_private": False})


def _show_avatar(person: Person) -> str:
    """The name under which her face is fetched."""
    media_id, name = _ready_picture(person, "avatar", "avatar")
    with unit_of_work() as uow:
        avatars.show(uow, db.session.get_one(MediaModel, media_id))
    return name


def _ready_picture(person: Person, kind: str, variant: str) -> tuple[int, str]:
    upload = Upload(token="", width=32, height=32, digest="", alt="")
    with unit_of_work():
        row = media.add(upload, owner_id=person.id, kind=kind)
        row.state, row.variants = "ready", json.dumps([(variant, 32, 32, "image/webp")])
        db.session.flush()
        name = media.object_name(row.name, variant, "image/webp")
        media.store().put(name, pictures.webp(32, 32), "image/webp")
        return row.id, name


@dataclass(frozen=True, kw_only=True)
class ShownStory:
    """One with a picture, and the name under which that is fetched."""

    id: int
    picture: str


def show_story(by: Person) -> ShownStory:
    story_id = make_story(by, picture=True)
    picture = stories.get(story_id, by.id).image
    assert picture is not None and picture.url is not None
    return ShownStory(id=story_id, picture=picture.url.removeprefix("/media/"))


@dataclass(frozen=True, kw_only=True)
class SentPicture:
    """A message that is a picture, and the name under which that is fetched."""

    id: str
    picture: str


def converse(app: Flask, one: Person, other: Person) -> None:
    """Each writes to the other."""
    for by, to in ((one, other), (other, one)):
        _send(app, by, to, Content(text="hi"), "first")


def send_picture(app: Flask, by: Person, to: Person) -> SentPicture:
    media_id, name = keep_picture(by)
    number = _send(app, by, to, Content(media_id=media_id), f"picture-{media_id}")
    return SentPicture(id=number, picture=name)


def _send(app: Flask, by: Person, to: Person, said: Content, key: str) -> str:
    message, _ = in_app(app, lambda: send(to.username, said, by=by.id, client_msg_id=key))
    return message.id


def keep_picture(person: Person) -> tuple[int, str]:
    """One that waits for its message, ready by now; the name under which it is fetched."""
    return _ready_picture(person, "message", "thumb")


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


CHANGING = ("X-Request-Id", "Set-Cookie", "Location", "Date", "Content-Length")
"""Headers that name the request, or a moment."""
TOKEN = re.compile(r'(name="csrf_token" (?:value|content)=")[^"]*')

Answer = tuple[int, str, bytes, dict[str, str]]
"""Status, where to, body and headers: what somebody can tell two answers apart by."""


def ask(client: Client, request: dict[str, Any]) -> Answer:
    """The same answer as about another id, where that address is no part of it."""
    answer = client.open(**request)
    headers = {name: value for name, value in answer.headers.items() if name not in CHANGING}
    where = (answer.location or "").replace(quote(request["path"], safe=""), "")
    body = b"" if where else answer.get_data()  # a redirection repeats in words where it leads
    if answer.mimetype == "text/html":
        body = TOKEN.sub(r"\1", body.decode()).encode()
    return answer.status_code, where.replace(request["path"], ""), body, headers


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
