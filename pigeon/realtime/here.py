"""What this process says of its own sockets: that they are there, and when they had an input.

A socket that comes is said at once. Everything else leaves a note, and a moment later many notes
go in one trip. Between a trip and its reply sockets come and go, so whoever wrote looks again.
A process that was taken for dead, because it stood still or because Redis lost its lease, takes a
new name and says everything once more.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Collection
from itertools import islice

import structlog
from redis.exceptions import RedisError

from pigeon.stores import presence as store
from pigeon.stores.presence import LEASE_S, LeaseLost, Note, now_ms

log = structlog.get_logger()


class Here:
    """The sockets of a process; `hurry` wakes whoever calls `write_noted`."""

    def __init__(self, hurry: Callable[[], object], *, lease_s: float = LEASE_S) -> None:
        self._hurry = hurry
        self._lease_s = lease_s
        self._process = ""
        self._inputs: dict[str, tuple[int, int]] = {}
        self._noted: dict[str, int] = {}

    def come(self, socket: str, user_id: int, *, is_visible: bool = True) -> int:
        """How many sockets the person has now, on all processes; RedisError: it is said later."""
        self._inputs[socket] = user_id, now_ms() if is_visible else store.NEVER
        return self._write({socket: user_id})[0]

    def act(self, socket: str, *, is_visible: bool) -> None:
        """The page had an input, was hidden, or is shown again."""
        found = self._inputs.get(socket)
        if found is not None:
            self._inputs[socket] = found[0], _signed(is_visible)
            self._note({socket: found[0]})

    def leave(self, socket: str) -> None:
        found = self._inputs.pop(socket, None)
        if found is not None:
            self._note({socket: found[0]})

    def renew(self) -> None:
        """Renew the lease of all that this process holds: one command, however much that is."""
        name = self._process or self._begin("")
        try:
            store.renew(name, self._lease_s)
        except LeaseLost:
            self._begin(name)

    def write_noted(self) -> None:
        for _ in range(0, len(self._noted), store.AT_ONCE):
            some = dict(islice(self._noted.items(), store.AT_ONCE))
            for socket in some:
                del self._noted[socket]
            self._write(some)

    def _note(self, noted: dict[str, int]) -> None:
        self._noted |= noted
        self._hurry()

    def _write(self, noted: dict[str, int]) -> list[int]:
        """Write what there is of these sockets now; what changes meanwhile is noted again."""
        name = ""
        try:
            while True:
                name = self._process or self._begin("")
                notes = [self._note_of(socket, user_id) for socket, user_id in noted.items()]
                try:
                    counts = store.write(name, notes)
                    break
                except LeaseLost:
                    self._begin(name)
        except RedisError:
            self._note(noted)
            raise
        self._look_again(notes)
        return counts

    def _note_of(self, socket: str, user_id: int) -> Note:
        found = self._inputs.get(socket)
        return Note(user_id, socket, found[1] if found is not None else None)

    def _look_again(self, notes: Collection[Note]) -> None:
        changed = [note for note in notes if self._note_of(note.socket, note.user_id) != note]
        if changed:
            self._note({note.socket: note.user_id for note in changed})

    def _begin(self, lost: str) -> str:
        """A new name, unless another greenlet has taken one meanwhile; everything is noted."""
        name = secrets.token_hex(8)
        store.begin(name, self._lease_s)
        if self._process != lost:
            return self._process
        self._process = name
        if lost:
            log.warning("presence_begins_again", sockets=len(self._inputs))
        if self._inputs:
            self._note({socket: user_id for socket, (user_id, _) in self._inputs.items()})
        return name


def _signed(is_visible: bool) -> int:
    return now_ms() if is_visible else -now_ms()
