"""A flusher that dies where a test says."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from pigeon.services.write_backs import flusher
from tests.services.write_backs.liking import Crash


@pytest.fixture
def crash_at(monkeypatch: pytest.MonkeyPatch) -> Callable[[str | None], None]:
    wanted: list[str | None] = [None]

    def passing(name: str) -> None:
        if name == wanted[0]:
            raise Crash

    monkeypatch.setattr(flusher, "crash_point", passing)

    def choose(name: str | None) -> None:
        wanted[0] = name

    return choose
