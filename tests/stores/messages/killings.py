"""Writers that are killed anywhere, and what is stored afterwards."""

from __future__ import annotations

import os
import random
import signal
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from itertools import count

import pytest

from pigeon.domain.messages import conversation_of, message_id, seq_of
from pigeon.stores.messages import Conversation, MessageStore
from tests.stores.messages.saying import ANN, BEN, again, draft, numbers, pair, say

KILLS, WRITERS = 24, 3
SEED = int(os.environ.get("CHAOS_SEED", "20"))

Beside = Callable[[Callable[[], object]], int]
"""Begins a call in a process of its own; its id."""


class Writer:
    """Says one thing after the other until it is killed; what was acknowledged comes by a pipe."""

    def __init__(self, beside: Beside, store: MessageStore, chats: list[Conversation]) -> None:
        self._reader, self._writer = os.pipe()
        self._store, self._chats = store, chats
        self.pid = beside(self._write_on)
        os.close(self._writer)
        self.acknowledged = b""
        self._listening = threading.Thread(target=self._listen)
        self._listening.start()

    def kill(self) -> list[int]:
        """Ids of the messages that it was told are stored."""
        os.kill(self.pid, signal.SIGKILL)
        os.waitpid(self.pid, 0)
        self._listening.join()
        *whole, _ = self.acknowledged.split(b"\n")
        return [int(line) for line in whole]

    def _write_on(self) -> None:
        for number in count():
            chat = self._chats[number % len(self._chats)]
            own = f"{os.getpid()}-{number}"
            message, is_new = self._store.append(chat.id, draft(ANN, client_msg_id=own))
            assert is_new
            os.write(self._writer, b"%d\n" % message.id)

    def _listen(self) -> None:
        with os.fdopen(self._reader, "rb", buffering=0) as pipe, suppress(OSError):
            while some := pipe.read(65_536):
                self.acknowledged += some


@pytest.mark.slow
@pytest.mark.processes
def test_killed_writers_leave_no_gap_and_lose_nothing(store: MessageStore, beside: Beside) -> None:
    dice = random.Random(SEED)
    chats = [pair(store, ANN, BEN), pair(store, ANN, BEN + 1)]
    acknowledged: list[int] = []
    writers = [Writer(beside, store, chats) for _ in range(WRITERS)]
    for _ in range(KILLS):
        time.sleep(dice.uniform(0.02, 0.25))
        killed = writers.pop(dice.randrange(WRITERS))
        acknowledged += killed.kill()
        writers.append(Writer(beside, store, chats))
    for writer in writers:
        acknowledged += writer.kill()
    _check(store, chats, acknowledged)


def _check(store: MessageStore, chats: list[Conversation], acknowledged: list[int]) -> None:
    assert len(acknowledged) == len(set(acknowledged)) > KILLS
    for chat in chats:
        found = numbers(store, chat)
        last = again(store, chat).last_seq
        assert found == list(range(1, last + 1)), f"CHAOS_SEED={SEED}"
        mine = {seq_of(one) for one in acknowledged if conversation_of(one) == chat.id}
        assert mine <= set(found), f"CHAOS_SEED={SEED}"
        (listed,) = [
            one
            for one in store.list_of(ANN, accepted=False, before=None, limit=50)
            if one.conversation.id == chat.id
        ]
        assert listed.last_message is not None
        assert listed.last_message.id == message_id(chat.id, last)
        assert seq_of(say(store, chat, ANN).id) == last + 1
