"""So many in so many seconds, counted for each; what proved harmless is given back."""

from __future__ import annotations

import pytest
from flask import Flask

from pigeon.domain.errors import TooMany
from pigeon.services import rates

pytestmark = pytest.mark.env(RATE_LIMITS="on")


def hit(key: str = "ann") -> None:
    rates.hit("test", key, 2, 60)


def test_one_too_many_is_told_how_long_to_wait(app: Flask) -> None:
    hit()
    hit()
    with pytest.raises(TooMany) as refused:
        hit()
    assert 1 <= refused.value.retry_after_s <= 61
    hit("ben")


def test_asking_counts_nothing(app: Flask) -> None:
    for _ in range(5):
        rates.check("test", "ann", 2, 60)
    hit()
    hit()
    with pytest.raises(TooMany):
        rates.check("test", "ann", 2, 60)


def test_what_is_given_back_may_be_had_again(app: Flask) -> None:
    hit()
    hit()
    rates.give_back("test", "ann", 2, 60)
    hit()
    with pytest.raises(TooMany):
        hit()


@pytest.mark.env(RATE_LIMITS="off")
def test_switched_off_nobody_is_refused(app: Flask) -> None:
    for _ in range(5):
        hit()
    rates.check("test", "ann", 2, 60)
