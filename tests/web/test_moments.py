"""Times as people say them: how long ago at first, the date later, in the reader's zone."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from flask_babel import force_locale

from pigeon.web import moments
from pigeon.web.moments import Moment

NOW = datetime(2026, 3, 1, 0, 30, tzinfo=UTC)


def moment(monkeypatch: pytest.MonkeyPatch, language: str, zone: str) -> Moment:
    monkeypatch.setattr(moments, "utc_now", lambda: NOW)
    return Moment.now(language, zone)


@pytest.mark.parametrize(
    ("before", "english", "korean"),
    [
        (timedelta(seconds=-5), "now", "방금"),  # another machine's clock
        (timedelta(seconds=59), "now", "방금"),
        (timedelta(seconds=60), "1m", "1분"),
        (timedelta(minutes=59, seconds=59), "59m", "59분"),
        (timedelta(hours=1), "1h", "1시간"),
        (timedelta(hours=24), "1d", "1일"),
        (timedelta(days=7), "1w", "1주"),
        (timedelta(days=34), "4w", "4주"),
        (timedelta(days=35), "Jan 25", "1월 25일"),
    ],
)
def test_it_is_said_how_long_ago(
    app: Flask, monkeypatch: pytest.MonkeyPatch, before: timedelta, english: str, korean: str
) -> None:
    for language, said in (("en", english), ("ko", korean)):
        with app.test_request_context(), force_locale(language):
            assert moment(monkeypatch, language, "UTC").ago(NOW - before) == said


def test_a_date_of_another_year_says_so(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    at = datetime(2025, 12, 31, 16, 0, tzinfo=UTC)
    with app.test_request_context(), force_locale("en"):
        assert moment(monkeypatch, "en", "UTC").ago(at) == "Dec 31, 2025"


def test_a_time_is_that_of_the_readers_zone(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    with app.test_request_context():
        assert moment(monkeypatch, "ko", "Asia/Seoul").short(NOW) == "2026-03-01 09:30"


def test_a_day_is_called_so_that_it_is_never_out_of_date(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    for language, said in (
        ("en", ["Sunday, March 1", "Wednesday, December 31, 2025"]),
        ("ko", ["3월 1일 일요일", "2025년 12월 31일 수요일"]),
    ):
        with app.test_request_context(), force_locale(language):
            here = moment(monkeypatch, language, "Asia/Seoul")
            days = [here.day(NOW), here.day(NOW - timedelta(days=60))]
            assert [here.day_words(day) for day in days] == said
            assert here.clock(NOW) == "09:30"
