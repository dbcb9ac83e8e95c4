"""A request's body as it comes in: how much of it is read, and its first field before the rest."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import IO

from werkzeug.exceptions import ClientDisconnected
from werkzeug.sansio.multipart import Data, Field, MultipartDecoder, Preamble

from pigeon.domain import limits
from pigeon.domain.errors import TooLarge

CHUNK = 64 * 1024
AHEAD = 4 * 1024
"""So much of a form is looked at for its first field; a token has a hundred bytes."""


class BodyStream(io.RawIOBase):
    """At most `limit` bytes of `source`; TooLarge for one more, whether a length was told or not.

    Werkzeug's own stream cuts a longer body without a length off, and takes one that ended before
    its `length` for whole. `in_files` says how much of what was read went into files.
    """

    def __init__(
        self, source: IO[bytes], limit: int, length: int | None, in_files: Callable[[], int]
    ) -> None:
        self._source = source
        self._limit = limit
        self._length = length
        self._in_files = in_files
        self._taken = 0
        self._ahead = b""

    def readable(self) -> bool:
        return True

    def read(self, size: int | None = -1) -> bytes:
        if size is None or size < 0:
            return b"".join(iter(lambda: self.read(CHUNK), b""))
        if self._ahead:
            found, self._ahead = self._ahead[:size], self._ahead[size:]
            # Whole again: pieces as large as were asked for, whoever looked ahead.
            return found if len(found) == size else found + self._take(size - len(found))
        return self._take(size)

    def peek(self, size: int) -> bytes:
        """The first bytes, which are read again afterwards."""
        self._ahead = self._ahead or self._take(size)
        return self._ahead

    def _take(self, size: int) -> bytes:
        if self._taken - self._in_files() > limits.TEXT_BYTES + 2 * CHUNK:
            raise TooLarge  # words without end beside files; two chunks are on their way to a file
        found = self._source.read(min(size, self._limit + 1 - self._taken))
        self._taken += len(found)
        if self._taken > self._limit:
            raise TooLarge
        if not found and size and self._taken < (self._length or 0):
            raise ClientDisconnected
        return found


def first_field(start: bytes, boundary: str, name: str) -> str | None:
    """The value of the first part of a multipart body that begins with `start`, if that is `name`.

    None when another part comes first, or when it does not end within what is there.
    """
    decoder = MultipartDecoder(boundary.encode())
    decoder.receive_data(start)
    try:
        event = decoder.next_event()
        part = decoder.next_event() if isinstance(event, Preamble) else event
        if not isinstance(part, Field) or part.name != name:
            return None
        value = decoder.next_event()
    except (ValueError, UnicodeDecodeError):
        return None
    if not isinstance(value, Data) or value.more_data:
        return None
    return value.data.decode(errors="replace")


def count_fields(form: bytes) -> int:
    """Of a URL-encoded form, without parsing it."""
    return form.count(b"&") + 1
