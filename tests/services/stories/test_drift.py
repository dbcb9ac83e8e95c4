"""A clock that is not the database's is an alarm: stories would end at the wrong moment."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from prometheus_client import REGISTRY
from structlog.testing import capture_logs

from pigeon.domain.clock import utc_now
from pigeon.extensions import db
from pigeon.services import readiness
from pigeon.services.stories import clock, drift


@pytest.fixture
def off_by(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Callable[[float], None]:
    """`off_by(0.6)`: our clock is so far ahead of the database's."""
    app.extensions.pop("clock_alarm", None)

    def move(seconds: float) -> None:
        monkeypatch.setattr(drift, "utc_now", lambda: utc_now() + timedelta(seconds=seconds))

    return move


def alarms(call: Callable[[], object]) -> list[Any]:
    with capture_logs() as lines:
        call()
    return [line for line in lines if line["event"] == "clock_drifts"]


@pytest.mark.both_databases
def test_two_clocks_that_agree_are_no_alarm(app: Flask) -> None:
    assert alarms(drift.check) == []
    assert abs(drift.measure(db.session.connection())) < drift.LIMIT


@pytest.mark.parametrize("seconds", [0.8, -0.8, 7_200])
def test_a_drift_is_said_once_a_minute_and_measured(
    off_by: Callable[[float], None], seconds: float
) -> None:
    off_by(seconds)
    (line,) = alarms(drift.check)
    assert line["log_level"] == "error" and abs(line["seconds"] - seconds) < 0.2
    assert abs((REGISTRY.get_sample_value("pigeon_clock_drift_seconds") or 0) - seconds) < 0.2
    assert alarms(drift.check) == []


def test_half_a_second_is_borne(off_by: Callable[[float], None]) -> None:
    off_by(0.3)
    assert alarms(drift.check) == []


def test_a_slow_answer_is_no_drift(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """The database looked at its clock halfway, and the fastest answer tells."""
    times = iter([0.0, 4.0, 5.0, 7.0, 8.0, 12.0])
    began = utc_now()
    monkeypatch.setattr(drift, "utc_now", lambda: began + timedelta(seconds=next(times)))
    theirs = iter([2.0, 6.1, 10.0])
    monkeypatch.setattr(
        clock, "database_now", lambda _connection: began + timedelta(seconds=next(theirs))
    )
    found = drift.measure(db.session.connection())
    assert abs(found - timedelta(seconds=-0.1)) < timedelta(milliseconds=1)


def test_a_process_whose_clock_is_off_says_so_to_who_asks_whether_it_is_ready(
    off_by: Callable[[float], None], anonymous: Any
) -> None:
    assert drift.PROBLEM not in readiness.examine().problems
    off_by(2)
    report = readiness.examine()
    assert report.is_ready and drift.PROBLEM in report.refusing
