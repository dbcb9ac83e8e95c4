"""What a request is to us: its id, whether a program speaks, and where its files land."""

from __future__ import annotations

import secrets
from typing import IO, Any

from flask import Request, current_app, g, has_request_context, request
from werkzeug.formparser import FormDataParser

from pigeon.domain import limits
from pigeon.domain.errors import Malformed
from pigeon.stores.incoming import Incoming

API = "/api/v1"


class PigeonRequest(Request):
    """Writes uploads straight to the incoming area, so that a worker can find them there."""

    max_content_length = limits.BODY_BYTES
    max_form_memory_size = 1024 * 1024
    max_form_parts = 200

    def make_form_data_parser(self) -> FormDataParser:
        """A body that is not what its type announces is refused, not taken for an empty form."""
        parser = super().make_form_data_parser()
        parser.silent = False
        return parser

    def _load_form_data(self) -> None:
        try:
            super()._load_form_data()
        except ValueError as error:
            raise Malformed from error

    def _get_file_stream(
        self,
        total_content_length: int | None,
        content_type: str | None,
        filename: str | None = None,
        content_length: int | None = None,
    ) -> IO[bytes]:
        stream: Any = Incoming(current_app.extensions["settings"].incoming).stream_factory()
        return stream  # type: ignore[no-any-return]


def is_api() -> bool:
    return has_request_context() and request.path.startswith(API)


def is_visit() -> bool:
    """Whether somebody looks at the answer: no HEAD, no browser that fetches ahead of a click."""
    purposes = (request.headers.get(name, "") for name in ("Sec-Purpose", "Purpose"))
    return request.method == "GET" and not any("prefetch" in purpose for purpose in purposes)


def request_id() -> str:
    """The id in `X-Request-Id` and in every log line of this request."""
    if "request_id" not in g:
        g.request_id = secrets.token_hex(8)
    return str(g.request_id)


def client_address() -> str:
    return (request.remote_addr or "")[:45]


def client_agent() -> str:
    return request.user_agent.string[:200]
