"""What a cache holds is read again as it was, or not at all."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

import pytest

from pigeon.cache import codec


@dataclass(frozen=True, kw_only=True)
class Card:
    id: int
    name: str
    at: datetime


CARD = Card(id=7, name="민지 🕊️", at=datetime(2026, 3, 1, 9, 30, 0, 123_456, tzinfo=UTC))


def test_a_value_comes_back_as_it_was() -> None:
    assert codec.decode(codec.encode(CARD, Card), Card) == CARD
    assert codec.decode(codec.encode([CARD], list[Card]), list[Card]) == [CARD]


def test_absence_is_remembered_and_is_no_json() -> None:
    assert codec.encode(None, Card) == codec.ABSENT
    assert codec.decode(codec.ABSENT, Card) is None
    with pytest.raises(ValueError, match="not a"):
        codec.decode(b"null", Card)


@pytest.mark.parametrize("data", [b"", b"{", b'{"id": 7}', b'{"id": "x", "name": "", "at": 0}'])
def test_what_another_version_wrote_is_refused(data: bytes) -> None:
    with pytest.raises(ValueError, match="not a"):
        codec.decode(data, Card)
