"""Lists are read by pages: a cursor says where the page before ended."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from pigeon.domain import limits
from pigeon.domain.errors import FieldError, Invalid

T = TypeVar("T")
U = TypeVar("U")


@dataclass(frozen=True)
class Page(Generic[T]):
    """Some items and the cursor of what follows; `next` is None on the last page."""

    items: list[T]
    next: str | None

    def map(self, change: Callable[[list[T]], list[U]]) -> Page[U]:
        """The same page with its items hydrated all at once."""
        return Page(items=change(self.items), next=self.next)


@dataclass(frozen=True, kw_only=True)
class PageRequest:
    """Which part of a list is wanted: `before` is the last id of the page before.

    `kind` names the list, its owner included: a cursor of another list is refused.
    """

    kind: str = ""
    before: int | None = None
    place: str | None = None
    """Instead of `before`, where one number cannot tell it."""
    limit: int = limits.PAGE_DEFAULT


def write_cursor(kind: str, position: int) -> str:
    """An opaque cursor that only the list named `kind` will read again."""
    return _wrap(f"{kind}:{position}")


def write_place(kind: str, place: str) -> str:
    """The same, of a place that is no number."""
    return _wrap(json.dumps([kind, place], ensure_ascii=False))


def _wrap(text: str) -> str:
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def read_cursor(kind: str, cursor: str) -> int:
    """The position in a cursor; Invalid naming `before` when it is not one of this list."""
    name, _, position = _unwrap(cursor).rpartition(":")
    number = int(position) if _is_number(position) else -1
    if name != kind or not 0 <= number < 2**63:
        raise _unreadable()
    return number


def read_place(kind: str, cursor: str) -> str:
    """The same, of a place that is no number."""
    try:
        name, place = json.loads(_unwrap(cursor))
    except (ValueError, TypeError, RecursionError) as error:
        raise _unreadable() from error
    if name != kind or not isinstance(place, str):
        raise _unreadable()
    return place


def _unwrap(cursor: str) -> str:
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        return base64.b64decode(padded, altchars=b"-_", validate=True).decode()
    except (binascii.Error, ValueError) as error:
        raise _unreadable() from error


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 20


def _unreadable() -> Invalid:
    return Invalid({"before": FieldError("bad_format")})


def cut(rows: Sequence[T], request: PageRequest, position: Callable[[T], int]) -> Page[T]:
    """A page out of rows that were read with one more than its limit."""
    items = list(rows[: request.limit])
    more = len(rows) > request.limit
    return Page(items=items, next=write_cursor(request.kind, position(items[-1])) if more else None)
