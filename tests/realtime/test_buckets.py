"""Token buckets: so much at once, and so fast again."""

from __future__ import annotations

import pytest

from pigeon.realtime import buckets
from pigeon.realtime.buckets import Bucket, Buckets


@pytest.fixture
def wait(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The clock of the buckets; `wait[0] += 2` lets two seconds pass."""
    clock = [1_000.0]
    monkeypatch.setattr(buckets.time, "monotonic", lambda: clock[0])
    return clock


def test_it_is_full_at_first_and_fills_again_to_its_size(wait: list[float]) -> None:
    bucket = Bucket(2, per_s=0.5)
    assert [bucket.take() for _ in range(3)] == [True, True, False]
    wait[0] += 1.9
    assert not bucket.take()
    wait[0] += 0.2
    assert bucket.take() and not bucket.take()
    wait[0] += 3_600
    assert bucket.is_full
    assert [bucket.take() for _ in range(3)] == [True, True, False]


def test_each_key_has_its_own(wait: list[float]) -> None:
    some = Buckets(1, per_s=1)
    assert some.take("ann") and some.take("ben")
    assert not some.take("ann")


def test_of_many_only_those_are_kept_that_are_not_full(
    wait: list[float], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(buckets, "KEPT", 3)
    some = Buckets(1, per_s=0.1)
    for key in range(3):
        some.take(key)
    wait[0] += 60
    assert some.take("empty again") and some.take("new")
    assert not some.take("empty again"), "it is remembered"
    assert len(some._by_key) <= 3
