"""Numbers are short, in both languages."""

from __future__ import annotations

import pytest

from pigeon.web.numbers import compact


@pytest.fixture(autouse=True)
def request_context(app):
    with app.test_request_context():
        yield


@pytest.mark.parametrize(
    ("number", "english", "korean"),
    [
        (0, "0", "0"),
        (9_999, "9,999", "9,999"),
        (10_000, "10K", "1만"),
        (12_345, "12.3K", "1.2만"),
        (999_999, "999.9K", "99.9만"),
        (1_200_000, "1.2M", "120만"),
        (123_456_789, "123.4M", "1.2억"),
    ],
)
def test_numbers_are_short(number: int, english: str, korean: str) -> None:
    assert (compact(number, "en"), compact(number, "ko")) == (english, korean)
