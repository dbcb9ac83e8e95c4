"""`docs/pictures.md` says what is true: versions, limits and words are those of the code."""

from __future__ import annotations

import re

import pi_heif
import PIL
import pytest
from flask import Flask
from flask_babel import force_locale
from PIL import features

from pigeon.domain import limits
from pigeon.domain.errors import FieldError
from pigeon.web import wording
from tests.harness.environment import ROOT

PAGE = (ROOT / "docs" / "pictures.md").read_text()
LIMITS = {
    "too_large": limits.JPEG_BYTES,
    "too_many_pixels": limits.IMAGE_PIXELS,
    "side_too_long": limits.IMAGE_SIDE,
    "unsupported": limits.JPEG_BITS,
}
CODES = ("bad_format", "unreadable", *LIMITS)


def _words(code: str) -> tuple[str, str]:
    (row,) = re.findall(rf"^\| `{code}` \|(.+)\|$", PAGE, re.MULTILINE)
    _, english, korean, _ = (cell.strip() for cell in row.split("|"))
    return english, korean


@pytest.mark.parametrize("code", CODES)
def test_a_refusal_is_worded_as_on_the_page(app: Flask, code: str) -> None:
    error = FieldError(code, LIMITS.get(code))
    for language, words in zip(("en", "ko"), _words(code), strict=True):
        with app.test_request_context(), force_locale(language):
            said = (
                wording.image_sentence(code)
                if code == "bad_format"
                else wording.field_sentence(error)
            )
        assert said.startswith(words), language


def test_the_versions_are_those_that_read() -> None:
    heif = pi_heif.libheif_info()
    assert f"Pillow {PIL.__version__} " in PAGE
    assert f"pi-heif {pi_heif.__version__} " in PAGE
    assert f"libheif {heif['libheif']}, libde265 {heif['decoders']['libde265'].split()[-1]}" in PAGE
    names = {
        "libjpeg-turbo": "libjpeg_turbo",
        "libwebp": "webp",
        "libavif": "avif",
        "LittleCMS": "littlecms2",
    }
    for name, feature in names.items():
        assert f"{name} {features.version(feature)}" in PAGE


def test_the_limits_are_those_of_the_code() -> None:
    row = next(line for line in PAGE.splitlines() if line.startswith("| **Bytes, pixels**"))
    jpeg, *others = (cell.strip() for cell in row.split("|")[2:-1])
    megabytes, megapixels = limits.JPEG_BYTES >> 20, limits.JPEG_PIXELS // 1_000_000
    assert jpeg == f"{megabytes} MB, {megapixels} megapixels"
    assert set(others) == {f"{limits.IMAGE_BYTES >> 20} MB, {limits.IMAGE_PIXELS // 1_000_000}"}
