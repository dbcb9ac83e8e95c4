"""Moving all messages from SQL to MongoDB, once: copy while nobody writes, compare, switch.

It may be killed anywhere and begun again: what was copied in the same closed stretch is not copied
again, and nothing is ever there twice. Only what was compared, while it was still closed, can be
switched on. There is no way back that keeps what is written in MongoDB.
"""

from __future__ import annotations

import hashlib
import json
import secrets
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from typing import TypeVar

from pymongo.errors import PyMongoError

from pigeon.crash_points import crash_point
from pigeon.domain.errors import DomainError, Unavailable
from pigeon.stores import messages_gate as gate
from pigeon.stores import messages_source as source
from pigeon.stores.messages_gate import Move
from pigeon.stores.messages_mongo_link import is_passing
from pigeon.stores.messages_source import Piece, Read
from pigeon.stores.messages_target import Difference, Refused, Target

T = TypeVar("T")
Tell = Callable[[str], None]

AT_ONCE = 250
"""Documents of a piece, small enough for a slow server to take within its time."""
RENEWED_EACH_S = gate.LEASE_S / 6
PATIENCE_S = 60.0
"""So long a MongoDB that is away is waited for."""
TOLD_EACH_S = 1.0


class Different(DomainError):
    """What was copied is not what SQL has, and nothing was switched."""

    code = "target_differs"

    def __init__(self, found: list[Difference]) -> None:
        self.found = found
        super().__init__()


@dataclass(frozen=True, kw_only=True)
class Moved:
    """How many documents there are by collection, and a digest of all of them."""

    counts: dict[str, int]
    digest: str


def move(url: str, tell: Tell) -> Moved | None:
    """Copy everything, compare it, and leave SQL closed; None when that was done before.

    Refused for a MongoDB that is not empty, Different when it is not equal afterwards, Lost when
    people write again meanwhile, Unavailable when MongoDB stays away.
    """
    target = Target(url)
    try:
        if gate.load().state == gate.MOVED:
            _finish_again(target)
            return None
        _patiently(lambda: target.check_takes(gate.load().site))
        held = Held(gate.close(secrets.token_hex(8)))
        crash_point("move.closed")
        return _Moving(target, held, tell).run()
    finally:
        target.close()


def reopen(url: str) -> None:
    """Let people write in SQL again, after a move that was given up or is not wanted.

    Once all was moved `url` has to say where: nothing may have been written there since (then
    Different), and that MongoDB will be nobody's home.
    """
    found = gate.load()
    if found.state == gate.MOVED:
        target = Target(url)
        try:
            _check_marker(target, found)
            _Moving(target, Held(found, is_renewed=False), _tell_nobody).compare()
            _patiently(lambda: target.reopen(found))
        finally:
            target.close()
    gate.abort()


@dataclass
class Held:
    """The closed row, whose lease is renewed now and then."""

    move: Move
    is_renewed: bool = True
    renewed_at: float = field(default_factory=time.monotonic)

    def renew(self, *, at_once: bool = False) -> None:
        if not self.is_renewed:
            return
        if at_once or time.monotonic() - self.renewed_at > RENEWED_EACH_S:
            gate.renew(self.move)
            self.renewed_at = time.monotonic()


class _Moving:
    def __init__(self, target: Target, held: Held, tell: Tell) -> None:
        self._target, self._held, self._tell = target, held, tell
        self._told_at = time.monotonic()

    def run(self) -> Moved:
        cursors = self._patiently(lambda: self._target.begin(self._held.move))
        totals = source.counts()
        self._tell(f"Nobody writes now. There are {words_of(totals)}.")
        for stream, read in source.STREAMS.items():
            self._copy(stream, read, cursors[stream])
        self._patiently(lambda: self._target.count_on(source.last_conversation_id()))
        moved = self.compare()
        self._held.renew(at_once=True)
        crash_point("move.compared")
        gate.finish(self._held.move)
        crash_point("move.finished")
        self._patiently(lambda: self._target.finish(self._held.move))
        return moved

    def _copy(self, stream: str, read: Read, after: int) -> None:
        if after:
            self._tell(f"Goes on with {stream} after {after}.")
        done, is_ours = 0, partial(self._held.renew, at_once=True)
        for piece in _pieces(read, after):
            self._patiently(partial(self._target.write, self._held.move, stream, piece, is_ours))
            crash_point("move.written")
            done += sum(map(len, piece.documents.values()))
            self._tell_sometimes(f"Copied {done:,} of {stream}.")

    def compare(self) -> Moved:
        """All of it, also what was copied before the last kill."""
        digest, done = hashlib.sha256(), 0
        for read in source.STREAMS.values():
            for piece in _pieces(read, 0):
                found = self._patiently(partial(self._target.differences, piece))
                if found:
                    raise Different(found)
                _digest(digest, piece)
                done += sum(map(len, piece.documents.values()))
                self._tell_sometimes(f"Compared {done:,}.")
        totals = source.counts()
        if self._patiently(self._target.counts) != totals:
            raise Different(self._patiently(lambda: list(_surplus(self._target))))
        return Moved(counts=totals, digest=digest.hexdigest())

    def _patiently(self, call: Callable[[], T]) -> T:
        self._held.renew()
        return _patiently(call, self._held.renew)

    def _tell_sometimes(self, sentence: str) -> None:
        if time.monotonic() - self._told_at > TOLD_EACH_S:
            self._tell(sentence)
            self._told_at = time.monotonic()


def words_of(counts: dict[str, int]) -> str:
    """How many of each, for a person."""
    return ", ".join(f"{count:,} {name}" for name, count in counts.items())


def _pieces(read: Read, after: int) -> Iterator[Piece]:
    while piece := read(after, AT_ONCE):
        yield piece
        after = piece.cursor


def _patiently(call: Callable[[], T], meanwhile: Callable[[], None] = lambda: None) -> T:
    until = time.monotonic() + PATIENCE_S
    while True:
        try:
            return call()
        except PyMongoError as error:
            if not is_passing(error):
                raise
            if time.monotonic() > until:
                raise Unavailable(reason="MongoDB does not answer") from error
        meanwhile()
        time.sleep(0.5)


def _surplus(target: Target) -> Iterator[Difference]:
    """What is in MongoDB and not in SQL."""
    for name in source.TABLES:
        for ids in target.ids(name, AT_ONCE):
            for one in set(ids) - source.known(name, ids):
                yield Difference(collection=name, id=one)


def _digest(digest: hashlib._Hash, piece: Piece) -> None:
    for some in piece.documents.values():
        for one in some:
            digest.update(json.dumps(one, sort_keys=True, ensure_ascii=False).encode())


def _finish_again(target: Target) -> None:
    """It may have been killed after the switch, before the other side was told."""
    found = gate.load()
    _check_marker(target, found)
    _patiently(lambda: target.finish(found))


def _check_marker(target: Target, found: Move) -> None:
    marker = _patiently(target.marker)
    if marker is None or (marker["site"], marker["run"]) != (found.site, found.run):
        raise Refused("that is not where this site's messages have been moved")


def _tell_nobody(_sentence: str) -> None:
    """For who only compares."""
