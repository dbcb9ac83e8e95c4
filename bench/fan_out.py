"""How fast a worker writes into timelines: against the bare stream, and against redis-py."""

from __future__ import annotations

import json
import socket
import time
from collections.abc import Sequence
from urllib.parse import unquote, urlsplit

from sqlalchemy import delete, func, select

from bench import rounds
from bench.ground import Ground
from bench.results import Goal, Group, Row, Table, ratio, shown, spread
from pigeon.cache import keys
from pigeon.cache.resp import encode
from pigeon.domain.clock import utc_now
from pigeon.extensions import db
from pigeon.jobs import queues
from pigeon.jobs.scheduler import TICK_S, sweep_outbox
from pigeon.models import OutboxRow
from pigeon.services.follows import followers
from pigeon.services.timelines import fanouts

QUEUE = "fanout-bulk"
JOB = "timelines.push"
PIPELINE = 1_000
STREAM = 100
WORKER, PUSH, SILENT, ANSWERED, PIPED = (
    "worker process: queue, claim, follower ids, push, hints, done",
    "`fanouts.push` alone",
    "pre-encoded RPUSHX stream, replies off",
    "pre-encoded RPUSHX stream, replies read",
    "redis-py pipeline of RPUSHX",
)


def measure(ground: Ground) -> Group:
    """Every way appends to the same lists of full length, which are cut back between the rounds."""
    group = Group(name="fan_out", title="Fan-out on write")
    readers = prepare(ground)
    ways = _Ways(ground, readers)
    with ground.app().app_context(), ground.processes() as running:
        running.worker(f"{QUEUE}=1")
        running.wait()
        found = rounds.interleaved(
            {
                WORKER: lambda: ways.measured(ways.worker),
                PUSH: lambda: ways.measured(ways.push),
                SILENT: lambda: ways.measured(ways.silent),
                ANSWERED: lambda: ways.measured(ways.answered),
                PIPED: lambda: ways.measured(ways.piped),
            },
            ground.plan.rounds,
        )
    ways.close()
    _report(ground, group, found, len(readers))
    return group


def prepare(ground: Ground) -> list[int]:
    """Full lists for everybody who gets the author's posts; who they are."""
    with ground.app().app_context():
        author = ground.data.fan_author
        readers = sorted([*followers.ids_of(author), author])
    ground.lists.make(readers, ground.plan.posts)
    return readers


def recent(ground: Ground, count: int) -> list[int]:
    """The newest publications, over and over: a push of an older one would be marked as late."""
    return [ground.plan.posts - number % fanouts.LATE_BY for number in range(count)]


def promise(ground: Ground, publication_ids: Sequence[int], author_id: int) -> list[int]:
    """Jobs as the subscribers store them, not queued yet; their ids."""
    now = utc_now()
    rows = []
    for number in publication_ids:
        known = {"author_id": author_id, "post_id": number, "username": "person"}
        rows.append(OutboxRow.of(QUEUE, JOB, {"publication_id": number, **known}, now, 0))
    db.session.rollback()
    db.session.connection(execution_options={"write": True})
    db.session.add_all(rows)
    db.session.flush()
    ids = [row.id for row in rows]
    db.session.commit()
    return ids


def waiting() -> int:
    """How many promised jobs are not done."""
    db.session.rollback()
    return db.session.scalar(select(func.count()).select_from(OutboxRow)) or 0


def finish() -> None:
    """Until no promised job is left; what failed for a moment is queued again, as on a site."""
    swept_at = time.perf_counter()
    while waiting():
        time.sleep(0.002)
        if time.perf_counter() - swept_at > TICK_S:
            sweep_outbox()
            swept_at = time.perf_counter()


def forget_jobs() -> None:
    """Nothing waits any more; a worker ends the slice it has begun."""
    db.session.rollback()
    db.session.connection(execution_options={"write": True})
    db.session.execute(delete(OutboxRow))
    db.session.commit()
    for name in queues.QUEUES:
        queues.queue(name).empty()


class _Ways:
    """Each appends `fan_posts` publications to every reader's list."""

    def __init__(self, ground: Ground, readers: list[int]) -> None:
        self._ground = ground
        self._readers = readers
        self._ids = recent(ground, ground.plan.fan_posts)
        self._payloads = [self._encoded(number) for number in self._ids[:4]]
        self._silent = _Raw(ground.redis.cache_url)
        self._silent.ask([b"CLIENT", b"REPLY", b"OFF"], 0)
        self._answered = _Raw(ground.redis.cache_url)

    def close(self) -> None:
        self._silent.close()
        self._answered.close()

    def measured(self, way) -> float:  # type: ignore[no-untyped-def]
        """Entries per second of one way; then the lists have their length again."""
        entries, seconds = way()
        self._ground.lists.cut(self._readers)
        return entries / seconds

    def worker(self) -> tuple[int, float]:
        ids = promise(self._ground, self._ids, self._ground.data.fan_author)
        began = time.perf_counter()
        queues.enqueue((number, QUEUE) for number in ids)
        finish()
        return len(ids) * len(self._readers), time.perf_counter() - began

    def push(self) -> tuple[int, float]:
        began = time.perf_counter()
        entries = sum(
            len(fanouts.push(number, self._ground.data.fan_author, None).readers)
            for number in self._ids
        )
        return entries, time.perf_counter() - began

    def silent(self) -> tuple[int, float]:
        began = time.perf_counter()
        for number in range(len(self._ids)):
            for part in self._payloads[number % len(self._payloads)]:
                self._silent.send(part)
        self._silent.ask([b"CLIENT", b"REPLY", b"ON"], 1)
        seconds = time.perf_counter() - began
        self._silent.ask([b"CLIENT", b"REPLY", b"OFF"], 0)
        return len(self._ids) * len(self._readers), seconds

    def answered(self) -> tuple[int, float]:
        began = time.perf_counter()
        for number in range(len(self._ids)):
            for first, part in enumerate(self._payloads[number % len(self._payloads)]):
                self._answered.send(part)
                self._answered.wait(min(STREAM, len(self._readers) - first * STREAM))
        return len(self._ids) * len(self._readers), time.perf_counter() - began

    def piped(self) -> tuple[int, float]:
        """A quarter of the work: it is a rate, and this one takes long."""
        ids = self._ids[: max(1, len(self._ids) // 4)]
        names = [keys.TIMELINE.key(reader_id) for reader_id in self._readers]
        began = time.perf_counter()
        for number in ids:
            for first in range(0, len(names), PIPELINE):
                pipe = self._ground.redis.cache.pipeline(transaction=False)
                for name in names[first : first + PIPELINE]:
                    pipe.rpushx(name, number)
                pipe.execute()
        return len(ids) * len(names), time.perf_counter() - began

    def _encoded(self, publication_id: int) -> list[bytes]:
        commands = [
            encode([b"RPUSHX", keys.TIMELINE.key(reader).encode(), b"%d" % publication_id])
            for reader in self._readers
        ]
        return [
            b"".join(commands[first : first + STREAM]) for first in range(0, len(commands), STREAM)
        ]


class _Raw:
    """A socket; replies are counted, not looked at."""

    def __init__(self, url: str) -> None:
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self._socket.connect(unquote(urlsplit(url).path))

    def ask(self, command: list[bytes], replies: int) -> None:
        self.send(encode(command))
        self.wait(replies)

    def send(self, data: bytes) -> None:
        self._socket.sendall(data)

    def wait(self, replies: int) -> None:
        while replies > 0:
            replies -= self._socket.recv(65_536).count(b"\r\n")

    def close(self) -> None:
        self._socket.close()


def _report(ground: Ground, group: Group, found: dict[str, list[float]], readers: int) -> None:
    group.rows += [
        Row(
            metric="fan-out worker / pre-encoded RPUSHX stream on the same Redis, entries/s",
            value=ratio(found[WORKER], found[SILENT]),
            goal=Goal(at_least=0.6),
            note="the whole process, against a stream that reads no replies",
        ),
        Row(
            metric="fan-out worker / redis-py pipeline, entries/s",
            value=ratio(found[WORKER], found[PIPED]),
            goal=Goal(at_least=3),
        ),
        Row(
            metric="`fanouts.push` alone / pre-encoded RPUSHX stream",
            value=ratio(found[PUSH], found[SILENT]),
        ),
        Row(
            metric="`fanouts.push` alone / redis-py pipeline",
            value=ratio(found[PUSH], found[PIPED]),
        ),
    ]
    rows = [
        (name, shown(spread([value / 1_000 for value in values]))) for name, values in found.items()
    ]
    title = f"{readers:,} existing lists of full length, {ground.plan.fan_posts} posts per round"
    group.tables.append(Table(title=title, head=("way", "thousand entries/s"), rows=rows))
    group.notes.append(
        "The worker cuts lists that became too long and reads every reply; the stream does neither."
        f" Job arguments are as stored: {json.dumps({'job': JOB, 'queue': QUEUE})}."
    )
