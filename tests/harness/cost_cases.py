"""What is sent to each door, and the request with nothing in it that it is compared with."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from urllib.parse import quote

from pigeon.realtime.frames import MESSAGE_BYTES
from tests.harness import costs
from tests.harness.cost_doors import LINE, Door, Send

WRITTEN = ("json", "multipart", "form", "event")
"""Doors whose texts are stored; others are but looked for."""
NARROW = (("marks", 4), ("digits", 4))
BROAD = (("marks", 1), ("marks", 2), *((kind, 4) for kind in costs.FAR))
NEAR = ("marks", "addresses in brackets", "mentions", "long folds")
TIMES = (1, 2, 4)
LEADS_ELSEWHERE = ("form /search",)
"""Nothing typed is no fault there, and answered without a page."""


class Empty:
    """What the request with nothing in it takes: measured once, and again when asked in earnest."""

    def __init__(self, send: Send) -> None:
        self.send = send
        self.spent_s = float("inf")

    def measure(self, tries: int) -> float:
        if tries > 1 or self.spent_s == float("inf"):
            self.spent_s = min(self.spent_s, costs.cpu_s(self.send, tries))
        return self.spent_s


@dataclass(frozen=True, kw_only=True)
class Case:
    name: str
    send: Send
    empty: Empty


def far_texts(doors: list[Door]) -> Iterator[Case]:
    """Each text of each door at once, twice and four times what is looked at."""
    for door in doors:
        empty = Empty(_least_refused(door))
        for name, limit in door.fields.items():
            for kind, times in BROAD if door.kind in WRITTEN else NARROW:
                text = costs.text_of(costs.FAR[kind], times * (4 * limit + 1_001))
                if door.kind not in WRITTEN:
                    text = text[: LINE // len(quote(text[0]))]
                yield Case(
                    name=f"{door.name}, {name}: {len(text)} of {kind}",
                    send=door.prepare({name: text}),
                    empty=empty,
                )


def _least_refused(door: Door) -> Send:
    """Nothing at all; where that leads elsewhere, what is one character too long."""
    if door.name not in LEADS_ELSEWHERE:
        return door.prepare({})
    return door.prepare({name: "a" * (limit + 1) for name, limit in door.fields.items()})


def far_bodies(doors: list[Door]) -> Iterator[Case]:
    """Each body at a little more than once, twice and four times what may be sent."""
    for shape, kinds in costs.BODIES.items():
        empties = {
            door.name: Empty(prepare(costs.NOTHING[shape])) for door, prepare in raw(doors, shape)
        }
        for kind, make in kinds.items():
            for times in TIMES:
                body = make(times * costs.BODY_BYTES * 10 // 9)
                for door, prepare in raw(doors, shape):
                    name = f"{door.name}: {len(body)} bytes of {kind}"
                    yield Case(name=name, send=prepare(body), empty=empties[door.name])


def near_texts(doors: list[Door]) -> Iterator[tuple[str, Send, Send]]:
    """Each text that may be stored at its limit, and at four times as much."""
    for door in doors:
        for name, limit in door.fields.items():
            for kind in NEAR if door.kind in WRITTEN else ():
                short, long = (costs.text_of(costs.PIECES[kind], times * limit) for times in (1, 4))
                sends = door.prepare({name: short}), door.prepare({name: long})
                yield f"{door.name}, {name}: {kind}", *sends


def near_bodies(doors: list[Door]) -> Iterator[tuple[str, Send, Send]]:
    """Each body at a twentieth and at a fifth of what may be sent."""
    for shape, kinds in costs.BODIES.items():
        for kind, make in kinds.items():
            short, long = (make(costs.BODY_BYTES * part // 20) for part in (1, 4))
            for door, prepare in raw(doors, shape):
                yield f"{door.name}: {kind}", prepare(short), prepare(long)


def messages(doors: list[Door]) -> Iterator[tuple[str, Send, Send]]:
    """Each event with a quarter of what a message may have, and all; the wire closes over more."""
    for door, prepare in raw(doors, "event"):
        for kind, make in costs.JSON.items():
            short, long = make(MESSAGE_BYTES // 4), make(MESSAGE_BYTES)
            yield f"{door.name}: {kind}", prepare(short), prepare(long)


def raw(doors: list[Door], kind: str) -> list[tuple[Door, Callable[[bytes], Send]]]:
    return [(door, door.prepare_raw) for door in doors if door.kind == kind and door.prepare_raw]
