"""The OpenAPI 3.1 document, made of what the views say of themselves, and a page to read it."""

from __future__ import annotations

import json
import re
from functools import cache
from pathlib import Path
from typing import Any

from flask import Response, current_app, render_template
from flask.typing import ResponseReturnValue
from pydantic.json_schema import models_json_schema
from werkzeug.routing import Rule

from pigeon.cache.codec import adapter
from pigeon.domain import limits
from pigeon.services.messages.conversations import BOXES
from pigeon.services.notifications.sources import KINDS
from pigeon.version import VERSION
from pigeon.web.answers import Operation
from pigeon.web.guards import ANYONE, MEMBERS, READERS, SAFE, access
from pigeon.web.parsing import Body
from pigeon.web.requests import API

REF = "#/components/schemas/{model}"
TEXT_LIMITS = {
    "caption": limits.CAPTION,
    "text": limits.COMMENT,
    "bio": limits.BIO,
    "display_name": limits.DISPLAY_NAME,
    "link": limits.LINK,
    "pronouns": limits.PRONOUNS,
    "password": limits.PASSWORD_MAX,
    "username": limits.USERNAME_MAX,
    "email": limits.EMAIL,
    "alt": limits.ALT,
}
OWN_LIMITS = {"NewStoryBody": {"text": limits.STORY_TEXT}}
"""Where a text of a body is shorter than others of its name."""
ERROR = {
    "type": "object",
    "required": ["code", "message", "fields"],
    "properties": {
        "code": {"type": "string"},
        "message": {"type": "string"},
        "fields": {
            "type": "object",
            "additionalProperties": {
                "type": "object",
                "required": ["code", "message", "limit"],
                "properties": {
                    "code": {"type": "string"},
                    "message": {"type": "string"},
                    "since": {
                        "type": "string",
                        "description": "A message's number: what is newer, oldest first",
                    },
                    "box": {"type": "string", "enum": list(BOXES)},
                    "limit": {"type": ["integer", "null"]},
                },
            },
        },
    },
}
REFUSED = {
    "type": "object",
    "required": ["error"],
    "properties": {"error": {"$ref": "#/components/schemas/Error"}},
}
QUERY = {
    "before": {"type": "string", "description": "`next` of the page before"},
    "since": {"type": "string", "description": "A message's number: what is newer, oldest first"},
    "box": {"type": "string", "enum": list(BOXES)},
    "limit": {"type": "integer", "minimum": 1, "maximum": limits.PAGE_MAX},
    "q": {"type": "string", "maxLength": limits.SEARCH},
    "for": {"type": "string", "enum": ["search", "mention"]},
    "of": {"type": "string", "enum": ["popular", "recent", "everybody"]},
    "kind": {"type": "array", "items": {"type": "string", "enum": list(KINDS)}},
}


@access(ANYONE)
def show_document() -> ResponseReturnValue:
    return Response(_document_json(), mimetype="application/json")


@access(ANYONE)
def show_docs() -> ResponseReturnValue:
    return render_template("docs/docs.html", document=document())


@access(ANYONE)
def show_sockets() -> ResponseReturnValue:
    """The page for socket clients, as the repository has it."""
    path = Path(current_app.root_path).parent / "docs" / "sockets.md"
    return Response(path.read_text(), mimetype="text/plain")


@cache
def _document_json() -> str:
    return json.dumps(document(), ensure_ascii=False)


def document() -> dict[str, Any]:
    """Every call of the JSON API of the running application."""
    schemas: dict[str, Any] = {"Error": ERROR}
    paths: dict[str, Any] = {}
    for rule in current_app.url_map.iter_rules():
        view = current_app.view_functions[rule.endpoint]
        operation = getattr(view, "operation", None)
        if operation is None or not rule.rule.startswith(API):
            continue
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            described = _describe(rule, method, view, operation, schemas)
            paths.setdefault(_path(rule), {})[method.lower()] = described
    return {
        "openapi": "3.1.0",
        "info": {"title": current_app.extensions["settings"].site_name, "version": VERSION},
        "servers": [{"url": API}],
        "paths": dict(sorted(paths.items())),
        "components": {
            "schemas": dict(sorted(schemas.items())),
            "securitySchemes": {
                "token": {"type": "http", "scheme": "bearer"},
                "session": {"type": "apiKey", "in": "cookie", "name": "session"},
            },
        },
    }


def _path(rule: Rule) -> str:
    return re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule.rule.removeprefix(API))


def _describe(
    rule: Rule, method: str, view: Any, operation: Operation, schemas: dict[str, Any]
) -> dict[str, Any]:
    described: dict[str, Any] = {
        "operationId": f"{method.lower()}_{rule.endpoint.replace('.', '_')}",
        "tags": [rule.endpoint.split(".")[0]],
        "parameters": _parameters(rule, method, operation),
        "responses": _responses(method, view, operation, schemas),
        "security": _security(view.access),
    }
    body = _request_body(operation, schemas)
    return described | ({"requestBody": body} if body else {})


def _security(level: str) -> list[dict[str, list[str]]]:
    signed_in: list[dict[str, list[str]]] = [{"token": []}, {"session": []}]
    return signed_in if level == MEMBERS else [{}, *signed_in]


def _parameters(rule: Rule, method: str, operation: Operation) -> list[dict[str, Any]]:
    in_path = [
        {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}
        for name in sorted(rule.arguments)
    ]
    in_query = [{"name": name, "in": "query", "schema": QUERY[name]} for name in operation.query]
    key = {"type": "string", "maxLength": limits.IDEMPOTENCY_KEY}
    in_header = [{"name": "Idempotency-Key", "in": "header", "schema": key}]
    return in_path + in_query + (in_header if operation.is_keyed else [])


def _responses(
    method: str, view: Any, operation: Operation, schemas: dict[str, Any]
) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for status in (operation.status, *operation.also):
        found[str(status)] = {"description": "Done"}
        if operation.shape is not None:
            schema = _schema(operation.shape, "serialization", schemas)
            found[str(status)]["content"] = {"application/json": {"schema": schema}}
    refusals = (
        {"400", "404", "413", "429", "503"}
        if method in SAFE
        else {"400", "403", "404", "409", "413", "415", "422", "429", "503"}
    )
    refusals |= {str(status) for status in operation.also if status >= 400}
    if operation.query:
        refusals |= {"422"}
    if view.access in (MEMBERS, READERS) or operation.body is not None:
        refusals |= {"401"}
    error = {"application/json": {"schema": REFUSED}}
    found |= {status: {"description": "Refused", "content": error} for status in sorted(refusals)}
    return found


def _request_body(operation: Operation, schemas: dict[str, Any]) -> dict[str, Any] | None:
    content: dict[str, Any] = {}
    if operation.body is not None:
        content["application/json"] = {"schema": _schema(operation.body, "validation", schemas)}
    if operation.multipart:
        content["multipart/form-data"] = {"schema": _multipart(operation.multipart)}
    return {"required": True, "content": content} if content else None


def _multipart(parts: dict[str, str]) -> dict[str, Any]:
    one = {"binary": {"type": "string", "format": "binary"}, "string": {"type": "string"}}
    many = {"binaries": "binary", "strings": "string"}
    properties = {
        name: one[kind] if kind in one else {"type": "array", "items": one[many[kind]]}
        for name, kind in parts.items()
    }
    return {"type": "object", "properties": properties, "additionalProperties": False}


def _schema(shape: Any, mode: Any, schemas: dict[str, Any]) -> dict[str, Any]:
    """The schema of a shape; the named ones go to the components."""
    if isinstance(shape, type) and issubclass(shape, Body):
        _, described = models_json_schema([(shape, mode)], ref_template=REF)
        schemas |= {name: _limited(name, found) for name, found in described["$defs"].items()}
        return {"$ref": f"#/components/schemas/{shape.__name__}"}
    described = adapter(shape).json_schema(mode=mode, ref_template=REF)
    schemas |= described.pop("$defs", {})
    if isinstance(shape, type):
        schemas[shape.__name__] = described
        return {"$ref": f"#/components/schemas/{shape.__name__}"}
    return dict(described)  # a page of things has no name of its own


def _limited(model: str, schema: dict[str, Any]) -> dict[str, Any]:
    """Say the limits of texts, which services check after trimming."""
    for name, limit in (TEXT_LIMITS | OWN_LIMITS.get(model, {})).items():
        found = schema.get("properties", {}).get(name)
        if found is not None and found.get("type") == "string":
            found["maxLength"] = limit
    return schema
