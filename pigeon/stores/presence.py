"""Who is there: what every process holds, under one lease for all of it.

    {proc:P}      lease of process P: a connection lives as long as it does
    {procs:}      processes to look after
    {mine:P}      socket → person
    {here:user}   P|socket → last input, in ms; negative when the page was hidden then
    {shown:}      person → the word that was told last: available or away; none is offline
    {due:}        person → when that word changes although nobody does anything
    {seen:}       person → last input, until it is stored in SQL
    {swept:…}     whose turn it is to sweep, and that somebody did so lately

Renewing is one SET however many connections there are. A word is worked out from all connections
of a person whenever one of them changes, and by the sweep when its time has come.

**Left** (8 s): who closes the last connection is shown as before for so long, in answers as in what
is told: a page that is loaded again shows nobody as offline.
**Hidden** (10 s): a page that is out of sight counts as active for so long and then no more; five
minutes would call people active who have long been elsewhere, none at all would flicker with each
look at another tab, and with each page that is left for the next one.
**Idle** (5 min): a page in sight without an input.
"""

from __future__ import annotations

import time
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any, TypeVar, cast

from pigeon.cache import keys, resp
from pigeon.domain.presence import LiveWord
from pigeon.extensions import state
from pigeon.stores.presence_scripts import FORGET, LOOK, SWEEP, WRITE

T = TypeVar("T")

LEASE_S = 45
RENEW_S = 15
IDLE_MS = 300_000
HIDDEN_MS = 10_000
LEFT_MS = 8_000
NEVER = -1
"""The input of a page that began out of sight: somebody may be far from it."""
TIMEOUT_S = 1.0
AT_ONCE = 500
_KEYS = [
    keys.HERE.key("%s"),
    keys.PROCESS.key("%s"),
    keys.MINE.key("%s"),
    keys.SHOWN.key(),
    keys.DUE.key(),
    keys.SEEN.key(),
    keys.PROCESSES.key(),
    keys.BUS_CHANNEL,
    keys.SWEPT.key("lately"),
]


@dataclass(frozen=True, slots=True)
class Live:
    """What somebody's connections say, and their last input as far as Redis holds it (else 0)."""

    word: LiveWord = "offline"
    last_ms: int = 0


@dataclass(frozen=True, slots=True)
class Note:
    """A socket that came or had an input; `input_ms` is None when it is gone.

    It is negative when the page was hidden at that time.
    """

    user_id: int
    socket: str
    input_ms: int | None


class LeaseLost(Exception):
    """The process was taken for dead: it needs a new name, and says again what it holds."""


def now_ms() -> int:
    return int(time.time() * 1_000)


# -- what a process does ---------------------------------------------------------------------------


def begin(process: str, lease_s: float = LEASE_S) -> None:
    """Take the lease of a process under a name that was never used before."""
    name = keys.PROCESS.key(process).encode()
    _ask(
        [
            [b"SADD", keys.PROCESSES.key().encode(), process.encode()],
            [b"SET", name, b"1", b"PX", b"%d" % (lease_s * 1_000)],
        ]
    )


def renew(process: str, lease_s: float = LEASE_S) -> None:
    """Renew the lease of everything that the process holds; LeaseLost when it has ended."""
    name = keys.PROCESS.key(process).encode()
    (answer,) = _ask([[b"SET", name, b"1", b"XX", b"PX", b"%d" % (lease_s * 1_000)]])
    if answer is None:
        raise LeaseLost


def write(process: str, notes: Collection[Note], at_ms: int | None = None) -> list[int]:
    """Store what became of sockets; how many each person has on all processes, in their order."""
    runs = [
        WRITE.command(
            _KEYS, [*_times(at_ms), process, *(part for one in some for part in _of(one))]
        )
        for some in _batches(notes)
    ]
    replies = WRITE.run(_pool(), runs) if runs else []
    if None in replies:
        raise LeaseLost
    return [int(count) for reply in replies for count in reply]


def _of(note: Note) -> tuple[int, str, int | str]:
    return note.user_id, note.socket, "" if note.input_ms is None else note.input_ms


def sweep(at_ms: int | None = None) -> None:
    """Settle what ended by itself: leases, the time after leaving, and activity."""
    run = SWEEP.command(_KEYS, [*_times(at_ms), AT_ONCE])
    while int(SWEEP.run(_pool(), [run])[0]) >= AT_ONCE:
        pass


def take_turn(every_s: float) -> bool:
    """Whether this process is the one that sweeps now."""
    name = keys.SWEPT.key().encode()
    (taken,) = _ask([[b"SET", name, b"1", b"NX", b"PX", b"%d" % (every_s * 1_000)]])
    return taken is not None


# -- who is there ----------------------------------------------------------------------------------


def look(user_ids: Sequence[int], at_ms: int | None = None) -> dict[int, Live]:
    """Of each person asked, in one trip.

    The word that was told last is right until its time has come: then, and while nobody sweeps, it
    is worked out from the connections.
    """
    now = now_ms() if at_ms is None else at_ms
    found: dict[int, Live] = {}
    late: list[int] = []
    for some in _batches(user_ids):
        lately, words, dues, times = _ask(_told_of(some))
        for one, word, due, last in zip(some, words, dues, times, strict=True):
            if lately is None or (due is not None and float(due) <= now):
                late.append(one)
            else:
                found[one] = Live(cast(LiveWord, (word or b"offline").decode()), _ms(last))
    return found | _work_out(late, now) if late else found


def _told_of(user_ids: list[int]) -> list[list[bytes]]:
    ids = [b"%d" % one for one in user_ids]
    return [
        [b"GET", keys.SWEPT.key("lately").encode()],
        [b"HMGET", keys.SHOWN.key().encode(), *ids],
        [b"ZMSCORE", keys.DUE.key().encode(), *ids],
        [b"ZMSCORE", keys.SEEN.key().encode(), *ids],
    ]


def _ms(score: bytes | None) -> int:
    return int(float(score)) if score else 0


def _work_out(user_ids: Sequence[int], at_ms: int) -> dict[int, Live]:
    """From all connections whose process has its lease, so nobody lives longer than that."""
    batches = list(_batches(user_ids))
    replies = LOOK.run(_pool(), [LOOK.command(_KEYS, [*_times(at_ms), *some]) for some in batches])
    found: dict[int, Live] = {}
    for some, reply in zip(batches, replies, strict=True):
        for one, word, last in zip(some, reply[::2], reply[1::2], strict=True):
            found[one] = Live(cast(LiveWord, word.decode() or "offline"), int(last))
    return found


def online_among(user_ids: Sequence[int]) -> list[int]:
    """Those of them whose last told word is not offline, in their order.

    Of many people few are there as a rule, and then it is cheaper to read all who are.
    """
    name = keys.SHOWN.key().encode()
    if len(user_ids) > AT_ONCE:
        (size,) = _ask([[b"HLEN", name]])
        if size <= 2 * len(user_ids):
            (held,) = _ask([[b"HKEYS", name]])
            there = set(map(int, held))
            return [one for one in user_ids if one in there]
    batches = _batches(user_ids)
    replies = _ask([[b"HMGET", name, *(b"%d" % one for one in some)] for some in batches])
    words = (word for reply in replies for word in reply)
    return [one for one, word in zip(user_ids, words, strict=True) if word]


def count_online() -> int:
    (size,) = _ask([[b"HLEN", keys.SHOWN.key().encode()]])
    return int(size)


# -- when they were last there ---------------------------------------------------------------------


def seen(user_ids: Sequence[int]) -> dict[int, int]:
    """The last input of each person of whom it is not in SQL yet, in ms."""
    name = keys.SEEN.key().encode()
    batches = _batches(user_ids)
    replies = _ask([[b"ZMSCORE", name, *(b"%d" % one for one in some)] for some in batches])
    times = (at for reply in replies for at in reply)
    return {one: _ms(at) for one, at in zip(user_ids, times, strict=True) if at}


def some_seen(after_ms: int, most: int = AT_ONCE) -> list[tuple[int, int]]:
    """People with a last input from `after_ms` on, and that time, the oldest first."""
    name, least = keys.SEEN.key().encode(), b"%d" % after_ms
    command = [b"ZRANGEBYSCORE", name, least, b"+inf", b"WITHSCORES", b"LIMIT", b"0", b"%d" % most]
    (found,) = _ask([command])
    return [(int(one), int(float(at))) for one, at in zip(found[::2], found[1::2], strict=True)]


def forget_seen(stored: Iterable[tuple[int, int]]) -> None:
    """Forget times that are not needed any more, unless they grew meanwhile."""
    runs = [
        FORGET.command([keys.SEEN.key()], [part for pair in some for part in pair])
        for some in _batches(stored)
    ]
    if runs:
        FORGET.run(_pool(), runs)


# -- asking ----------------------------------------------------------------------------------------


def _times(at_ms: int | None) -> tuple[int, int, int, int]:
    return now_ms() if at_ms is None else at_ms, IDLE_MS, HIDDEN_MS, LEFT_MS


def _pool() -> resp.Pool:
    return resp.pool(state.url, TIMEOUT_S)


def _ask(commands: list[list[bytes]]) -> list[Any]:
    return _pool().pipeline(commands) if commands else []


def _batches(items: Iterable[T]) -> Iterator[list[T]]:
    rest = iter(items)
    while batch := list(islice(rest, AT_ONCE)):
        yield batch
