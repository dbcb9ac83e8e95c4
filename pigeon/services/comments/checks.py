"""What the text of a comment must be."""

from __future__ import annotations

from pigeon.domain import limits, text
from pigeon.domain.errors import FieldError, Invalid
from pigeon.services.users.checks import check_text


def check_comment(typed: str) -> str:
    """The text as it will be stored; Invalid naming `text`."""
    checked = check_text("text", typed, limits.COMMENT)
    parsed = text.parse(checked)
    if not text.clean_line(checked):  # nor what only looks empty
        raise Invalid({"text": FieldError("required")})
    if len(parsed.mentions) > limits.MENTIONS:
        raise Invalid({"text": FieldError("too_many", limits.MENTIONS)})
    if len(parsed.tags) > limits.TAGS:
        raise Invalid({"text": FieldError("too_many", limits.TAGS)})
    return checked
