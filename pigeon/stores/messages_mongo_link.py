"""The way to MongoDB: a client for each process, its patience, and the indexes that must be there.

What the application promises does not hang on the address that an operator writes: what is stored
waits until a majority has it in its journal, and whoever asks, asks the primary.
"""

from __future__ import annotations

import functools
import os
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any, Concatenate, ParamSpec, Protocol, TypeVar

import pymongo
from pymongo import IndexModel, MongoClient, ReadPreference
from pymongo.collection import Collection
from pymongo.errors import (
    AutoReconnect,
    ConnectionFailure,
    DuplicateKeyError,
    NetworkTimeout,
    OperationFailure,
    PyMongoError,
    ServerSelectionTimeoutError,
    WTimeoutError,
)
from pymongo.read_concern import ReadConcern
from pymongo.write_concern import WriteConcern

from pigeon.domain.errors import Unavailable
from pigeon.stores.messages_mongo_written import Written

P = ParamSpec("P")
R = TypeVar("R")
Document = dict[str, Any]

DATABASE = "pigeon"
REST_S = 1.0
PROBE_S = 1.0
PATIENCE: dict[str, Any] = {
    "serverSelectionTimeoutMS": 2_000,
    "connectTimeoutMS": 1_000,
    "socketTimeoutMS": 3_000,
    "waitQueueTimeoutMS": 2_000,
    "heartbeatFrequencyMS": 2_000,
    "serverMonitoringMode": "poll",
}
"""A page waits for MongoDB no longer than for another store."""
STORED = WriteConcern(w="majority", j=True, wtimeout=2_500)
QUICK = WriteConcern(w=1)
"""For what a reader brings about again when it is lost with a server."""
LOCKS = 64

_PASSING = (
    *(64, 100),  # too few members of the replica set took it in time
    *(50, 262, 11601, 112),  # took too long, interrupted, in another's way
    *(91, 11600, 189, 10107, 13435, 13436),  # going down, or no primary any more
    14031,  # the disk is full
    *(13, 18, 8000),  # it does not let us in, until an operator has seen to it
)
INDEXES: dict[str, tuple[IndexModel, ...]] = {
    "conversations": (IndexModel("key", name="key", unique=True),),
    "members": (
        IndexModel("chat_id", name="chat"),
        IndexModel([("user_id", 1), ("is_accepted", 1), ("rank", 1)], name="inbox"),
    ),
    "messages": (
        IndexModel([("sender_id", 1), ("client_msg_id", 1)], name="sent", unique=True),
        IndexModel("untold", name="untold", sparse=True),
    ),
}
WRONG = (
    "MongoDB's collection {name} lacks the {kind}index on {fields}, or has another one in its"
    " place: drop that, and the site makes it anew"
)


def is_passing(error: PyMongoError) -> bool:
    """Whether MongoDB is away, too slow or refuses for the moment; another try may help."""
    if isinstance(error, ConnectionFailure | WTimeoutError):
        return True
    return isinstance(error, OperationFailure) and error.code in _PASSING


Check = Callable[["Link"], None]


def take(_link: Link) -> None:
    """Any MongoDB will do."""


class Link:
    """Of one process; made anew after a fork, for a client does not outlive one.

    `check` is asked once, before it is used, and raises Unavailable if it may not be.
    """

    def __init__(self, url: str, check: Check = take) -> None:
        self._check = check
        self.client: MongoClient[Document] = MongoClient(
            url,
            connect=False,
            appname="pigeon",
            maxPoolSize=50,
            retryReads=False,  # `reaching` does, with less patience
            retryWrites=False,  # who sends a message again is recognised by its key
            **PATIENCE,
        )
        self._database = self.client.get_default_database(DATABASE)
        self._locks = [threading.Lock() for _ in range(LOCKS)]
        self.written = Written()
        self._preparing = threading.Lock()
        self._is_prepared = False
        self._rests_until = 0.0
        self.conversations = self.collection("conversations")
        self.members = self.collection("members")
        self.messages = self.collection("messages")
        self.counters = self.collection("counters")
        self.everything = self.collection("messages", read="local")
        self.told_members = self.collection("members", write=QUICK)
        self.told_messages = self.collection("messages", write=QUICK)

    def collection(
        self, name: str, *, write: WriteConcern = STORED, read: str = ""
    ) -> Collection[Document]:
        """Messages are read as a majority has them: what may vanish in a failover is not shown.

        `everything` has what the primary has, too. Members are read from it, as they were told.
        """
        return self._database.get_collection(
            name,
            write_concern=write,
            read_preference=ReadPreference.PRIMARY,
            read_concern=ReadConcern(read or ("majority" if name == "messages" else "local")),
        )

    @contextmanager
    def writing_in(self, chat_id: int) -> Iterator[None]:
        """One writer to a conversation in this process: two would only be in each other's way.

        Nothing hangs on it, so nobody waits behind one whose server hangs for long.
        """
        lock = self._locks[chat_id % LOCKS]
        is_mine = lock.acquire(timeout=PATIENCE["waitQueueTimeoutMS"] / 1_000)
        try:
            yield
        finally:
            if is_mine:
                lock.release()

    def prepare(self) -> None:
        """Make indexes and the counter, once in a process, and look that they are what was asked.

        A server may keep what was there before without a word.
        """
        with self._preparing:
            if not self._is_prepared:
                self.check_rest()
                self._check(self)
                for name, indexes in INDEXES.items():
                    _prepare(self.collection(name), indexes)
                self.make_counter()
                self._is_prepared = True

    def make_counter(self) -> None:
        """Before it counts: two who make it by counting are in each other's way on some servers."""
        with suppress(DuplicateKeyError):
            self.counters.insert_one({"_id": "conversations", "last": 0})

    def probe(self) -> None:
        """Ask whether it is there and as it should be; a hung one for a second."""
        with pymongo.timeout(PROBE_S):
            self.client.admin.command("ping")
            self.prepare()

    def check_rest(self) -> None:
        """After a server was waited for nobody tries for as long as that took, at least a second.

        One that hangs costs who meets it first seconds; everybody behind is answered at once.
        """
        if time.monotonic() < self._rests_until:
            raise Unavailable(reason="MongoDB did not answer a moment ago")

    def rest(self, began: float) -> None:
        now = time.monotonic()
        self._rests_until = now + max(REST_S, now - began)


def _prepare(collection: Collection[Document], indexes: tuple[IndexModel, ...]) -> None:
    refusal: OperationFailure | None = None
    try:
        collection.create_indexes(list(indexes))
    except OperationFailure as error:
        if is_passing(error):
            raise
        refusal = error
    found = [_shape(one) for one in collection.index_information().values()]
    for index in indexes:
        fields, is_unique = _shape(index.document)
        if (fields, is_unique) not in found:
            kind = "unique " if is_unique else ""
            told = WRONG.format(name=collection.name, kind=kind, fields=", ".join(fields))
            raise Unavailable(reason=told) from refusal


def _shape(index: Any) -> tuple[tuple[str, ...], bool]:
    """Its fields, and whether it is unique; servers give it names of their own."""
    key = index["key"]
    fields = key if isinstance(key, dict) else dict(key)
    return tuple(fields), bool(index.get("unique", False))


class HasLink(Protocol):
    @property
    def link(self) -> Link: ...


H = TypeVar("H", bound=HasLink)
Method = Callable[Concatenate[H, P], R]


def reaching(*, again: bool = True) -> Callable[[Method[H, P, R]], Method[H, P, R]]:
    """Raise Unavailable when MongoDB cannot be asked.

    `again`: ask a second time after a connection broke, as all do when a server starts anew. It is
    for what may be repeated.
    """

    def decorate(call: Method[H, P, R]) -> Method[H, P, R]:
        @functools.wraps(call)
        def run(home: H, /, *args: P.args, **kwargs: P.kwargs) -> R:
            link = home.link
            link.check_rest()
            began = time.monotonic()
            try:
                link.prepare()
                try:
                    return call(home, *args, **kwargs)
                except AutoReconnect as error:
                    if not again or _has_waited(error):
                        raise
                    return call(home, *args, **kwargs)
            except PyMongoError as error:
                if not is_passing(error):
                    raise
                if _has_waited(error):
                    link.rest(began)
                raise Unavailable from error

        return run

    return decorate


def _has_waited(error: PyMongoError) -> bool:
    return isinstance(error, NetworkTimeout | ServerSelectionTimeoutError)


class Links:
    """The link of the process that asks."""

    def __init__(self, url: str, check: Check = take) -> None:
        self._url, self._check = url, check
        self._links: dict[int, Link] = {}
        self._making = threading.Lock()
        os.register_at_fork(after_in_child=self._forget)

    def get(self) -> Link:
        pid = os.getpid()
        if pid not in self._links:
            with self._making:
                if pid not in self._links:
                    self._links[pid] = Link(self._url, self._check)
        return self._links[pid]

    def close(self) -> None:
        link = self._links.pop(os.getpid(), None)
        if link:
            link.client.close()

    def _forget(self) -> None:
        """A lock that was held at the fork would be held for ever."""
        self._making = threading.Lock()
