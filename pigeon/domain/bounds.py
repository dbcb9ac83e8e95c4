"""What is too much of a text to be looked at, told before anything reads it.

Normalising sorts every run of combining marks, which costs the square of its length: 50 KB of marks
are a second, 500 KB stall a worker. (CPython 3.14.10 sorts them faster; 3.11.2 does not.) So each
door asks here first, and here nothing is costly.
"""

from __future__ import annotations

import unicodedata

from pigeon.domain.errors import FieldError, Invalid

MARKS = 30
"""Combining marks in a row; no script writes half as many above and below one letter."""
SLACK = 1_000


def is_excessive(text: str, limit: int) -> bool:
    """Whether the text is far beyond its limit, or holds more marks in a row than any script.

    `limit` counts code points as they are stored; Hangul may come in as three times as many, so
    this is no check of the limit itself.
    """
    return len(text) > _most(limit) or has_long_run(text)


def check(name: str, text: str, limit: int) -> None:
    """Invalid naming the field, whatever else may be wrong with the text."""
    if is_excessive(text, limit):
        raise Invalid({name: FieldError("too_long", limit)})


def shorten(text: str, limit: int) -> str:
    """As much of a refused text as a form shows again."""
    return text[: _most(limit)]


def has_long_run(text: str) -> bool:
    """Whether more than 30 combining marks follow each other.

    Of 31 in a row one stands at a multiple of 31: only there is more than one character read.
    """
    step = MARKS + 1
    return any(
        _is_mark(text[at]) and _run(text, at) > MARKS for at in range(MARKS, len(text), step)
    )


def thin(text: str) -> str:
    """The text with no more than 30 marks in a row, where dropping others has joined more."""
    if not has_long_run(text):
        return text
    kept: list[str] = []
    marks = 0
    for char in text:
        marks = marks + 1 if _is_mark(char) else 0
        if marks <= MARKS:
            kept.append(char)
    return "".join(kept)


def _run(text: str, at: int) -> int:
    """How many marks stand together around this one; 31 when they are more."""
    first, end = at, at + 1
    while first > 0 and end - first <= MARKS and _is_mark(text[first - 1]):
        first -= 1
    while end < len(text) and end - first <= MARKS and _is_mark(text[end]):
        end += 1
    return end - first


def _is_mark(char: str) -> bool:
    return unicodedata.category(char)[0] == "M"


def _most(limit: int) -> int:
    return 4 * limit + SLACK
