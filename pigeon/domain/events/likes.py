"""Events of likes."""

from __future__ import annotations

from dataclasses import dataclass

from pigeon.domain.events.base import Event


@dataclass(frozen=True, kw_only=True)
class LikesChanged(Event):
    """Rows of likes came or went; `subject` is `post` or `comment`, pairs are (subject, person)."""

    subject: str
    pairs: list[tuple[int, int]]


@dataclass(frozen=True, kw_only=True)
class LikesShown(Event):
    """Every cache says what SQL says of these likes: their counts can be pushed to who watches."""

    subject: str
    ids: list[int]


@dataclass(frozen=True, kw_only=True)
class LikesErased(Event):
    """The likes of a person who left are gone from these posts or comments."""

    subject: str
    ids: list[int]
    user_id: int
