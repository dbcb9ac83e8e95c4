"""Ids are the database's auto-increment: positive, and strings in JSON and in addresses."""

from __future__ import annotations

import re

MAX_ID = 2**63 - 1
_DIGITS = re.compile(r"[1-9][0-9]{0,18}")


def find_id(text: str) -> int | None:
    """The id that a string of a URL or body stands for; None when no id can look like it."""
    if not _DIGITS.fullmatch(text):
        return None
    number = int(text)
    return number if number <= MAX_ID else None
