"""Reads a new story, from JSON or multipart, for the page and for the call."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from pigeon.domain import limits
from pigeon.domain.errors import FieldError, Invalid
from pigeon.domain.media import Upload
from pigeon.domain.stories import Story
from pigeon.services.media import uploads
from pigeon.services.stories import checks, stories
from pigeon.services.stories.checks import NewStory
from pigeon.web.parsing import (
    KEY,
    Body,
    check_form_names,
    is_multipart,
    read_files,
    read_form,
    read_json,
    read_object,
)

PARTS = {"image": "binary", "text": "string", "alt": "string", "text_style": "string"}


class TextStyleBody(Body):
    """Where the middle of the text stands, and how it looks; what is missing is as usual."""

    x: float = 0.5
    y: float = 0.5
    size: str = "m"
    color: str = "#ffffff"
    background: str | None = None


class NewStoryBody(Body):
    LIMITS = {"text": limits.STORY_TEXT}

    text: str = ""
    alt: str = ""
    text_style: TextStyleBody = TextStyleBody()


@dataclass(frozen=True, kw_only=True)
class Sent:
    """A new story as it was sent; nothing is checked yet but its style's names."""

    new: NewStory
    file: Any | None
    key: str


def read_new(key: str) -> Sent:
    """`key` is the idempotency key of the header."""
    if not is_multipart():
        body = read_json(NewStoryBody)
        return Sent(new=_new(body.text, body.alt, body.text_style), file=None, key=key)
    check_form_names(*PARTS)
    typed = read_form("text", "alt", own=NewStoryBody.LIMITS)
    style = read_object("text_style", TextStyleBody)
    files = [part.stream for part in read_files("image") if part.filename]
    if len(files) > 1:
        raise Invalid({"image": FieldError("too_many", 1)})
    new = _new(typed.sent["text"], typed.sent["alt"], style)
    return Sent(new=new, file=files[0] if files else None, key=key)


def _new(text: str, alt: str, style: TextStyleBody) -> NewStory:
    return NewStory(text=text, alt=alt, style=style.given())


def create(author_id: int, sent: Sent) -> Story:
    """Check everything, then keep the file and store the story; the same key, the same story."""
    faults: dict[str, FieldError] = {}
    seen = None
    if sent.file is not None:
        try:
            (seen,) = uploads.inspect_all([sent.file], "image")
        except Invalid as error:
            faults |= error.fields
    if sent.key and not KEY.fullmatch(sent.key):
        faults["idempotency_key"] = FieldError("bad_format")
    try:
        said, alt, style = checks.check_new(sent.new, has_image=sent.file is not None)
    except Invalid as error:
        raise Invalid(faults | error.fields) from error
    if faults:
        raise Invalid(faults)
    mark = ""
    if sent.key:
        digest = uploads.digest(sent.file) if sent.file is not None else ""
        mark = checks.fingerprint(said, alt, style, digest)
        answered = stories.find_answer(author_id, sent.key, mark)
        if answered is not None:
            return answered
    upload: Upload | None = None
    if sent.file is not None and seen is not None:
        upload = uploads.keep(sent.file, seen, alt)
    return stories.create(author_id, said, style, upload, key=sent.key, mark=mark)
