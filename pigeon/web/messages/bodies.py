"""Reads a new message, from JSON or multipart, for the page and for the call."""

from __future__ import annotations

from hashlib import sha256
from typing import Any

from pigeon.domain import limits
from pigeon.domain.errors import FieldError, Invalid, UnsupportedMediaType
from pigeon.domain.ids import find_id
from pigeon.domain.media import Upload
from pigeon.services.media import uploads
from pigeon.services.messages.checks import Content, id_faults
from pigeon.services.users.checks import check_text
from pigeon.web.parsing import (
    Body,
    check_form_names,
    is_multipart,
    read_files,
    read_form,
    read_json,
)

MESSAGE_PARTS = {"image": "binary", "alt": "string", "client_msg_id": "string"}
TEXT_LIMITS = {"text": limits.MESSAGE}
PICTURE_PARTS = {"image": "binary", "alt": "string"}


class AddMessageBody(Body):
    """One of `text`, `image` (of `POST /media`) and `post_id`."""

    LIMITS = TEXT_LIMITS

    text: str = ""
    image: str | None = None
    post_id: str | None = None
    client_msg_id: str = ""

    @property
    def content(self) -> Content:
        """Invalid naming `image` or `post_id` when no id can look like it, and the client's id."""
        faults: dict[str, FieldError] = {}
        ids: dict[str, int | None] = {}
        for name in ("image", "post_id"):
            text = getattr(self, name)
            ids[name] = find_id(text) if text is not None else None
            if text is not None and ids[name] is None:
                faults[name] = FieldError("unknown")
        if faults:
            raise Invalid(faults | id_faults(self.client_msg_id))
        return Content(text=self.text, media_id=ids["image"], post_id=ids["post_id"])


def id_of(page_id: str, *said: str) -> str:
    """The id of a page and what is sent from it become the id of the message, "" without one.

    A form sent twice is one message; other words from the same page, after Back, are another.
    """
    return sha256(" ".join((page_id, *said)).encode()).hexdigest() if page_id else ""


def read_new() -> tuple[Content, str]:
    """What is said, and the client's id for it."""
    if not is_multipart():
        body = read_json(AddMessageBody)
        return body.content, body.client_msg_id
    check_form_names(*MESSAGE_PARTS)
    client_msg_id = read_form("client_msg_id")["client_msg_id"]
    return Content(upload=_read_upload(id_faults(client_msg_id))), client_msg_id


def read_picture() -> Upload:
    """The uploaded `image`, inspected and kept; TooLarge or Invalid naming what is at fault."""
    if not is_multipart():
        raise UnsupportedMediaType
    check_form_names(*PICTURE_PARTS)
    return _read_upload({})


def _read_upload(faults: dict[str, FieldError]) -> Upload:
    """A file is kept only when nothing else is wrong, so that nothing is left behind."""
    files: list[Any] = [part.stream for part in read_files("image") if part.filename]
    alt, seen = "", None
    try:
        alt = check_text("alt", read_form("alt")["alt"], limits.ALT)
    except Invalid as error:
        faults |= error.fields
    if len(files) != 1:
        faults["image"] = FieldError("too_many", 1) if files else FieldError("required")
    else:
        try:
            (seen,) = uploads.inspect_all(files, "image")
        except Invalid as error:
            faults |= error.fields
    if faults or seen is None:
        raise Invalid(faults)
    return uploads.keep(files[0], seen, alt)
