"""What a unit of work does when its database takes nothing."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy.exc import OperationalError

from pigeon import unit_of_work as units
from pigeon.domain.errors import Unavailable
from pigeon.unit_of_work import retried, unit_of_work
from tests.harness.absences import PATIENCE_S, locked_database, without_database


def test_a_database_that_cannot_be_opened_is_unavailable(app: Flask) -> None:
    with without_database(), pytest.raises(Unavailable), unit_of_work():
        pass


def test_who_has_waited_for_the_lock_does_not_wait_again(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    tries: list[int] = []

    @retried
    def command() -> None:
        tries.append(1)
        with unit_of_work():
            pass

    monkeypatch.setattr(units, "WAITED_S", PATIENCE_S / 2)
    with locked_database():
        with pytest.raises(OperationalError):
            command()
        assert len(tries) == 1
        monkeypatch.setattr(units, "WAITED_S", 60.0)
        with pytest.raises(OperationalError):
            command()
        assert len(tries) == 1 + units.ATTEMPTS
    command()
