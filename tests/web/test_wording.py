"""Each code has a sentence of its own, in both languages."""

from __future__ import annotations

import pytest
from flask import Flask
from flask_babel import force_locale

from pigeon.domain import errors
from pigeon.domain.errors import Conflict, DomainError, FieldError
from pigeon.web import wording

FALLBACK = "Something went wrong on our side."
RAISED = sorted(
    value.code
    for value in vars(errors).values()
    if isinstance(value, type) and issubclass(value, DomainError)
    if value.code not in (DomainError.code, Conflict.code)  # these are raised with another one
)


@pytest.mark.parametrize("code", RAISED)
def test_every_error_of_the_domain_has_a_sentence(app: Flask, code: str) -> None:
    with app.test_request_context():
        english = wording.error_sentence(code)
        with force_locale("ko"):
            korean = wording.error_sentence(code)
    assert english != FALLBACK and english.isascii()
    assert korean != english


def test_an_unknown_code_is_our_fault(app: Flask) -> None:
    with app.test_request_context():
        assert wording.error_sentence("made_by_a_newer_process") == FALLBACK


@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        (FieldError("too_long", 2_200), "At most 2,200 characters fit here."),
        (FieldError("too_short", 8), "At least 8 characters are needed."),
        (FieldError("too_large", 30 * 1024 * 1024), "This file is larger than 30 MB."),
        (FieldError("too_many_pixels", 64_000_000), "This picture has more than 64 megapixels."),
        (
            FieldError("side_too_long", 20_000),
            "This picture has a side of more than 20,000 pixels.",
        ),
        (
            FieldError("unsupported", 8),
            "Only JPEGs of 8 bits a channel are read here: save it as an ordinary one.",
        ),
    ],
)
def test_a_limit_is_named(app: Flask, error: FieldError, sentence: str) -> None:
    with app.test_request_context():
        assert wording.field_sentence(error) == sentence


def test_the_same_code_says_of_each_field_what_to_do(app: Flask) -> None:
    error = FieldError("bad_format")
    with app.test_request_context():
        said = wording.field_sentences({"password": error, "images.0": error, "link": error})
    assert len(set(said.values())) == 3
    assert "several words" in said["password"] and "JPEG" in said["images.0"]
