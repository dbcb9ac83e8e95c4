"""Values that never go back, seen by many at many moments."""

from __future__ import annotations

from collections.abc import Iterator

Told = tuple[float, int, str]
"""A moment, a value, and what it was of."""


def never_back(
    moments: list[tuple[float, float | None, int, str]], said: str, *, is_strict: bool
) -> Iterator[str]:
    """Of (beginning, end, value, name): what began later has a value that is not lower."""
    over = [(ended, value, name) for _, ended, value, name in moments if ended is not None]
    begun = [(began, value, name) for began, _, value, name in moments]
    yield from never_behind(begun, over, said, is_strict=is_strict)


def never_behind(
    begun: list[Told], over: list[Told], said: str, *, is_strict: bool
) -> Iterator[str]:
    """What began has no value below those that were over before."""
    over = sorted(over)
    highest, highest_name, passed = -1, "", 0
    for began, value, name in sorted(begun, key=lambda moment: moment[0]):
        while passed < len(over) and over[passed][0] < began:
            if over[passed][1] > highest:
                _, highest, highest_name = over[passed]
            passed += 1
        if value < highest or (is_strict and value == highest):
            yield f"{name} at {value} {said} {highest_name} at {highest}"
