from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from pigeon.domain.clock import utc_now
from pigeon.services import access

Later = Callable[..., None]
Check = Callable[[], int]


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch) -> Later:
    """`later(hours=1)`: by the clock of whoever reads stories, with every cache as it is."""

    def move(**by: float) -> None:
        monkeypatch.setattr(access.stories, "utc_now", lambda: utc_now() + timedelta(**by))

    return move
