"""Who wrote what to whom, and when: the written conversations, with times by seeded chance."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from random import Random
from zlib import crc32

from pigeon.demo.conversations_en import CONVERSATIONS_EN
from pigeon.demo.conversations_ko import CONVERSATIONS_KO
from pigeon.demo.discussions import Place

LINE = re.compile(r"(?P<mark>[!~] )?(?P<name>[a-z0-9._]+): (?P<words>.+)")
POST = re.compile(r"\[([a-z0-9._]+) ([\d.]+)\]")
CONVERSATIONS = CONVERSATIONS_KO | CONVERSATIONS_EN


@dataclass(frozen=True, kw_only=True)
class DemoMessage:
    """`post` is the place of the post that it carries; `number` is its line, from 1."""

    number: int
    username: str
    text: str
    post: Place | None
    is_unsent: bool
    is_unread: bool
    hours_ago: float


@dataclass(frozen=True, kw_only=True)
class DemoConversation:
    usernames: tuple[str, str]
    messages: tuple[DemoMessage, ...]

    def other(self, username: str) -> str:
        one, other = self.usernames
        return other if username == one else one


def list_conversations() -> list[DemoConversation]:
    """Every conversation, the one that ended first before the others."""
    ordered = sorted(CONVERSATIONS.items(), key=lambda item: -item[0][2])
    return [
        DemoConversation(usernames=(one, other), messages=tuple(_said(one, other, hours, talk)))
        for (one, other, hours), talk in ordered
    ]


def _said(one: str, other: str, ended: float, talk: str) -> Iterable[DemoMessage]:
    lines = talk.strip().replace("\n    ", " ").splitlines()
    hours = _hours(lines, ended, Random(crc32(f"{one}/{other}".encode())))
    said = [(line, at) for line, at in zip(lines, hours, strict=True) if line]
    for number, (line, at) in enumerate(said, start=1):
        yield _message(number, line, at)


def _hours(lines: list[str], ended: float, chance: Random) -> list[float]:
    """Ages of the lines, told from the last one back; an empty line is a pause of hours."""
    hours, at = [], ended
    for line in reversed(lines):
        hours.append(at)
        at += chance.uniform(0.01, 0.12) if line else chance.uniform(3, 16)
    return hours[::-1]


def _message(number: int, line: str, hours_ago: float) -> DemoMessage:
    found = LINE.fullmatch(line)
    if found is None:
        raise ValueError(line)
    post = POST.fullmatch(found["words"])
    return DemoMessage(
        number=number,
        username=found["name"],
        text="" if post else found["words"],
        post=(post[1], float(post[2])) if post else None,
        is_unsent=found["mark"] == "~ ",
        is_unread=found["mark"] == "! ",
        hours_ago=hours_ago,
    )
