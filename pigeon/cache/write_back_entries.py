"""What an entry of the write-back journal says: the text `kind:actor:target:value`.

A target is a number, or a word: then it is quoted as in a URL, behind `=`. A value is an integer.
"""

from __future__ import annotations

from typing import Any, Generic, NamedTuple, TypeVar
from urllib.parse import quote, unquote

Target = TypeVar("Target", int, str)
WORD = "="
UNREADABLE = "?"
"""The kind of an entry that is in no format of this release; its target is its text."""


class Entry(NamedTuple, Generic[Target]):
    """One acknowledged change; `position` is its id in the stream."""

    position: str
    kind: str
    actor: int
    target: Target
    value: int

    @property
    def pair(self) -> str:
        """The name of its pair among what is pending."""
        return f"{self.actor}:{spelled(self.target)}"

    @property
    def text(self) -> str:
        """The entry as the journal holds it."""
        if self.kind == UNREADABLE:
            return str(self.target)
        return f"{self.kind}:{self.pair}:{self.value}"

    @property
    def written_kind(self) -> str:
        """Its kind as written, also of an entry that cannot be read."""
        return self.text.partition(":")[0]

    @property
    def at_ms(self) -> int:
        """When it was acknowledged, in milliseconds of Unix time."""
        return int(self.position.partition("-")[0])


AnyEntry = Entry[Any]


def parse(position: str, text: str) -> AnyEntry:
    """The entry that a text of the journal says, of whatever kind."""
    try:
        kind, actor, target, value = text.split(":")
        is_word = target.startswith(WORD)
        return Entry(
            position,
            kind,
            int(actor),
            unquote(target.removeprefix(WORD)) if is_word else int(target),
            int(value),
        )
    except ValueError:
        return Entry(position, UNREADABLE, 0, text, 0)


def spelled(target: int | str) -> str:
    """A target as an entry holds it."""
    return WORD + quote(target, safe="") if isinstance(target, str) else str(target)
