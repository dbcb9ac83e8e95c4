"""Who hears of whom, when what decides changes again while it is asked."""

from __future__ import annotations

from typing import Any

import pytest

from pigeon.domain.presence import Presence
from pigeon.realtime import audience as module
from pigeon.realtime.audience import Audience
from pigeon.services.presence import Known

ANN, BOB = 1, 2
THERE, NOBODY = Presence(username="bob", status="available"), Presence(username="bob")


class Server:
    """What leaves for the socket, and nothing of rooms."""

    def __init__(self) -> None:
        self.told: list[str] = []

    def emit(self, _event: str, frame: dict[str, Any], **_: Any) -> None:
        self.told.append(frame["status"])

    def enter_room(self, *_: Any, **__: Any) -> None: ...
    def leave_room(self, *_: Any, **__: Any) -> None: ...


@pytest.mark.parametrize("fails", [False, True])
def test_who_is_doubted_again_while_it_is_asked_still_hears_what_changed(
    monkeypatch: pytest.MonkeyPatch, fails: bool
) -> None:
    """The exact moment, which no two real processes can be made to meet."""
    server, watched, asked = Server(), Audience(), []
    answers = {True: Known(ids={BOB}, presences={BOB: THERE})}

    def known(*_: Any) -> Known:
        if not asked:
            asked.append(1)
            watched.doubt(server, {"user_ids": [ANN]})
            if fails:
                raise ConnectionError
        return Known(ids=set(), presences={BOB: NOBODY})

    monkeypatch.setattr(module.connections, "find", lambda _sid: object())
    monkeypatch.setattr(module.presence, "known", lambda *_: answers[True])
    watched.watch(server, "socket", ANN, {BOB: "bob"})
    monkeypatch.setattr(module.presence, "known", known)
    watched.doubt(server, {"user_ids": [ANN]})
    if fails:
        with pytest.raises(ConnectionError):
            watched.settle(server)
    watched.settle(server)
    assert server.told == ["offline"]
