from __future__ import annotations

from typing import Any

import pytest

from pigeon.domain.events import CommentCreated, CommentDeleted, CommentEdited
from pigeon.unit_of_work import UnitOfWork


@pytest.fixture
def events(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """What was raised about comments, in order."""
    raised: list[Any] = []
    record = UnitOfWork.record

    def note(uow: UnitOfWork, event: Any) -> None:
        if isinstance(event, CommentCreated | CommentEdited | CommentDeleted):
            raised.append(event)
        record(uow, event)

    monkeypatch.setattr(UnitOfWork, "record", note)
    return raised
