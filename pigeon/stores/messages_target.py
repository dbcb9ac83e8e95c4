"""A MongoDB that messages move to: what is written there, and whether it is what was to be.

It holds one document more, in the collection `moves`:

    {_id: "sql", site, run, state: "copying" or "done", conversations, messages}

the last two being the cursors up to which this run has written. A MongoDB that is not `done` is
nobody's home yet (`messages_switch`).

A process that stood still for long may go on when all has moved and people write there. So nothing
is ever deleted, and what is there is replaced in three steps: it is read, then it is asked whether
the move is still this process's, and then it is replaced if it is still what was read. Cursors and
stubs only grow: what another run has brought up to date never looks again as it did before.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from pymongo import InsertOne, ReplaceOne
from pymongo.errors import BulkWriteError, DuplicateKeyError

from pigeon.domain.errors import DomainError
from pigeon.stores.messages_gate import Move
from pigeon.stores.messages_mongo_documents import COUNTER, Document
from pigeon.stores.messages_mongo_link import Link
from pigeon.stores.messages_source import Piece
from pigeon.stores.messages_switch import COPYING, DONE, MARKER

COLLECTIONS = ("conversations", "members", "messages")
DUPLICATE = 11_000
NAMED = 10


class Refused(DomainError):
    """This MongoDB is not one to move to; `reason` is for the operator."""

    code = "target_refused"

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__()


@dataclass(frozen=True, kw_only=True)
class Difference:
    """A document that is not what SQL has; `fields` differ, or it is missing or too many."""

    collection: str
    id: object
    fields: tuple[str, ...] = ()
    is_missing: bool = False

    def __str__(self) -> str:
        what = "is missing in MongoDB" if self.is_missing else "is in MongoDB only"
        if self.fields:
            what = f"differs in {', '.join(self.fields)}"
        return f"{self.collection} {self.id} {what}"


class Target:
    """Every method may be repeated without another effect; PyMongo's errors come through."""

    def __init__(self, url: str) -> None:
        self._link = Link(url)
        self._moves = self._link.collection("moves")

    def close(self) -> None:
        self._link.client.close()

    # -- whose it is -------------------------------------------------------------------------------

    def marker(self) -> Document | None:
        return self._moves.find_one(MARKER)

    def check_takes(self, site: str) -> None:
        """Refused unless it is empty, or holds what this site began to copy and never used."""
        found = self.marker()
        if found is None:
            if any(self._link.collection(name).find_one({}, {"_id": 1}) for name in COLLECTIONS):
                raise Refused("it holds messages that are not from here: name an empty database")
        elif not site or found["site"] != site:
            raise Refused("another site is moving, or has moved, its messages there")
        elif found["state"] == DONE:
            raise Refused("this site's messages have been moved there before, and may have changed")

    def begin(self, move: Move) -> dict[str, int]:
        """Where this run goes on: a cursor for each stream, 0 at its beginning."""
        self._link.prepare()
        zeros = {"conversations": 0, "messages": 0}
        fresh = {"site": move.site, "run": move.run, "state": COPYING, **zeros}
        try:
            self._moves.insert_one({**MARKER, **fresh})
        except DuplicateKeyError:
            other = {**MARKER, "site": move.site, "state": COPYING, "run": {"$ne": move.run}}
            self._moves.update_one(other, {"$set": fresh})
        found = self._moves.find_one(_of(move)) or {}
        if not found:
            raise Refused("somebody else began to move messages there")
        return {name: found[name] for name in zeros}

    def finish(self, move: Move) -> None:
        self._moves.update_one(_of(move), {"$set": {"state": DONE}})

    def reopen(self, move: Move) -> None:
        """It is nobody's home any more."""
        self._moves.update_one(_of(move), {"$set": {"state": COPYING}})

    # -- what is there -----------------------------------------------------------------------------

    def write(self, move: Move, stream: str, piece: Piece, check: Callable[[], None]) -> None:
        """`check` raises when the move is not this process's any more."""
        for name, some in piece.documents.items():
            if some and not self._insert(name, some):
                self._replace(name, some, check)
        self._moves.update_one(_of(move), {"$max": {stream: piece.cursor}})

    def count_on(self, conversation_id: int) -> None:
        """Conversations to come have a higher number."""
        self._link.counters.update_one(COUNTER, {"$max": {"last": conversation_id}})

    def counts(self) -> dict[str, int]:
        return {name: self._link.collection(name).count_documents({}) for name in COLLECTIONS}

    def differences(self, piece: Piece) -> list[Difference]:
        """Of the documents of a piece; at most a few, which says enough."""
        found = (
            one for name, some in piece.documents.items() for one in self._compared(name, some)
        )
        return list(islice(found, NAMED))

    def ids(self, name: str, at_once: int) -> Iterator[list[object]]:
        """All that are there, in no order."""
        found = (one["_id"] for one in self._link.collection(name).find({}, {"_id": 1}))
        while some := list(islice(found, at_once)):
            yield some

    def _insert(self, name: str, some: Sequence[Document]) -> bool:
        """Whether nothing of it was there."""
        new = [InsertOne(dict(one)) for one in some]
        try:
            self._link.collection(name).bulk_write(new, ordered=False)
        except BulkWriteError as error:
            if any(one["code"] != DUPLICATE for one in error.details["writeErrors"]):
                raise
            return False
        return True

    def _replace(self, name: str, some: Sequence[Document], check: Callable[[], None]) -> None:
        """What an earlier run has left, where SQL has changed since."""
        there = self._found(name, some)
        stale = [(there[one["_id"]], one) for one in some if one["_id"] in there]
        changes = [ReplaceOne(old, dict(new)) for old, new in stale if old != new]
        if changes:
            check()
            self._link.collection(name).bulk_write(changes, ordered=False)

    def _compared(self, name: str, some: Sequence[Document]) -> Iterator[Difference]:
        there = self._found(name, some)
        for one in some:
            found = there.get(one["_id"])
            if found is None:
                yield Difference(collection=name, id=one["_id"], is_missing=True)
            elif found != one:
                fields = tuple(
                    sorted(key for key in one.keys() | found.keys() if _differ(key, one, found))
                )
                yield Difference(collection=name, id=one["_id"], fields=fields)

    def _found(self, name: str, some: Sequence[Document]) -> dict[object, Document]:
        ids = [one["_id"] for one in some]
        return {one["_id"]: one for one in self._link.collection(name).find({"_id": {"$in": ids}})}


def _of(move: Move) -> Document:
    return {**MARKER, "site": move.site, "run": move.run}


def _differ(key: str, one: Document, other: Document) -> bool:
    return key not in one or key not in other or one[key] != other[key]
