from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import pytest

from pigeon.services import access
from pigeon.services.stories import tray

ClockAt = Callable[[datetime], None]


@pytest.fixture
def clock_at(monkeypatch: pytest.MonkeyPatch) -> ClockAt:
    """`clock_at(moment)`: it is then for whoever reads stories, with every cache as it is."""

    def move(moment: datetime) -> None:
        for reader in (access.stories, tray):
            monkeypatch.setattr(reader, "utc_now", lambda: moment)

    return move
