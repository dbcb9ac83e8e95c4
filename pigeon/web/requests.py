"""What a request is to us: its id, whether a program speaks, and where its files land."""

from __future__ import annotations

import secrets
from functools import cached_property
from typing import IO, Any

from flask import Request, g, has_request_context, request
from werkzeug.formparser import FormDataParser
from werkzeug.wsgi import get_input_stream

from pigeon.domain import limits
from pigeon.domain.errors import Malformed, TooLarge
from pigeon.services.media import media
from pigeon.stores.incoming import IncomingFile
from pigeon.web.bodies import AHEAD, BodyStream, count_fields, first_field

API = "/api/v1"


class PigeonRequest(Request):
    """Bounds its body before anything parses it, and writes uploads straight to where workers look.

    `takes_files` is what the view declared; until the guard has said so, and by default, none.
    """

    takes_files = 0
    max_form_memory_size = limits.TEXT_BYTES
    max_form_parts = limits.FORM_PARTS

    @property
    def body_limit(self) -> int:
        """Bytes that the body may have, by its type and by what the view takes."""
        return limits.body_bytes(self.takes_files) if self._is_multipart else limits.TEXT_BYTES

    @cached_property
    def stream(self) -> IO[bytes]:
        source = get_input_stream(self.environ)
        body: Any = BodyStream(source, self.body_limit, self.content_length, self._count_stored)
        return body  # type: ignore[no-any-return]

    def form_token(self) -> str | None:
        """The form's token against forgery; where files are taken only the first field can be it.

        So nothing of a forged upload is stored, however long it is.
        """
        if not (self.takes_files and self._is_multipart):
            return self.form.get("csrf_token")
        stream: Any = self.stream
        boundary = self.mimetype_params.get("boundary", "")
        return first_field(stream.peek(AHEAD), boundary, "csrf_token")

    def make_form_data_parser(self) -> FormDataParser:
        """A body that is not what its type announces is refused, not taken for an empty form."""
        parser = super().make_form_data_parser()
        parser.silent = False
        return parser

    def close(self) -> None:
        """What was uploaded and not kept is gone with its request, also when that was refused."""
        for file in self._stored:
            file.close()
        super().close()

    @property
    def _is_multipart(self) -> bool:
        return self.mimetype == "multipart/form-data"

    @cached_property
    def _stored(self) -> list[IncomingFile]:
        return []

    def _count_stored(self) -> int:
        return sum(file.received for file in self._stored)

    def _load_form_data(self) -> None:
        if "form" in self.__dict__:
            return
        try:
            self._check_field_count()
            super()._load_form_data()
        except ValueError as error:
            raise Malformed from error
        finally:
            if "form" not in self.__dict__:
                self.close()

    def _check_field_count(self) -> None:
        if self.mimetype != "application/x-www-form-urlencoded":
            return
        if count_fields(self.get_data(cache=True)) > limits.FORM_PARTS:
            raise TooLarge

    def _get_file_stream(
        self,
        total_content_length: int | None,
        content_type: str | None,
        filename: str | None = None,
        content_length: int | None = None,
    ) -> IO[bytes]:
        if not self.takes_files:
            raise Malformed
        file = media.incoming().stream_factory()
        self._stored.append(file)
        stream: Any = file
        return stream  # type: ignore[no-any-return]


def this_request() -> PigeonRequest:
    """The present request, as the class that it is."""
    found: Any = request
    return found  # type: ignore[no-any-return]


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
