from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import pytest

from pigeon.services import access

ClockAt = Callable[[datetime], None]


@pytest.fixture
def clock_at(monkeypatch: pytest.MonkeyPatch) -> ClockAt:
    """`clock_at(moment)`: it is then for whoever reads stories, with every cache as it is."""
    return lambda moment: monkeypatch.setattr(access.stories, "utc_now", lambda: moment)
