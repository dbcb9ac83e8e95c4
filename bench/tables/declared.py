"""How a table is declared: which measured figures it shows, beside which plain way, in two tongues.

A table measures nothing itself. Its lines are rows of the groups of `bench`, found by their name.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

NOTHING_PROVED = 1.15
"""Two runs of the same thing differed by as much: a smaller gain is none."""


@dataclass(frozen=True)
class Words:
    """The same in English and Korean."""

    en: str
    ko: str

    def fill(self, known: Mapping[str, str], known_ko: Mapping[str, str] | None = None) -> Words:
        return Words(self.en.format_map(known), self.ko.format_map(known_ko or known))

    @property
    def both(self) -> tuple[str, str]:
        return self.en, self.ko


KOREAN = {
    "profile": "프로필",
    "post": "게시물",
    "newest": "최신",
    "oldest": "처음",
    "one conversation": "대화 하나",
    "8 conversations": "대화 8개",
    "MongoDB's wire": "MongoDB 프로토콜",
}
"""Of what names of rows say in English."""


def in_korean(known: Mapping[str, str]) -> dict[str, str]:
    return {name: KOREAN.get(value, value) for name, value in known.items()}


@dataclass(frozen=True, kw_only=True)
class Line:
    """Rows of a group whose metric is matched whole by `metric`, a regular expression.

    Its named groups fill the words. `is_inverted` turns a ratio of ours to the plain way around.
    """

    key: str
    """By which clauses ask for its median; of several rows, the first one's."""
    group: str
    metric: str
    what: Words
    plain: Words
    counted: Words
    is_inverted: bool = False
    is_optional: bool = False
    """Left out where the machine lacks what it needs."""
    is_share: bool = False
    """Of everything there is: 0.5 is said as 50 %."""


@dataclass(frozen=True, kw_only=True)
class Clause:
    """A part of the closing sentence: said when every round of a line is `at_least`, or else.

    `{key}` stands for a line's median.
    """

    key: str
    at_least: float = NOTHING_PROVED
    said: Words
    otherwise: Words


@dataclass(frozen=True, kw_only=True)
class Axes:
    """A curve of a group as a picture; numbers of either axis grow by factors."""

    curve: str
    title: Words
    x: Words
    y: Words
    series: Mapping[str, Words]
    marks_least: bool = False


@dataclass(frozen=True, kw_only=True)
class Seven:
    """One of the seven."""

    number: int
    title: Words
    about: Words
    """What is compared, in a sentence."""
    lines: tuple[Line, ...]
    sentence: tuple[Clause, ...]
    curves: tuple[Axes, ...] = ()

    @property
    def groups(self) -> tuple[str, ...]:
        """In the order of the lines, each once."""
        return tuple(dict.fromkeys(line.group for line in self.lines))
