"""The one place that asks what time it is."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def utc_now() -> datetime:
    """Now, aware, in UTC, with microseconds."""
    return datetime.now(UTC)


def ms_of(time: datetime) -> int:
    """Milliseconds since 1970."""
    return (time - EPOCH) // timedelta(milliseconds=1)


def time_of_ms(ms: int) -> datetime:
    return EPOCH + timedelta(milliseconds=ms)


def us_of(time: datetime) -> int:
    """Microseconds since 1970."""
    return (time - EPOCH) // timedelta(microseconds=1)


def time_of_us(us: int) -> datetime:
    return EPOCH + timedelta(microseconds=us)
