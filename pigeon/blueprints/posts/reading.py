"""Reads the parts of a new post, from JSON or multipart, for the page and for the call."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from pigeon.domain.errors import FieldError, Invalid
from pigeon.domain.limits import IDEMPOTENCY_KEY, POST_IMAGES
from pigeon.domain.posts import Post
from pigeon.services.media import uploads
from pigeon.services.posts import checks, posts
from pigeon.web.parsing import (
    KEY,
    Body,
    check_form_names,
    is_multipart,
    read_files,
    read_form,
    read_json,
    read_texts,
)


class NewPostBody(Body):
    caption: str = ""


@dataclass(frozen=True, kw_only=True)
class NewPost:
    """What was sent; `rows` are the places of the files in the form, empty ones counted."""

    caption: str
    key: str
    alts: list[str]
    files: list[Any]
    rows: list[int]


def read_new_post(key: str | None = None) -> NewPost:
    """Caption, alt texts and files as they were sent; nothing is checked yet.

    `key` is the idempotency key of the header; a page sends it as a field.
    """
    if not is_multipart():
        caption = read_json(NewPostBody).caption
        return NewPost(caption=caption, key=key or "", alts=[], files=[], rows=[])
    in_form = () if key is not None else ("idempotency_key",)
    check_form_names("caption", "images[]", "alts[]", *in_form)
    typed = read_form("caption", *in_form)
    parts, alts = read_files("images[]"), read_texts("alts[]")
    rows = [row for row, part in enumerate(parts) if part.filename]
    if len(parts) == len(alts):
        # A form without scripts sends every row; a row where no file was chosen is none.
        alts = [alts[row] for row in rows]
    return NewPost(
        caption=typed.sent["caption"],
        key=typed.sent.get("idempotency_key", key or ""),
        alts=alts,
        files=[parts[row].stream for row in rows],
        rows=rows,
    )


def create(author_id: int, new: NewPost) -> Post:
    """Check everything, then keep the files and store the post; the same key, the same post."""
    inspected, caption, alts = _check(new)
    mark = ""
    if new.key:
        mark = checks.fingerprint(caption, [uploads.digest(file) for file in new.files], alts)
        answered = posts.find_answer(author_id, new.key, mark)
        if answered is not None:
            return answered
    kept = uploads.keep_all(new.files, inspected, alts)
    return posts.create(author_id, caption, kept, key=new.key, mark=mark)


def _check(new: NewPost) -> tuple[list[Any], str, list[str]]:
    """What the files are, caption and alt texts; the faults of all are named together."""
    inspected: list[Any] = []
    caption, alts = "", new.alts
    faults: dict[str, FieldError] = {}
    try:
        inspected = uploads.inspect_all(new.files[:POST_IMAGES], "images")
    except Invalid as error:
        faults |= error.fields
    try:
        caption, alts = checks.check_new(new.caption, new.alts, len(new.files))
    except Invalid as error:
        faults |= error.fields
    if new.key and not KEY.fullmatch(new.key):
        faults["idempotency_key"] = FieldError("bad_format", IDEMPOTENCY_KEY)
    if faults:
        raise Invalid(faults)
    return inspected, caption, alts
