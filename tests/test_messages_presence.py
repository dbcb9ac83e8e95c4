"""The judge of presence in the battle for messages: who was said to be gone, and who was gone."""

from __future__ import annotations

import pytest

from tests.harness.messages_presence import LATE_S, Attendance, Span, Told, wrongly_gone

NOW = 1_000.0


@pytest.mark.parametrize(
    ("stays", "is_wrong"),
    [
        ([], False),
        ([(900, NOW)], True),
        ([(900, NOW - 6)], False),
        ([(900, NOW - 4)], True),
        ([(900, NOW - 14), (NOW - 7, NOW)], False),
        ([(900, NOW - 7), (NOW - 4, NOW)], True),
        ([(900, NOW - 30), (NOW - 4 - LATE_S, NOW)], True),
        ([(900, NOW - 7), (910, NOW)], True),
        ([(900, NOW - 20), (NOW - 21, NOW - 6)], False),
        ([(NOW - 4, NOW + 9)], False),
    ],
    ids=[
        "never there",
        "there all the time",
        "gone for six seconds",
        "gone for four seconds",
        "back after seven seconds, and heard late",
        "back after three seconds",
        "back for long",
        "one of two tabs closes",
        "both of two tabs closed",
        "comes back just when it is said",
    ],
)
def test_who_is_said_to_be_gone_was_gone(stays: list[Span], is_wrong: bool) -> None:
    attendance = Attendance(began=NOW - 100)
    attendance.stays["ann"] += stays
    attendance.told.append(Told(device="ben.1", username="ann", at=NOW))
    assert bool(list(wrongly_gone(attendance))) == is_wrong


def test_who_comes_and_goes_is_there_meanwhile() -> None:
    attendance = Attendance()
    attendance.come("ann", "ann.1")
    attendance.come("ann", "ann.2")
    attendance.go("ann", "ann.1")
    assert attendance.is_there("ann")
    attendance.go("ann", "ann.2")
    attendance.go("ann", "ann.2")
    assert not attendance.is_there("ann")
    assert len(attendance.spans("ann")) == 2
