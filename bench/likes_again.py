"""One person likes one post again and again across flushes: nobody is told that it is two."""

from __future__ import annotations

import time
from contextlib import suppress

from bench.crowd import CLIENTS, Crowd
from bench.results import Goal, Row, spread
from pigeon.services import counts
from pigeon.services.likes import likes
from pigeon.services.likes.likes import POSTS
from pigeon.services.write_backs import flusher as write_backs

PRESSES, PER_S = 30, 60
READS, ROUNDS = 10_000, 10
FLUSH_EVERY_S = 0.02


def press(pair: tuple[int, int]) -> list[int]:
    """What one client is answered."""
    began, answers = time.perf_counter(), []
    for number in range(PRESSES):
        time.sleep(max(0.0, began + number / PER_S - time.perf_counter()))
        post, person = pair
        answers.append(likes.set_liked(POSTS, post, by=person, on=True).like_count)
    return answers


def flush_often(seconds: float) -> None:
    """Beside the flusher of this process: who is overtaken leaves it to the other one."""
    until = time.perf_counter() + seconds
    while time.perf_counter() < until:
        with suppress(write_backs.Overtaken):
            write_backs.flush()
        time.sleep(FLUSH_EVERY_S)


def measure(pair: tuple[int, int], true: int, clients: Crowd, flusher: Crowd) -> list[Row]:
    """All clients are one person; `true` is the count that includes them once."""
    press(pair)
    read: list[int] = []
    answers: list[int] = []
    for _ in range(ROUNDS):
        flusher.begin(flush_often, [PRESSES / PER_S])
        clients.begin(press, [pair] * CLIENTS)
        read += [_shown(pair[0]) for _ in range(READS // ROUNDS)]
        answers += [count for some in clients.wait() for count in some]
        flusher.wait()
    note = (
        f"{CLIENTS} processes like {PRESSES} times each, {ROUNDS} times over; a flush every"
        f" {FLUSH_EVERY_S * 1000:g} ms"
    )
    what = "that say two while one person likes thirty times across flushes"
    return [_row("reads", what, read, true, note), _row("answers", what, answers, true, note)]


def _row(name: str, what: str, found: list[int], true: int, note: str) -> Row:
    wrong = sum(count != true for count in found)
    metric = f"{name} {what}, of {len(found):,}"
    return Row(metric=metric, value=spread([wrong]), unit="", goal=Goal(at_most=0), note=note)


def _shown(post: int) -> int:
    return counts.of_posts([post])[post].like_count
