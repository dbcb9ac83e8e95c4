"""What a message must be before it is stored."""

from __future__ import annotations

import re
from dataclasses import dataclass

from pigeon.domain import limits, text
from pigeon.domain.errors import FieldError, Invalid
from pigeon.domain.media import Upload
from pigeon.services.users.checks import check_text

_CLIENT_MSG_ID = re.compile(r"[A-Za-z0-9_-]+")


@dataclass(frozen=True, kw_only=True)
class Content:
    """What somebody says: exactly one of these. `media_id` is a picture that was sent before.

    What answers a story is a text, of a reaction one emoji; whoever names the story has checked it.
    """

    text: str = ""
    upload: Upload | None = None
    media_id: int | None = None
    post_id: int | None = None
    story_id: int | None = None
    is_reaction: bool = False
    is_thread_open: bool = True
    """Whether the writer sees what came before, which is read then; not from a post's menu."""


def check(content: Content, client_msg_id: str) -> str:
    """The text as it will be stored; Invalid names every field at fault."""
    faults = id_faults(client_msg_id)
    try:
        checked = check_text("text", content.text, limits.MESSAGE)
    except Invalid as error:
        raise Invalid(faults | error.fields) from error
    said = checked if text.clean_line(checked) else ""  # nor what only looks empty
    things = [said or None, content.upload, content.media_id, content.post_id]
    count = sum(thing is not None for thing in things)
    if count != 1:
        faults["text"] = FieldError("too_many", 1) if count else FieldError("required")
    if faults:
        raise Invalid(faults)
    return said


def id_faults(client_msg_id: str) -> dict[str, FieldError]:
    """What is wrong of it, by the name of its field; {} when nothing is."""
    if not client_msg_id:
        return {"client_msg_id": FieldError("required")}
    if len(client_msg_id) > limits.CLIENT_MSG_ID:
        return {"client_msg_id": FieldError("too_long", limits.CLIENT_MSG_ID)}
    if not _CLIENT_MSG_ID.fullmatch(client_msg_id):
        return {"client_msg_id": FieldError("bad_format")}
    return {}
