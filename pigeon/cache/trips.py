"""Several reads of the cache in one round trip: `cards, counted = trip(cards.read(ids), ...)`.

A cache says with a `Read` which commands it needs and what their replies mean; `trip` sends all
commands together, gives each read its own replies, and answers what each one makes of them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any, Generic, TypeVar, overload

from pigeon.cache import resp
from pigeon.cache.breaker import cache_breaker
from pigeon.extensions import cache, settings

T = TypeVar("T")
A = TypeVar("A")
B = TypeVar("B")
C = TypeVar("C")
D = TypeVar("D")
E = TypeVar("E")
F = TypeVar("F")
G = TypeVar("G")

Command = bytes | str
"""What a read sends: `bytes` are an encoded command, a `str` is the key of a string value.

`trip` fetches all such keys with one MGET. The commands of one read are all bytes, or all str.
"""


@dataclass(slots=True)
class Read(Generic[T]):
    """What one cache is asked in a trip.

    `complete` makes the value out of one reply per command. A reply is None where an entry is
    missing and where Redis could not be asked: then it loads from SQL by its own rule. `load` is
    the way without a cache. A read without commands is completed without asking anybody.
    """

    commands: Sequence[Command]
    complete: Callable[[Sequence[Any]], T]
    load: Callable[[], T]


NOTHING: Read[None] = Read([], lambda _replies: None, lambda: None)
"""Asks for nothing, where a caller may ask for something."""


@overload
def trip(a: Read[A], /) -> tuple[A]: ...
@overload
def trip(a: Read[A], b: Read[B], /) -> tuple[A, B]: ...
@overload
def trip(a: Read[A], b: Read[B], c: Read[C], /) -> tuple[A, B, C]: ...
@overload
def trip(a: Read[A], b: Read[B], c: Read[C], d: Read[D], /) -> tuple[A, B, C, D]: ...
@overload
def trip(a: Read[A], b: Read[B], c: Read[C], d: Read[D], e: Read[E], /) -> tuple[A, B, C, D, E]: ...
@overload
def trip(
    a: Read[A], b: Read[B], c: Read[C], d: Read[D], e: Read[E], f: Read[F], /
) -> tuple[A, B, C, D, E, F]: ...
@overload
def trip(
    a: Read[A], b: Read[B], c: Read[C], d: Read[D], e: Read[E], f: Read[F], g: Read[G], /
) -> tuple[A, B, C, D, E, F, G]: ...
def trip(*reads: Read[Any]) -> tuple[Any, ...]:
    """The completed value of each read, in their order."""
    return _trip(reads)


def one(read: Read[T]) -> T:
    """As `trip`, for a read that goes alone."""
    value: T = _trip([read])[0]
    return value


def ask(
    a: Read[A], b: Read[B], c: Read[C], d: Read[D], *more: Read[Any]
) -> tuple[A, B, C, D, *tuple[Any, ...]]:
    """As `trip`, but raises RedisError when Redis cannot be asked.

    It is for callers that do not want what each read loads from SQL then. Redis is asked `more`
    first.
    """
    reads: Sequence[Read[Any]] = (*more, a, b, c, d)
    *rest, first, second, third, fourth = _complete(reads, _send(reads))
    return first, second, third, fourth, *rest


def then(read: Read[T], take: Callable[[T], A]) -> Read[A]:
    """The same read, whose value is handed to `take`."""
    return Read(
        read.commands, lambda replies: take(read.complete(replies)), lambda: take(read.load())
    )


def both(a: Read[A], b: Read[B]) -> Read[tuple[A, B]]:
    """Two reads of one sort, keys or commands, as one: for a caller that answers from both."""
    split = len(a.commands)

    def complete(replies: Sequence[Any]) -> tuple[A, B]:
        return a.complete(replies[:split]), b.complete(replies[split:])

    return Read([*a.commands, *b.commands], complete, lambda: (a.load(), b.load()))


def _trip(reads: Sequence[Read[Any]]) -> tuple[Any, ...]:
    if not settings().cache:
        return tuple(read.load() if read.commands else read.complete(()) for read in reads)
    nothing: list[Sequence[Any]] = [[None] * len(read.commands) for read in reads]
    return _complete(reads, cache_breaker.attempt(lambda: _send(reads), nothing))


def _complete(reads: Sequence[Read[Any]], replies: Sequence[Sequence[Any]]) -> tuple[Any, ...]:
    return tuple(read.complete(own) for read, own in zip(reads, replies, strict=True))


def _send(reads: Sequence[Read[Any]]) -> list[Sequence[Any]]:
    """The replies to each read's commands."""
    names: list[str] = []
    payload: list[bytes] = []
    for read in reads:
        to: list[Any] = names if _is_named(read) else payload
        to.extend(read.commands)
    if names:
        payload.append(resp.encode([b"MGET", *map(str.encode, names)]))
    if not payload:
        return [() for _ in reads]
    replies = resp.pool(cache.url).checked(b"".join(payload), len(payload))
    strings = iter(replies.pop() if names else ())
    others = iter(replies)
    return [
        list(islice(strings if _is_named(read) else others, len(read.commands))) for read in reads
    ]


def _is_named(read: Read[Any]) -> bool:
    return bool(read.commands) and isinstance(read.commands[0], str)
