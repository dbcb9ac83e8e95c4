"""Reads what the form of a conversation sends: words, a picture, or both."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from pigeon.domain import limits
from pigeon.domain.errors import FieldError, Invalid
from pigeon.domain.media import Upload
from pigeon.services.media import uploads
from pigeon.services.messages.checks import Content
from pigeon.services.users.checks import check_text
from pigeon.web.messages.bodies import TEXT_LIMITS, id_of
from pigeon.web.parsing import is_multipart, read_files, read_form
from pigeon.web.texts import Typed

FIELDS = ("client_msg_id", "text", "alt")


@dataclass(frozen=True, kw_only=True)
class Piece:
    """A message of what was sent, under the id that makes it one however often it is sent."""

    content: Content
    client_msg_id: str


def read_typed() -> Typed:
    """What was typed, as it was typed."""
    return read_form(*FIELDS, own=TEXT_LIMITS)


def read_pieces(typed: Typed) -> list[Piece]:
    """What was sent, as messages: the picture first, then the words.

    Nothing at all is a message without words, which the service refuses. Everything is checked
    before the picture is kept; Invalid or TooLarge name each field at fault.
    """
    file = _find_file()
    if file is None:
        return [_words(typed)]
    upload = _read_upload(file, typed)
    key = id_of(typed["client_msg_id"], upload.digest, upload.alt)
    picture = Piece(content=Content(upload=upload), client_msg_id=key)
    return [picture, _words(typed)] if typed["text"].strip() else [picture]


def _words(typed: Typed) -> Piece:
    return Piece(
        content=Content(text=typed["text"]),
        client_msg_id=id_of(typed["client_msg_id"], typed["text"]),
    )


def _find_file() -> Any | None:
    if not is_multipart():
        return None
    files = [part.stream for part in read_files("image") if part.filename]
    if len(files) > 1:
        raise Invalid({"image": FieldError("too_many", 1)})
    return files[0] if files else None


def _read_upload(file: Any, typed: Typed) -> Upload:
    faults: dict[str, FieldError] = {}
    for name, limit in (("alt", limits.ALT), ("text", limits.MESSAGE)):
        try:
            check_text(name, typed[name], limit)
        except Invalid as error:
            faults |= error.fields
    seen = None
    try:
        (seen,) = uploads.inspect_all([file], "image")
    except Invalid as error:
        faults |= error.fields
    if faults or seen is None:
        raise Invalid(faults)
    return uploads.keep(file, seen, check_text("alt", typed["alt"], limits.ALT))
