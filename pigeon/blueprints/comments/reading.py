"""Reads a new comment, from JSON or from a form."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256

from pigeon.domain.errors import FieldError, Invalid
from pigeon.domain.limits import IDEMPOTENCY_KEY
from pigeon.services.comments.checks import check_comment
from pigeon.web.parsing import KEY, Body, read_form, read_json, read_key
from pigeon.web.texts import Typed


class CommentBody(Body):
    text: str


class EditCommentBody(Body):
    text: str = ""


@dataclass(frozen=True, kw_only=True)
class NewComment:
    text: str
    key: str


def read_new_comment() -> NewComment:
    """What was sent as JSON; Invalid names the faults of text and key together."""
    return _checked(read_json(CommentBody).text, read_key())


def read_typed() -> Typed:
    """What was sent by a form, as it was typed."""
    return read_form("text", "idempotency_key")


def key_of(typed: Typed) -> str:
    """The key of the page becomes one of page and words.

    A form sent twice is one comment; other words from the same page, after Back, are another.
    """
    words = f"{typed['idempotency_key']} {typed['text']}"
    return sha256(words.encode()).hexdigest() if typed["idempotency_key"] else ""


def check_typed(typed: Typed) -> NewComment:
    return _checked(typed["text"], key_of(typed))


def _checked(text: str, key: str) -> NewComment:
    if key and not KEY.fullmatch(key):
        faults = {"idempotency_key": FieldError("bad_format", IDEMPOTENCY_KEY)}
        try:
            check_comment(text)
        except Invalid as error:
            faults |= error.fields
        raise Invalid(faults)
    return NewComment(text=text, key=key)
