"""Requests into plain values; every fault of a body is named at once."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from itertools import accumulate, islice
from typing import Any, ClassVar, TypeVar

from flask import request
from pydantic import BaseModel, ConfigDict, ValidationError
from werkzeug.exceptions import RequestEntityTooLarge

from pigeon.domain import limits
from pigeon.domain.errors import (
    FieldError,
    Invalid,
    Malformed,
    NotFound,
    TooLarge,
    UnsupportedMediaType,
)
from pigeon.domain.ids import find_id
from pigeon.domain.page import PageRequest, read_cursor, read_place
from pigeon.web import texts
from pigeon.web.texts import Typed

ESCAPED = re.compile(r'\\[\\"]')
MARKS = re.compile(r'[\[\]{},]|"[^"]*(?:"|\Z)')
"""What opens, closes and separates values; a string, also one without an end, is passed over."""
STEPS = {"[": 1, "{": 1, "]": -1, "}": -1}
PYDANTIC_CODES = {"missing": "required", "extra_forbidden": "unknown"}
KEY = re.compile(rf"[!-~]{{1,{limits.IDEMPOTENCY_KEY}}}")
"""An idempotency key."""
NAMED = 50
"""Unknown fields that a refusal names, however many there are."""


class Body(BaseModel):
    """Base of request bodies: an unknown field is refused, nothing is coerced."""

    model_config = ConfigDict(extra="forbid", strict=True)

    LIMITS: ClassVar[Mapping[str, int]] = texts.NO_LIMITS
    """Code points of its fields that differ from others of their name: a story's `text`."""

    def given(self) -> dict[str, Any]:
        """Only the fields that the request named: what a PATCH changes."""
        return self.model_dump(exclude_unset=True)


B = TypeVar("B", bound=Body)
T = TypeVar("T")


def read_json(shape: type[B]) -> B:
    """The JSON body; 415, 400 or Invalid naming each field at fault."""
    if not request.is_json:
        raise UnsupportedMediaType
    return check_shape(_decode(_body()), shape)


def check_shape(value: Any, shape: type[B]) -> B:
    """The object as what it should be; Invalid naming each field at fault."""
    if not isinstance(value, dict):
        raise Malformed
    fields = shape.model_fields
    unknown = islice((name for name in value if name not in fields), NAMED)
    faults = {str(name)[: texts.NAME]: FieldError("unknown") for name in unknown}
    faults |= texts.find_faults(value, fields, shape.LIMITS)
    try:
        checked = shape.model_validate({name: value[name] for name in fields if name in value})
    except ValidationError as error:
        raise Invalid(_faults_of(error) | faults) from error
    if faults:
        raise Invalid(faults)
    return checked


def _faults_of(error: ValidationError) -> dict[str, FieldError]:
    return {
        ".".join(str(part)[: texts.NAME] for part in fault["loc"]): FieldError(
            PYDANTIC_CODES.get(fault["type"], "bad_format")
        )
        for fault in error.errors(include_url=False, include_context=False, include_input=False)
    }


def read_form(*names: str, own: Mapping[str, int] = texts.NO_LIMITS) -> Typed:
    """The named text fields of a form, "" where missing; Malformed when one is there twice.

    `own` are the limits that differ from those of other fields of the same name.
    """
    form = _form()
    if any(len(form.getlist(name)) > 1 for name in names):
        raise Malformed
    return Typed({name: _checked(form.get(name, "")) for name in names}, own)


def read_texts(name: str) -> list[str]:
    """Every value of a repeated form field, in order; services check each by itself."""
    return [_checked(text) for text in _form().getlist(name)]


def read_object(name: str, shape: type[B]) -> B:
    """A form field that holds a JSON object, "" for an empty one; Invalid naming the field."""
    text = read_form(name)[name]
    try:
        return check_shape(_decode(text.encode()) if text else {}, shape)
    except (Invalid, Malformed) as error:
        raise Invalid({name: FieldError("bad_format")}) from error


def read_switch(name: str) -> bool:
    """A checkbox: its value is `true`, and it is not sent when it is off; else Invalid."""
    value = read_form(name)[name]
    if value not in ("", "true"):
        raise Invalid({name: FieldError("bad_format")})
    return value == "true"


def check_form_names(*known: str) -> None:
    """Invalid naming each part of a multipart body that the call does not know."""
    unknown = ({*_form(), *request.files} - set(known)) - {"csrf_token"}
    if unknown:
        shown = {_checked(name)[: texts.NAME] for name in unknown}
        raise Invalid({name: FieldError("unknown") for name in sorted(shown)})


def read_files(name: str) -> list[Any]:
    """Every file of a repeated part, without those where none was chosen; Invalid for a text."""
    if name in _form():
        raise Invalid({name.removesuffix("[]"): FieldError("bad_format")})
    return request.files.getlist(name)


def is_multipart() -> bool:
    return request.mimetype == "multipart/form-data"


def read_id(text: str) -> int:
    """The id in a path; NotFound when none can look like it."""
    found = find_id(text)
    if found is None:
        raise NotFound
    return found


def read_page(kind: str, *, default: int = limits.PAGE_DEFAULT) -> PageRequest:
    """`before` and `limit` of the list named `kind`; Invalid naming what is wrong of them."""
    before, limit = _read_page(lambda cursor: read_cursor(kind, cursor), default)
    return PageRequest(kind=kind, before=before, limit=limit)


def read_ranked_page(kind: str, *, default: int = limits.PAGE_DEFAULT) -> PageRequest:
    """The same of a list whose places are no numbers."""
    place, limit = _read_page(lambda cursor: read_place(kind, cursor), default)
    return PageRequest(kind=kind, place=place, limit=limit)


def _read_page(read: Callable[[str], T], default: int) -> tuple[T | None, int]:
    before = request.args.get("before")
    faults: dict[str, FieldError] = {}
    position = None
    try:
        position = None if before is None else read(texts.check("before", before))
    except Invalid as error:
        faults |= error.fields
    wanted = read_limit(default=default, most=limits.PAGE_MAX, faults=faults)
    if faults:
        raise Invalid(faults)
    return position, wanted


def read_limit(*, default: int, most: int, faults: dict[str, FieldError]) -> int:
    """`limit` of a list with bounds of its own; what is wrong of it is put into `faults`."""
    text = request.args.get("limit")
    wanted = default if text is None else find_id(text)
    if wanted is None or wanted > most:
        faults["limit"] = FieldError("bad_format", most)
    return wanted or default


def _body() -> bytes:
    try:
        return request.get_data(cache=True)
    except RequestEntityTooLarge as error:
        raise TooLarge from error


def _form() -> Any:
    try:
        return request.form
    except RequestEntityTooLarge as error:
        raise TooLarge from error


def _decode(data: bytes) -> Any:
    try:
        text = data.decode("utf-8-sig")
        _check_extent(text)
        value = json.loads(text, object_pairs_hook=_unique, parse_constant=_refuse)
    except (ValueError, RecursionError) as error:
        raise Malformed from error
    check_texts(value)
    return value


def _check_extent(text: str) -> None:
    """Bound nesting and number of values before they cost anything.

    Where there are fewer marks than may be nested, nobody has to look where they stand. Otherwise
    escaped backslashes and quotes go first: the end of a string is then the next quote.
    """
    if _has_few(text, limits.JSON_DEPTH):
        return
    plain = ESCAPED.sub("", text) if "\\" in text else text
    marks = islice(MARKS.finditer(plain), limits.JSON_MARKS + 1)
    steps = [STEPS.get(found[0], 0) for found in marks]
    if max(accumulate(steps), default=0) > limits.JSON_DEPTH:
        raise Malformed
    if len(steps) > limits.JSON_MARKS:
        raise TooLarge


def _has_few(text: str, most: int) -> bool:
    """Whether marks, also those within strings, occur at most so often; as far as that is known."""
    for mark in ',"[{]}':  # what there is most of comes first
        at = text.find(mark)
        while at >= 0:
            most -= 1
            if most < 0:
                return False
            at = text.find(mark, at + 1)
    return True


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    if len({name for name, _ in pairs}) != len(pairs):
        raise ValueError("duplicate keys")
    return dict(pairs)


def _refuse(constant: str) -> Any:
    raise ValueError(constant)


def check_texts(value: Any) -> None:
    """Malformed for what no text holds, in names and values, however deep.

    Without recursion, which would end before the parser's.
    """
    waiting = [value]
    while waiting:
        found = waiting.pop()
        if isinstance(found, str):
            _checked(found)
        elif isinstance(found, list):
            waiting.extend(found)
        elif isinstance(found, dict):
            waiting.extend((*found, *found.values()))


def _checked(text: str) -> str:
    """Refuse what no text of a person holds: NUL and lone surrogates."""
    if "\0" in text:
        raise Malformed
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise Malformed from error
    return text


def read_query(name: str) -> str:
    """A text of the query string, "" when it is missing; Invalid when it is far too long."""
    return texts.check(name, _checked(request.args.get(name, "")))


def read_shown(name: str) -> str:
    """As much of it as a page shows again, whether it is refused or not."""
    return texts.shorten(name, _checked(request.args.get(name, "")))


def read_queries(name: str) -> list[str]:
    """Every value of a repeatable parameter."""
    return [texts.check(name, _checked(text)) for text in request.args.getlist(name)]


def read_key() -> str:
    """The idempotency key of the header, "" without one; its form is not yet checked."""
    return texts.check("idempotency_key", request.headers.get("Idempotency-Key", ""))
