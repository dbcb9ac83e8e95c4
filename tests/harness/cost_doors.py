"""Every way in for a text or a body, found by asking the product: a new one is driven by itself.

Bodies of calls come from the OpenAPI document, fields of forms and of queries are those that a view
asks for when it gets none, paths are those of the URL map, socket events those of the handlers.
"""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from types import MappingProxyType
from typing import Any

from flask import Flask
from flask import request as flask_request
from flask.testing import EnvironBuilder
from werkzeug.datastructures import ImmutableMultiDict
from werkzeug.routing import Rule
from werkzeug.test import run_wsgi_app

from pigeon.blueprints import PAGES
from pigeon.blueprints.openapi import document
from pigeon.domain import limits
from pigeon.realtime import connections, handlers
from pigeon.web.requests import API
from tests.factories import Person, make_comment, make_post, make_story
from tests.harness.clients import Client
from tests.harness.context import apart, in_app

Send = Callable[[], int]

FILLER = "filler"
LINE = 4_000
"""Bytes of an address or a header that a server lets through."""
NUMBERS = {"up_to": 1}
"""Fields of events that are no texts."""
ALONE = {"image", "post_id", "reaction"}
"""A message carries one thing: what is no words is sent by itself."""
MAY_BE_MISSING = {"chat.send": ("text", "image", "post_id", "client_msg_id")}
"""Texts of an event that it does not ask for."""
_ASKED: dict[tuple[str, str], set[str]] = {}
"""What the views ask for is looked up once a process."""


@dataclass(frozen=True, kw_only=True)
class Door:
    """`prepare(fields)` makes a request that can be sent again and again, and answers its status.

    `{}` is the one that a refusal is compared with.
    """

    name: str
    kind: str
    fields: dict[str, int] = field(default_factory=dict)
    """Names and limits of its texts."""
    prepare: Callable[[dict[str, Any]], Send]
    prepare_raw: Callable[[bytes], Send] | None = None
    """A whole body, for doors that take one."""


class Asked(ImmutableMultiDict):  # type: ignore[type-arg]
    """The values of a request, and which were asked for."""

    names: set[str] = set()

    def get(self, key: Any, *args: Any, **kwargs: Any) -> Any:
        self.names.add(key)
        return super().get(key, *args, **kwargs)

    def getlist(self, key: Any, *args: Any, **kwargs: Any) -> Any:
        self.names.add(key)
        return super().getlist(key, *args, **kwargs)


class Drive:
    """A member, a stranger and their doors."""

    def __init__(self, app: Flask, person: Person, scout: Person) -> None:
        app.test_client_class = Client
        self.app = app
        self.person = person
        self._scout = scout
        self._owner = person
        self.member = self._browser(person)
        self.program: Any = app.test_client()
        self.program.use_token(person.id)
        self.csrf = self.member.csrf()
        self._known: dict[str, str] = {}
        self._stories: dict[str, str] = {}

    def _browser(self, person: Person) -> Client:
        client: Any = self.app.test_client()
        client.sign_in(person.id)
        return client

    def doors(self) -> list[Door]:
        found = [*self._calls(), *self._forms(), *self._queries(), *self._paths(), *self._events()]
        return [door for door in found if door.fields or door.prepare_raw]

    # -- calls ---------------------------------------------------------------------------------

    def _calls(self) -> Iterator[Door]:
        described = apart(self._document)
        for path, methods in described["paths"].items():
            for method, call in methods.items():
                yield from self._call(described, method.upper(), path, call)

    def _document(self) -> dict[str, Any]:
        with self.app.test_request_context():
            return document()

    def _call(self, described: Any, method: str, path: str, call: Any) -> Iterator[Door]:
        content = call.get("requestBody", {}).get("content", {})
        send = partial(self._prepare_call, method, path)
        if "application/json" in content:
            fields = dict(_texts(described, content["application/json"]["schema"]))
            filled = {name: FILLER for name in fields if "." not in name and name not in ALONE}
            yield Door(
                name=f"{method} {API}{path}",
                kind="json",
                fields=fields,
                prepare=lambda values: send(json=_nested(filled | values) if values else {}),
                prepare_raw=lambda body: send(data=body, content_type="application/json"),
            )
        if "multipart/form-data" in content:
            fields = dict(_texts(described, content["multipart/form-data"]["schema"]))
            kind = "multipart/form-data"
            yield Door(
                name=f"{method} {API}{path} (multipart)",
                kind="multipart",
                fields=fields,
                prepare=lambda values: send(data=values, content_type=kind),
            )
        if any(one["name"] == "Idempotency-Key" for one in call.get("parameters", ())):
            yield Door(
                name=f"{method} {API}{path} (Idempotency-Key)",
                kind="header",
                fields={"idempotency_key": limits.IDEMPOTENCY_KEY},
                prepare=lambda values: send(json={}, headers=_header(values)),
            )

    def _prepare_call(self, method: str, path: str, **how: Any) -> Send:
        proof = {"Authorization": f"Bearer {self.program.token}"}
        headers = how.pop("headers", {}) | proof
        return self._prepared(
            self.program, API + self._filled(path), method=method, headers=headers, **how
        )

    def _prepared(self, client: Client, path: str, **how: Any) -> Send:
        """Without what a client takes to write the request, which is none of the site's time."""
        environ = EnvironBuilder(self.app, path, **how).get_environ()
        client._add_cookies_to_wsgi(environ)
        body = environ["wsgi.input"].read()

        def send() -> int:
            given = environ | {"wsgi.input": io.BytesIO(body)}
            _, status, _ = apart(run_wsgi_app, self.app, given, buffered=True)
            return int(status[:3])

        return send

    # -- forms, queries, paths -----------------------------------------------------------------

    def _forms(self) -> Iterator[Door]:
        for method, path, _ in PAGES:
            if method != "POST":
                continue
            names = self._asked(path, method) - {"csrf_token"}
            yield Door(
                name=f"form {path}",
                kind="form",
                fields={name: limits.of_text(name.removesuffix("[]")) for name in names},
                prepare=partial(self._prepare_fields, path, names),
                prepare_raw=partial(self._prepare_unproven, path),
            )

    def _prepare_fields(self, path: str, names: set[str], values: dict[str, Any]) -> Send:
        return self._prepared(
            self.member,
            self._filled(path),
            method="POST",
            data=dict.fromkeys(names - ALONE, FILLER) | values if values else {},
            content_type="multipart/form-data",
            headers={"X-CSRFToken": self.csrf},
        )

    def _prepare_unproven(self, path: str, body: bytes) -> Send:
        """Without a token, which is then looked for in the body: anybody can do that."""
        kind = "application/x-www-form-urlencoded"
        place = self._filled(path)
        return self._prepared(self.member, place, method="POST", data=body, content_type=kind)

    def _queries(self) -> Iterator[Door]:
        for rule in self._rules():
            names = self._asked(rule.rule, "GET")
            yield Door(
                name=f"query of {rule.rule}",
                kind="query",
                fields={name: limits.of_text(name) for name in names},
                prepare=partial(self._prepare_query, rule.rule),
            )

    def _paths(self) -> Iterator[Door]:
        for rule in self._rules():
            for name in rule.arguments:
                yield Door(
                    name=f"path of {rule.rule}",
                    kind="path",
                    fields={name: limits.of_text(name)},
                    prepare=partial(self._prepare_path, rule.rule, name),
                )

    def _rules(self) -> list[Rule]:
        """Without those that leave for somewhere else."""
        rules = [rule for rule in self.app.url_map.iter_rules() if "GET" in (rule.methods or ())]
        return [rule for rule in rules if not rule.rule.startswith("/login/oidc")]

    def _prepare_query(self, path: str, query: dict[str, str]) -> Send:
        return self._prepared(self.member, self._filled(path), query_string=query)

    def _prepare_path(self, path: str, name: str, values: dict[str, str]) -> Send:
        return self._prepared(self.member, self._filled(path, values or {name: "x"}))

    def _filled(self, path: str, names: Mapping[str, str] = MappingProxyType({})) -> str:
        """The path of things that there are; new ones, for some requests delete them."""
        known = {"username": self._named(path), "tag": "하늘", "notification_id": "1"}
        if "comment_id" in path or "post_id" in path:
            known |= self._things()
        if "story_id" in path:
            known |= self._story(path)
        for name, value in {**known, **names}.items():
            for placeholder in (f"<{name}>", f"{{{name}}}", f"<path:{name}>"):
                path = path.replace(placeholder, value)
        return path.replace("<", "").replace(">", "").replace("{", "").replace("}", "")

    def _named(self, path: str) -> str:
        """Nobody has a conversation with themselves: there it is the other of the two."""
        if "/chats/" not in path and not path.startswith("/messages/"):
            return self._owner.username
        return self._partner.username

    @property
    def _partner(self) -> Person:
        return self._scout if self._owner is self.person else self.person

    def _things(self) -> dict[str, str]:
        if not self._known:
            post = make_post(self._owner)
            comment = make_comment(post, self._owner)
            self._known = {"post_id": str(post.id), "comment_id": str(comment.id)}
        return self._known

    def _story(self, path: str) -> dict[str, str]:
        """Nobody answers their own: there it is somebody else's."""
        author = self._partner if path.endswith(("/reply", "/view")) else self._owner
        if author.username not in self._stories:
            self._stories[author.username] = str(make_story(author))
        return {"story_id": self._stories[author.username]}

    def _asked(self, path: str, method: str) -> set[str]:
        """What the view asks the request for, when somebody else comes with nothing."""
        if (path, method) in _ASKED:
            return _ASKED[path, method]
        self._owner, self._known, self._stories = self._scout, {}, {}
        place = self._filled(path)
        browser = self._browser(self._scout)
        headers = {"X-CSRFToken": browser.csrf()} if method == "POST" else {}
        kind = "multipart/form-data" if method == "POST" else None
        with _asking(self.app) as names:
            browser.open(place, method=method, data={}, content_type=kind, headers=headers)
        self._owner, self._known, self._stories = self.person, {}, {}
        _ASKED[path, method] = names
        return names

    # -- socket events -------------------------------------------------------------------------

    def _events(self) -> Iterator[Door]:
        for name in handlers.EVENTS:
            send = partial(self._prepare_event, name)
            needed = {*self._answer(name, {})["error"]["fields"], *MAY_BE_MISSING.get(name, ())}
            texts = needed - NUMBERS.keys()
            yield Door(
                name=f"event {name}",
                kind="event",
                fields={one: limits.of_text(one) for one in texts} | {"unknown": limits.TEXT},
                prepare=partial(send, needed - ALONE),
                prepare_raw=partial(self._prepare_message, name),
            )

    def _prepare_event(self, name: str, needed: set[str], values: dict[str, Any]) -> Send:
        """With what else it needs, so that the text is read to its end."""
        known = dict.fromkeys(needed, FILLER) | NUMBERS
        known |= dict.fromkeys(("to", "with"), self._partner.username)
        filled = {one: known[one] for one in needed} | values
        return self._prepare_message(name, json.dumps(filled if values else {}).encode())

    def _prepare_message(self, name: str, body: bytes) -> Send:
        return lambda: 200 if self._answer(name, _decoded(body))["ok"] else 422

    def _answer(self, name: str, payload: Any) -> dict[str, Any]:
        """As the server calls the handler of an event, but for the wire."""

        def answer() -> dict[str, Any]:
            with self.app.test_request_context():
                flask_request.sid = "driven"  # type: ignore[attr-defined]
                mine = connections.Connection(
                    user_id=self.person.id, session_id="driven", language="en"
                )
                connections.add("driven", mine)
                try:
                    return handlers.answer(name, payload)
                finally:
                    connections.remove("driven")

        return in_app(self.app, answer)


@contextmanager
def _asking(app: Flask) -> Iterator[set[str]]:
    before = app.request_class.parameter_storage_class
    Asked.names = set()
    app.request_class.parameter_storage_class = Asked
    try:
        yield Asked.names
    finally:
        app.request_class.parameter_storage_class = before


def _texts(described: Any, schema: Any, above: str = "") -> Iterator[tuple[str, int]]:
    """Names and limits of the texts in a schema; a map's are under any key."""
    if "$ref" in schema:
        schema = described["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
    for name, inner in schema.get("properties", {}).items():
        kinds = [inner, *inner.get("anyOf", ()), inner.get("items", {})]
        if any(kind.get("type") == "string" and kind.get("format") != "binary" for kind in kinds):
            yield above + name, limits.of_text(name.removesuffix("[]"))
        for kind in kinds:
            if isinstance(kind.get("additionalProperties"), dict):
                yield f"{above}{name}.x", limits.of_text(name)
            if "$ref" in kind and not above:
                yield from _texts(described, kind, f"{name}.")


def _nested(values: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in values.items():
        outer, _, inner = name.partition(".")
        found[outer] = {inner: value} if inner else value
    return found


def _header(values: dict[str, str]) -> dict[str, str]:
    """Headers carry bytes: everything else is a question mark."""
    key = values.get("idempotency_key", "key")
    return {"Idempotency-Key": key.encode("ascii", "replace").decode().replace("\n", " ")}


def _decoded(body: bytes) -> Any:
    """As the wire reads a payload; {} for what it closes the connection for."""
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        return {}
