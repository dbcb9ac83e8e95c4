"""Reads the one picture of a multipart body."""

from __future__ import annotations

from typing import Any

from pigeon.domain.errors import FieldError, Invalid, UnsupportedMediaType
from pigeon.domain.media import Upload
from pigeon.services.media import media, uploads
from pigeon.web.parsing import is_multipart, read_files, read_form


def read_avatar() -> Upload:
    """The uploaded `image`, inspected and kept; TooLarge or Invalid naming it and `crop`."""
    if not is_multipart():
        raise UnsupportedMediaType
    files: list[Any] = [part.stream for part in read_files("image") if part.filename]
    faults = _crop_faults()
    seen = None
    if len(files) == 1:
        try:
            (seen,) = uploads.inspect_all(files, "image")
        except Invalid as error:
            faults |= error.fields
    else:
        faults["image"] = FieldError("too_many", 1) if files else FieldError("required")
    if faults or seen is None:
        raise Invalid(faults)
    return uploads.keep(files[0], seen)


def _crop_faults() -> dict[str, FieldError]:
    try:
        media.parse_crop(read_form("crop")["crop"])
    except Invalid as error:
        return error.fields
    return {}
