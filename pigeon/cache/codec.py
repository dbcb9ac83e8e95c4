"""Frozen dataclasses to JSON bytes and back: what a cache holds, never pickles, never rows."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from functools import cache
from typing import Any, TypeVar, cast

from pydantic import TypeAdapter, ValidationError

T = TypeVar("T")

ABSENT = b"-"
"""Remembers that something does not exist."""


def adapter(shape: Any) -> TypeAdapter[Any]:
    """The compiled reader and writer of a shape."""
    return _adapter(shape)


@cache
def _adapter(shape: Hashable) -> TypeAdapter[Any]:
    return TypeAdapter(cast(Any, shape))


def encode(value: Any, shape: Any) -> bytes:
    """JSON of a value; absence is a value too."""
    return ABSENT if value is None else adapter(shape).dump_json(value)


def decoder(shape: type[T]) -> Callable[[bytes], T]:
    """What reads values of a shape that are not absent; ValueError for those of another version."""
    read: Callable[[bytes], T] = adapter(shape).validator.validate_json
    return read


def decode(data: bytes, shape: type[T]) -> T | None:
    """The value in `data`; ValueError when it was written by another version of the shape."""
    if data == ABSENT:
        return None
    try:
        value: T = adapter(shape).validate_json(data)
    except ValidationError as error:
        raise ValueError(f"not a {shape!r}") from error
    return value
