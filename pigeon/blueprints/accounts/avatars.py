"""Reads the one picture of a multipart body."""

from __future__ import annotations

from typing import Any

from flask import request

from pigeon.domain.errors import FieldError, Invalid, UnsupportedMediaType
from pigeon.domain.media import Upload
from pigeon.services import media
from pigeon.web.parsing import is_multipart


def read_avatar() -> Upload:
    """The uploaded `image`, inspected and kept; TooLarge or Invalid naming it."""
    if not is_multipart():
        raise UnsupportedMediaType
    given = request.files.getlist("image")
    if len(given) != 1:
        raise Invalid({"image": FieldError("too_many", 1) if given else FieldError("required")})
    file: Any = given[0].stream
    (seen,) = media.inspect_all([file], "image")
    return media.keep(file, seen)
