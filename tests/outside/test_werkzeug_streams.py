"""Werkzeug 3.1.9, `LimitedStream` with `is_max`: what it makes of a body that is too long or short.

Expected: a body longer than `max_content_length` raises RequestEntityTooLarge, one of exactly that
length is read, one that ends early raises ClientDisconnected. Seen: `read()` of a longer one cuts
it off and says nothing (so a form or a comment would be stored in half); reading one of exactly
that length in pieces raises; one that ends early is taken for whole. Source: `werkzeug/wsgi.py`,
`LimitedStream.readall` and `readinto`. `pigeon.web.bodies.BodyStream` stands in for it.
"""

from __future__ import annotations

import io

import pytest
from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.wsgi import get_input_stream


def stream(body: bytes, limit: int, length: int | None = None) -> io.RawIOBase:
    environ = {"wsgi.input": io.BytesIO(body), "wsgi.input_terminated": True}
    if length is not None:
        environ["CONTENT_LENGTH"] = str(length)
    found = get_input_stream(environ, max_content_length=limit)
    assert isinstance(found, io.RawIOBase)
    return found


def test_a_longer_body_without_a_length_is_cut_off_in_silence() -> None:
    assert stream(b"x" * 100, 10).readall() == b"x" * 10


def test_a_body_of_exactly_the_limit_is_too_large_in_pieces() -> None:
    pieces = stream(b"x" * 10, 10)
    assert pieces.read(10) == b"x" * 10
    with pytest.raises(RequestEntityTooLarge):
        pieces.read(10)


def test_a_body_that_ends_early_is_taken_for_whole() -> None:
    assert stream(b"half", 100, length=8).readall() == b"half"
