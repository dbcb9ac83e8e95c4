"""Reads the parts of a new post, from JSON or multipart, for the page and for the call."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from flask import request

from pigeon.domain.errors import FieldError, Invalid
from pigeon.domain.limits import IDEMPOTENCY_KEY, POST_IMAGES
from pigeon.domain.posts import Post
from pigeon.services import media, posts
from pigeon.web.parsing import (
    Body,
    check_form_names,
    is_multipart,
    read_form,
    read_json,
    read_texts,
)

KEY = re.compile(rf"[!-~]{{1,{IDEMPOTENCY_KEY}}}")


class NewPostBody(Body):
    caption: str = ""


@dataclass(frozen=True, kw_only=True)
class NewPost:
    caption: str
    alts: list[str]
    files: list[Any]


def read_new_post() -> NewPost:
    """Caption, alt texts and files as they were sent; nothing is checked yet."""
    if not is_multipart():
        return NewPost(caption=read_json(NewPostBody).caption, alts=[], files=[])
    check_form_names("caption", "images[]", "alts[]", "idempotency_key")
    caption = read_form("caption")["caption"]
    parts, alts = request.files.getlist("images[]"), read_texts("alts[]")
    if len(parts) == len(alts):
        # A form without scripts sends every row; a row where no file was chosen is none.
        alts = [alt for part, alt in zip(parts, alts, strict=True) if part.filename]
    files = [part.stream for part in parts if part.filename]
    return NewPost(caption=caption, alts=alts, files=files)


def read_key(given: str) -> str:
    """An idempotency key; Invalid when it is not 1-64 visible ASCII characters."""
    if given and not KEY.fullmatch(given):
        raise Invalid({"idempotency_key": FieldError("bad_format", IDEMPOTENCY_KEY)})
    return given


def create(author_id: int, new: NewPost, key: str) -> Post:
    """Check everything, then keep the files and store the post; the same key, the same post."""
    inspected = _inspect(new)
    caption, alts = posts.check_new(new.caption, new.alts, len(new.files))
    mark = ""
    if key:
        mark = posts.fingerprint(caption, [media.digest(file) for file in new.files], alts)
        answered = posts.find_answer(author_id, key, mark)
        if answered is not None:
            return answered
    uploads = [
        media.keep(file, seen, alt)
        for file, seen, alt in zip(new.files, inspected, alts, strict=True)
    ]
    return posts.create(author_id, caption, uploads, key=key, mark=mark)


def _inspect(new: NewPost) -> list[Any]:
    """What the files are; their faults and those of the texts are named together."""
    if len(new.files) > POST_IMAGES:
        posts.check_new(new.caption, new.alts, len(new.files))
    try:
        return media.inspect_all(new.files, "images")
    except Invalid as error:
        raise Invalid(error.fields | _faults(new)) from error


def _faults(new: NewPost) -> dict[str, FieldError]:
    try:
        posts.check_new(new.caption, new.alts, len(new.files))
    except Invalid as error:
        return error.fields
    return {}
