"""Who said and liked what, and when: the written talks, with times and hearts by seeded chance."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from random import Random
from zlib import crc32

from pigeon.demo.discussions_en import TALKS_EN
from pigeon.demo.discussions_ko import TALKS_KO
from pigeon.demo.people import FOLLOWS, PEOPLE, DemoPost

LINE = re.compile(r"(?P<reply>> )?(?P<name>[a-z0-9._]+)(?P<edited>\*)?(\+(?P<likes>\d+))?: (.+)")
ANSWER = re.compile(r"@([a-z0-9._]+)")
TALKS = TALKS_KO | TALKS_EN
LIVELY_H = 40.0
"""A post is talked about and liked for so long; most of it early."""

Place = tuple[str, float]
"""Author and age of a post, as in the drafts."""


@dataclass(frozen=True, kw_only=True)
class DemoComment:
    """`number` is its line in the talk; `top` and `answers` are those of other lines or None."""

    place: Place
    number: int
    username: str
    text: str
    top: int | None
    answers: int | None
    hours_ago: float
    edited_hours_ago: float | None
    likes: tuple["DemoLike", ...]


@dataclass(frozen=True, kw_only=True)
class DemoLike:
    username: str
    hours_ago: float


@dataclass(frozen=True, kw_only=True)
class Line:
    """One line of a talk; `likes` is None where chance decides."""

    username: str
    text: str
    top: int | None
    answers: int | None
    is_edited: bool
    likes: int | None


def list_comments() -> list[DemoComment]:
    """Everything that is said, oldest first."""
    found = [comment for place, talk in TALKS.items() for comment in _spoken(place, _read(talk))]
    return sorted(found, key=lambda comment: -comment.hours_ago)


def list_likes(post: DemoPost) -> list[DemoLike]:
    """Who likes a post, earliest first: mostly followers, and who has something to say about it."""
    place = (post.username, post.hours_ago)
    chance = _chance("likes", place)
    warmth = chance.uniform(0.5, 1.05) if place in TALKS else chance.uniform(0, 0.25)
    close = {*_followers(post.username), *(line.username for line in _read(TALKS.get(place, "")))}
    fans = [
        person.username
        for person in PEOPLE
        if person.username != post.username
        and chance.random() < warmth * (0.95 if person.username in close else 0.6)
    ]
    return _liked_by(fans, since=post.hours_ago, chance=chance)


# -- reading a talk ----------------------------------------------------------------------------


def _read(talk: str) -> list[Line]:
    lines: list[Line] = []
    for written in talk.strip().replace("\n    ", " ").splitlines():
        lines.append(_line(written, lines))
    return lines


def _line(written: str, before: Sequence[Line]) -> Line:
    found = LINE.fullmatch(written)
    if found is None:
        raise ValueError(written)
    text = found[6]
    top = _top(before) if found["reply"] else None
    return Line(
        username=found["name"],
        text=text,
        top=top,
        answers=_answered(text, top, before) if top is not None else None,
        is_edited=bool(found["edited"]),
        likes=int(found["likes"]) if found["likes"] else None,
    )


def _top(before: Sequence[Line]) -> int:
    return max(number for number, line in enumerate(before) if line.top is None)


def _answered(text: str, top: int, before: Sequence[Line]) -> int:
    """The last line above by whom the text begins with, else the comment that began it."""
    named = ANSWER.match(text)
    thread = range(top, len(before))
    said = [number for number in thread if named and before[number].username == named[1]]
    return said[-1] if said else top


# -- chance ------------------------------------------------------------------------------------


def _chance(what: str, place: Place) -> Random:
    return Random(crc32(f"{what}/{place[0]}/{place[1]}".encode()))


def _spoken(place: Place, lines: list[Line]) -> Iterable[DemoComment]:
    chance = _chance("talk", place)
    hours = _hours(place, lines, chance)
    for number, (line, hours_ago) in enumerate(zip(lines, hours, strict=True)):
        edited = hours_ago - min(0.2, hours_ago * 0.1) if line.is_edited else None
        yield DemoComment(
            place=place,
            number=number,
            username=line.username,
            text=line.text,
            top=line.top,
            answers=line.answers,
            hours_ago=hours_ago,
            edited_hours_ago=edited,
            likes=_hearts(place, lines, line, hours_ago, chance),
        )


def _hours(place: Place, lines: list[Line], chance: Random) -> list[float]:
    """Ages of all lines: each thread begins after the one above, each reply after what it saw."""
    lively, tops = min(place[1], LIVELY_H), sum(1 for line in lines if line.top is None)
    hours: list[float] = []
    begun = 0
    for line in lines:
        if line.top is None:
            share = ((begun + chance.uniform(0.2, 0.8)) / tops) ** 1.6
            hours.append(place[1] - lively * share * 0.85)
            begun += 1
            continue
        pause = chance.uniform(0.1, 1.5) * lively / 20
        hours.append(hours[-1] - min(pause, hours[-1] * 0.2))
    return hours


def _hearts(
    place: Place, lines: list[Line], line: Line, hours_ago: float, chance: Random
) -> tuple[DemoLike, ...]:
    """Hearts of a comment: of the post's author first, then of who is in the talk or near."""
    near = sorted({place[0], *(one.username for one in lines), *_followers(line.username)})
    chance.shuffle(near)
    near.sort(key=lambda name: name != place[0])
    far = [person.username for person in PEOPLE if person.username not in near]
    wanted = chance.choice((0, 0, 0, 1, 1)) if line.likes is None else line.likes
    fans = [name for name in (*near, *far) if name != line.username][:wanted]
    return tuple(_liked_by(fans, since=hours_ago, chance=chance))


def _liked_by(fans: Iterable[str], *, since: float, chance: Random) -> list[DemoLike]:
    lively = min(since, LIVELY_H)
    likes = [
        DemoLike(username=name, hours_ago=since - lively * (0.005 + 0.9 * chance.random() ** 2))
        for name in fans
    ]
    return sorted(likes, key=lambda like: -like.hours_ago)


def _followers(username: str) -> list[str]:
    return [follower for follower, followed in FOLLOWS if followed == username]
