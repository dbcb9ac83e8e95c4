"""What is sent to a client that does not read."""

from __future__ import annotations

from contextlib import closing

import pytest
from gevent import socket

from pigeon.realtime import frames


def test_who_never_reads_is_hung_up_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(frames, "SEND_S", 0.2)
    ours, theirs = socket.socketpair()
    with closing(ours), closing(theirs):
        wire = frames._Wire(ours)
        assert wire.send(b"hello") == 5
        assert theirs.recv(5) == b"hello"
        with pytest.raises(TimeoutError):
            wire.send(b"x" * 10_000_000)
        assert ours.recv(1) == b"", "whoever waits for its messages goes on, and ends"
